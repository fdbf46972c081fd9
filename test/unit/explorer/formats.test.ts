import { expect, test } from "vitest";
import {
  agoText,
  amountText,
  durationText,
  exactTime,
  manyText,
  shareText,
} from "../../../node/explorer/words/formats.ts";

test.each([
  ["0.5 QRT", "0.5 QRT"],
  ["1234567.891 QRT", "1,234,567.891 QRT"],
  ["18446744073709551615 UNITS", "18,446,744,073,709,551,615 UNITS"],
])("%s keeps every digit with its thousands apart", (display, text) => {
  expect(amountText(display)).toBe(text);
});

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [1_000, "1 s"],
  [1_240, "1.2 s"],
  [89_000, "89 s"],
  [90_000, "2 min"],
  [5_400_000, "2 h"],
  [129_600_000, "2 days"],
])("%i ms last %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test("the past is ago, the future is in", () => {
  const nowMs = 1_000_000;
  expect(agoText(nowMs, nowMs)).toBe("now");
  expect(agoText(nowMs - 12_000, nowMs)).toBe("12 s ago");
  expect(agoText(nowMs + 12_000, nowMs)).toBe("in 12 s");
});

test("a number that is no time has no date", () => {
  expect(exactTime(0)).toBe("1970-01-01T00:00:00.000Z");
  for (const ms of [-1, 8.64e15 + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(exactTime(ms)).toBeUndefined();
  }
});

test.each([
  [0, "0 %"],
  [0.0009, "0.09 %"],
  [0.004, "0.4 %"],
  [0.333, "33 %"],
  [1, "100 %"],
])("a share of %d is %s", (share, text) => {
  expect(shareText(share)).toBe(text);
});

test("one is one, many are many", () => {
  expect([0, 1, 2, 1_000].map((count) => manyText(count, "block"))).toEqual([
    "0 blocks",
    "1 block",
    "2 blocks",
    "1,000 blocks",
  ]);
});
