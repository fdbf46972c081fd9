/**
 * The Clock port on this machine's clocks.
 *
 * A timer of Node counts whole milliseconds of the loop's own time and may fire up to one early; and it takes at
 * most 24.8 days. Both are mended here: a callback never comes before its time. No delay means the next turn of the
 * loop.
 * @module
 */
import type { Clock } from "../../src/base/clock.ts";

const timerMsMax = 2 ** 31 - 1;

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    if (delayMs <= 0) {
      const turn = setImmediate(callback);
      return () => clearImmediate(turn);
    }
    const dueMs = performance.now() + delayMs;
    let timer = setTimeout(fire, Math.min(delayMs, timerMsMax));
    function fire(): void {
      const leftMs = dueMs - performance.now();
      if (leftMs <= 0) callback();
      else timer = setTimeout(fire, Math.min(Math.ceil(leftMs), timerMsMax));
    }
    return () => clearTimeout(timer);
  },
};
