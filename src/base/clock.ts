/**
 * The Clock port: the only way time enters the library.
 * @module
 */

export interface Clock {
  /** Wall clock, milliseconds since 1970. May jump; only block times and expiry look at it. */
  wallMs(): number;
  /** Milliseconds from an arbitrary start; never goes back. All timers use it. */
  monotonicMs(): number;
  /** Calls back once, not before `delayMs`. The result cancels it. */
  after(delayMs: number, callback: () => void): Cancel;
}

export type Cancel = () => void;
