/**
 * Numbers and times as people read them.
 * @module
 */

/** `12,345` */
export const countText = (count: number): string => count.toLocaleString("en");

/** `1 block`, `2 blocks` */
export const manyText = (count: number, one: string, several: string = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : several}`;

/** `18446744073.15 QRT` with its thousands apart. */
export const amountText = (display: string): string =>
  display.replace(/^-?[0-9]+/, (whole) => BigInt(whole).toLocaleString("en"));

export const bytesText = (bytes: number): string =>
  bytes < 10_000 ? manyText(bytes, "byte") : `${countText(Math.round(bytes / 1024))} KiB`;

export const millisecondsText = (ms: number | null): string =>
  ms === null ? "none yet" : `${ms < 10 ? ms.toFixed(1) : countText(Math.round(ms))} ms`;

/** How long something lasted or lasts: `420 ms`, `12.3 s`, `4 min`, `3 h`, `12 days`. */
export function durationText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 1) return `${Math.round(ms)} ms`;
  if (seconds < 90) return `${Number(seconds < 10 ? seconds.toFixed(1) : Math.round(seconds))} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** `12 s ago`, `in 15 min`, roughly. */
export function agoText(ms: number, nowMs: number = Date.now()): string {
  const secondsAgo = Math.round((nowMs - ms) / 1000);
  if (secondsAgo === 0) return "now";
  const lasting = durationText(Math.abs(secondsAgo) * 1000);
  return secondsAgo > 0 ? `${lasting} ago` : `in ${lasting}`;
}

/** `33 %` of a share from 0 to 1; `0.09 %` of a small one. */
export function shareText(share: number): string {
  const percent = share * 100;
  return `${percent > 0 && percent < 1 ? Number(percent.toPrecision(1)) : Math.round(percent)} %`;
}

/** Dates end there. */
const lastMs = 8.64e15;

/** `2026-11-22T10:00:00.000Z`, or undefined where a number is no time. */
export const exactTime = (ms: number): string | undefined =>
  ms >= 0 && ms <= lastMs ? new Date(ms).toISOString() : undefined;
