/**
 * Durations: a unit is required, and what is printed is what is read.
 * @module
 */
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../../wallet-cli/durations.ts";

test.each([
  ["500ms", 500],
  ["30s", 30_000],
  ["1.5s", 1_500],
  ["15m", 15 * 60_000],
  ["2h", 2 * 3_600_000],
  ["365d", 365 * 24 * 3_600_000],
])("%s is %d ms", (text, ms) => {
  expect(parseDuration(text)).toEqual({ ok: true, value: ms });
});

test.each(["", "30", "s", "-1s", "1 s", "0s", "0.1ms", "1e3s", "366d", "9999999999s", "30S"])(
  '"%s" is refused',
  (text) => {
    expect(parseDuration(text).ok).toBe(false);
  },
);

test.each([
  [250, "250ms"],
  [15 * 60_000, "15m"],
  [90_000, "1.5m"],
  [86_400_000, "1d"],
])("%d ms is shown as %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
