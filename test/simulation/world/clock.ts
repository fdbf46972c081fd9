/**
 * The clocks of a simulated machine: a wall clock that may be wrong and may jump, and a monotonic one that never goes
 * back, though it may be fast or slow.
 * @module
 */
import type { Cancel, Clock } from "../../../src/base/clock.ts";
import type { Timeline } from "./timeline.ts";

/** A timer never fires before its time, whatever the rounding of a clock that drifts. */
const lateMs = 1e-6;

/** Outlives the processes that run on the machine. */
export class MachineClock {
  readonly #timeline: Timeline;
  readonly #startWallMs: number;
  /** Since `#anchorMs` of the timeline the clock goes at `#rate`, from `#anchoredMs` on. */
  #anchorMs = 0;
  #anchoredMs = 0;
  #rate = 1;
  /** Of the wall clock: how far it is ahead. */
  skewMs = 0;

  constructor(options: { readonly timeline: Timeline; readonly startWallMs: number }) {
    this.#timeline = options.timeline;
    this.#startWallMs = options.startWallMs;
  }

  /** How much too fast the crystal is, in millionths; both clocks follow it. */
  set driftPpm(ppm: number) {
    this.#anchoredMs = this.runMs;
    this.#anchorMs = this.#timeline.nowMs;
    this.#rate = 1 + ppm / 1e6;
  }

  /** The wall clock is set: forward, or back with a negative number. Nothing else notices. */
  jump(byMs: number): void {
    this.skewMs += byMs;
  }

  /** Right again, from now on; the monotonic clock keeps what it has counted. */
  correct(): void {
    this.driftPpm = 0;
    this.skewMs = this.#timeline.nowMs - this.runMs;
  }

  /** What the machine's own crystal has counted. */
  get runMs(): number {
    return this.#anchoredMs + (this.#timeline.nowMs - this.#anchorMs) * this.#rate;
  }

  get wallMs(): number {
    return Math.floor(this.#startWallMs + this.runMs + this.skewMs);
  }

  after(delayMs: number, run: () => void): Cancel {
    return this.#timeline.after(delayMs <= 0 ? 0 : delayMs / this.#rate + lateMs, run);
  }
}

/** The clock as one process sees it: dead when the process has crashed. */
export class SimulatedClock implements Clock {
  readonly #machine: MachineClock;
  /** The monotonic clock of a process starts anywhere. */
  readonly #originMs: number;
  #isAlive = true;

  constructor(machine: MachineClock, originMs = 0) {
    this.#machine = machine;
    this.#originMs = originMs - machine.runMs;
  }

  wallMs(): number {
    return this.#machine.wallMs;
  }

  monotonicMs(): number {
    return this.#originMs + this.#machine.runMs;
  }

  after(delayMs: number, callback: () => void): Cancel {
    return this.#machine.after(delayMs, () => {
      if (this.#isAlive) callback();
    });
  }

  /** The process is gone: none of its timers fires any more. */
  kill(): void {
    this.#isAlive = false;
  }
}
