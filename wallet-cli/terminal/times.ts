/**
 * Times for people: UTC, to the second, the same on every machine.
 * @module
 */

/** `2026-11-22 12:31:07 UTC`, of Unix milliseconds. */
export function timeText(unixMs: number): string {
  const date = new Date(unixMs);
  if (Number.isNaN(date.getTime())) return "(no such time)";
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
