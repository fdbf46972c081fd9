/**
 * The simulated disk of one machine: a ledger store and vote journals whose writes take time and die with the process.
 *
 * A commit is durable some time after it was asked for. When the node crashes in between, commits have happened up to
 * some point and not beyond: in order, each whole or not at all, as the real store promises. The journals' files are
 * written by the real code, step by step, so they can also be torn.
 * @module
 */
import { MemoryStore, type StoreImage } from "../../../src/storage/memory-store.ts";
import type { Entry, KeyRange, Store, Write } from "../../../src/storage/store.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export interface DiskSpeed {
  readonly commitMsMin: number;
  readonly commitMsMax: number;
  /** Of a journal's fdatasync; a vote waits for two of them. */
  readonly syncMsMin: number;
  readonly syncMsMax: number;
}

export const quickDisk: DiskSpeed = {
  commitMsMin: 0.3,
  commitMsMax: 3,
  syncMsMin: 0.15,
  syncMsMax: 0.75,
};

/** A disk that is worn out, or busy with something else. */
export const slowDisk: DiskSpeed = {
  commitMsMin: 50,
  commitMsMax: 400,
  syncMsMin: 20,
  syncMsMax: 200,
};

/** What is the matter with a machine's disk; outlives its processes. */
export interface Disk {
  /** Nothing more fits: every write that needs room is refused. */
  isFull: boolean;
  speed: DiskSpeed;
  /** Bytes of the store were changed behind its back. */
  isDamaged: boolean;
}

export const newDisk = (): Disk => ({ isFull: false, speed: quickDisk, isDamaged: false });

export class DiskFull extends Error {
  override readonly name = "DiskFull";

  constructor() {
    super("ENOSPC: no space left on device");
  }
}

/** How much of what was not synced a crash leaves: nothing, everything, or up to some byte or commit. */
export type Survivors = "none" | "some" | "all";

/** How many of so many things that were under way have happened, from the first. */
export function survivorsOf(survivors: Survivors, count: number, random: Random): number {
  if (survivors === "none") return 0;
  return survivors === "all" ? count : random.below(count + 1);
}

/** The points of an effect at which a crash may come. */
export type Point = (name: string) => void;

const never = (): Promise<never> => new Promise(() => {});

export class SimulatedStore implements Store {
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #disk: Disk;
  readonly #point: Point;
  readonly #rows: MemoryStore;
  #underWay: (readonly Write[])[] = [];
  #isDead = false;
  #lastMs = 0;

  constructor(options: {
    readonly timeline: Timeline;
    readonly random: Random;
    readonly disk: Disk;
    readonly point: Point;
    readonly image: StoreImage | undefined;
  }) {
    this.#timeline = options.timeline;
    this.#random = options.random;
    this.#disk = options.disk;
    this.#point = options.point;
    this.#rows = new MemoryStore(options.image);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#rows.get(key);
  }

  range(range: KeyRange): Promise<readonly Entry[]> {
    return this.#rows.range(range);
  }

  commit(writes: readonly Write[]): Promise<void> {
    if (this.#isDead) return never();
    this.#point("before a commit is asked for");
    if (this.#isDead) return never();
    if (this.#disk.isFull) return Promise.reject(new DiskFull());
    this.#underWay.push(writes);
    const { commitMsMin, commitMsMax } = this.#disk.speed;
    const doneMs = this.#timeline.nowMs + this.#random.between(commitMsMin, commitMsMax);
    this.#lastMs = Math.max(this.#lastMs, doneMs);
    return new Promise((resolve) => {
      this.#timeline.after(this.#lastMs - this.#timeline.nowMs, () => this.#done(writes, resolve));
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

  /** What a disk would hold now. */
  snapshot(): StoreImage {
    return this.#rows.snapshot();
  }

  /** Behind the back of the process: a row is no longer what was written. */
  overwrite(key: Uint8Array, value: Uint8Array): void {
    this.#apply([{ kind: "put", key, value }]);
  }

  /** The process dies: what is left is what a new process finds. */
  crash(survivors: Survivors): StoreImage {
    this.#isDead = true;
    const count = survivorsOf(survivors, this.#underWay.length, this.#random);
    for (const writes of this.#underWay.slice(0, count)) this.#apply(writes);
    this.#underWay = [];
    return this.#rows.snapshot();
  }

  #done(writes: readonly Write[], resolve: () => void): void {
    if (this.#isDead) return;
    this.#point("before a commit is durable");
    if (this.#isDead) return;
    this.#underWay.shift();
    this.#apply(writes);
    this.#point("after a commit is durable");
    if (!this.#isDead) resolve();
  }

  #apply(writes: readonly Write[]): void {
    // The memory store applies at once; its promise only reports a closed store.
    this.#rows.commit(writes).catch((error: unknown) => {
      throw error;
    });
  }
}

/** One bit of one row of a stored image is no longer what was written. The key of the row, or undefined if none. */
export function flipOneBit(
  image: StoreImage,
  prefix: string,
  random: Random,
): { readonly key: string; readonly image: StoreImage } | undefined {
  const keys = [...image.keys()].filter((key) => key.startsWith(prefix)).sort();
  const key = keys[random.below(keys.length)];
  const value = key === undefined ? undefined : image.get(key);
  if (key === undefined || value === undefined || value.length === 0) return undefined;
  return { key, image: new Map(image).set(key, flippedBit(value, random)) };
}

export function flippedBit(bytes: Uint8Array, random: Random): Uint8Array {
  const flipped = bytes.slice();
  const at = random.below(bytes.length);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
  return flipped;
}
