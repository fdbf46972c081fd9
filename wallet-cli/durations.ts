/**
 * Durations as people write them: `500ms`, `30s`, `15m`, `2h`, `1d`.
 * @module
 */
import { fail, ok, type Result } from "../src/base/result.ts";

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** 365 days: more than any expiry or time-out can be, and far from overflow. */
const durationMsMax = 365 * 86_400_000;

/** Milliseconds, a whole number above 0. A unit is required, so that `30` is never read as the wrong one. */
export function parseDuration(text: string): Result<number, string> {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  const factor = unitMs[match?.[2] ?? ""];
  if (match === null || factor === undefined) {
    return fail(`"${text}" is not a duration; write 500ms, 30s, 15m, 2h or 1d`);
  }
  const ms = Math.round(Number(match[1]) * factor);
  if (ms < 1) return fail(`"${text}" is shorter than a millisecond`);
  if (ms > durationMsMax) return fail(`"${text}" is longer than 365 days`);
  return ok(ms);
}

/** The largest unit in which it is at least 1, with at most one decimal: `1.5m`, `14.9m`, `250ms`. */
export function formatDuration(ms: number): string {
  const units = Object.entries(unitMs).reverse();
  const [unit, factor] = units.find(([, size]) => ms >= size) ?? ["ms", 1];
  return `${Number((ms / factor).toFixed(1))}${unit}`;
}
