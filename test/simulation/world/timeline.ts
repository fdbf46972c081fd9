/**
 * Virtual time: a queue of events, run one by one, each followed by everything that it set off.
 *
 * Promises of the code under test settle between two events, in the order that the language fixes; so a run depends on
 * the seed and on nothing else.
 * @module
 */
import type { Cancel, Clock } from "../../../src/base/clock.ts";

interface Event {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
  cancelled: boolean;
}

export class Timeline {
  /** A binary heap by time, then by order of scheduling. */
  readonly #heap: Event[] = [];
  #nowMs = 0;
  #sequence = 0;
  #eventsRun = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  get eventsRun(): number {
    return this.#eventsRun;
  }

  after(delayMs: number, run: () => void): Cancel {
    const event: Event = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      sequence: this.#sequence,
      run,
      cancelled: false,
    };
    this.#sequence += 1;
    this.#push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Runs events until the time is reached, or `done` says so after an event. */
  async runUntil(untilMs: number, done: () => boolean = () => false): Promise<void> {
    await settle();
    while (!done()) {
      const event = this.#heap[0];
      if (event === undefined || event.atMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        return;
      }
      this.#pop();
      if (event.cancelled) continue;
      this.#nowMs = event.atMs;
      this.#eventsRun += 1;
      event.run();
      await settle();
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let position = heap.length;
    heap.push(event);
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(event, above)) break;
      heap[position] = above;
      position = parent;
    }
    heap[position] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let position = 0;
    for (;;) {
      let child = 2 * position + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      let least = left;
      if (right !== undefined && before(right, left)) {
        least = right;
        child += 1;
      }
      if (!before(least, last)) break;
      heap[position] = least;
      position = child;
    }
    heap[position] = last;
  }
}

const before = (a: Event, b: Event): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);

/** Lets every promise that can settle do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A node's clock: the timeline's, with a wall clock that may be wrong. Dead when its node has crashed. */
export class SimulatedClock implements Clock {
  readonly #timeline: Timeline;
  readonly #startWallMs: number;
  #alive = true;
  skewMs = 0;

  constructor(options: { readonly timeline: Timeline; readonly startWallMs: number }) {
    this.#timeline = options.timeline;
    this.#startWallMs = options.startWallMs;
  }

  wallMs(): number {
    return Math.floor(this.#startWallMs + this.#timeline.nowMs + this.skewMs);
  }

  monotonicMs(): number {
    return this.#timeline.nowMs;
  }

  after(delayMs: number, callback: () => void): Cancel {
    return this.#timeline.after(delayMs, () => {
      if (this.#alive) callback();
    });
  }

  /** The process is gone: none of its timers fires any more. */
  kill(): void {
    this.#alive = false;
  }
}
