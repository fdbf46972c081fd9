/**
 * The simulated disk of one node: a ledger store whose commits take time and die with the process.
 *
 * A commit is durable some time after it was asked for. When the node crashes in between, it has happened or it has
 * not, as a coin decides: one or the other, never half.
 * @module
 */
import { MemoryStore, type StoreImage } from "../../../src/storage/memory-store.ts";
import type { Entry, KeyRange, Store, Write } from "../../../src/storage/store.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export interface DiskSpeed {
  readonly commitMsMin: number;
  readonly commitMsMax: number;
}

export const quickDisk: DiskSpeed = { commitMsMin: 0.3, commitMsMax: 3 };

export class SimulatedStore implements Store {
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #speed: DiskSpeed;
  readonly #rows: MemoryStore;
  #underWay: (readonly Write[])[] = [];
  #dead = false;
  #lastMs = 0;

  constructor(options: {
    readonly timeline: Timeline;
    readonly random: Random;
    readonly speed: DiskSpeed;
    readonly image: StoreImage | undefined;
  }) {
    this.#timeline = options.timeline;
    this.#random = options.random;
    this.#speed = options.speed;
    this.#rows = new MemoryStore(options.image);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#rows.get(key);
  }

  range(range: KeyRange): Promise<readonly Entry[]> {
    return this.#rows.range(range);
  }

  commit(writes: readonly Write[]): Promise<void> {
    if (this.#dead) return new Promise(() => {});
    this.#underWay.push(writes);
    const { commitMsMin, commitMsMax } = this.#speed;
    const doneMs = this.#timeline.nowMs + this.#random.between(commitMsMin, commitMsMax);
    this.#lastMs = Math.max(this.#lastMs, doneMs);
    return new Promise((resolve) => {
      this.#timeline.after(this.#lastMs - this.#timeline.nowMs, () => {
        if (this.#dead) return;
        this.#underWay.shift();
        this.#apply(writes);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** All rows with a key from one byte, for the checkers. */
  rowsOf(prefix: string): Promise<readonly Entry[]> {
    const from = Uint8Array.of(prefix.charCodeAt(0));
    const to = Uint8Array.of(prefix.charCodeAt(0) + 1);
    return this.#rows.range({ from, to, limit: 1_000_000 });
  }

  /** The process dies: what is left is what a new process finds. */
  crash(): StoreImage {
    this.#dead = true;
    const survivors = this.#random.below(this.#underWay.length + 1);
    for (const writes of this.#underWay.slice(0, survivors)) this.#apply(writes);
    this.#underWay = [];
    return this.#rows.snapshot();
  }

  #apply(writes: readonly Write[]): void {
    // The memory store applies at once; its promise only reports a closed store.
    this.#rows.commit(writes).catch((error: unknown) => {
      throw error;
    });
  }
}
