/**
 * What ends a run at once: something that must never happen has happened.
 * @module
 */

export class SafetyViolation extends Error {
  override readonly name = "SafetyViolation";
}

export function demand(condition: boolean, violated: string): void {
  if (!condition) throw new SafetyViolation(violated);
}
