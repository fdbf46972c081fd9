/**
 * Virtual time: a queue of events, run one by one, each followed by everything that it set off.
 *
 * Promises of the code under test settle between two events, in the order that the language fixes; so a run depends on
 * the seed and on nothing else.
 * @module
 */
import type { Cancel } from "../../../src/base/clock.ts";

interface Event {
  readonly atMs: number;
  readonly sequence: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** More events than this in one instant, and the code under test runs in a circle. */
const eventsAtOnceMax = 200_000;
/** So often the real event loop gets its turn: for time-outs of the test runner and messages of other threads. */
const breatheEveryEvents = 2_048;

export class Timeline {
  /** A binary heap by time, then by order of scheduling. */
  readonly #heap: Event[] = [];
  #nowMs = 0;
  #sequence = 0;
  #eventsRun = 0;
  #eventsNow = 0;

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
      this.#eventsNow = event.atMs > this.#nowMs ? 0 : this.#eventsNow + 1;
      if (this.#eventsNow > eventsAtOnceMax) throw new Error(`time stands still at ${this.#nowMs}`);
      this.#nowMs = event.atMs;
      this.#eventsRun += 1;
      event.run();
      await (this.#eventsRun % breatheEveryEvents === 0 ? breathe() : settle());
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

/**
 * Lets every promise that can settle do so: a tick asked for by a promise's reaction runs when no reaction is left.
 * The code under test has promises only, so this is all that there is to wait for.
 */
function settle(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
