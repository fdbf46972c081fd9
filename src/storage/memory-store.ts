/**
 * The storage port in memory: what tests and the simulator run on. A write is durable at once.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { Entry, KeyRange, Store, Write } from "./store.ts";

/**
 * All rows of a store: the content of a disk, to start another store from. A key is a text with one character
 * (U+0000 to U+00FF) a byte, so that texts sort as the bytes do. Neither the map nor a value is ever written to.
 */
export type StoreImage = ReadonlyMap<string, Uint8Array>;

export class MemoryStore implements Store {
  readonly #rows: Map<string, Uint8Array>;
  /** The keys in order; undefined after a key came or went. */
  #sorted: readonly string[] | undefined;
  #isClosed = false;

  constructor(image: StoreImage = new Map()) {
    this.#rows = new Map(image);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    assert(!this.#isClosed, "an open store is read");
    return this.#rows.get(textOf(key))?.slice();
  }

  range(range: KeyRange): Promise<readonly Entry[]> {
    assert(!this.#isClosed, "an open store is read");
    this.#sorted ??= [...this.#rows.keys()].sort();
    const first = lowerBound(this.#sorted, textOf(range.from));
    const end = Math.max(first, lowerBound(this.#sorted, textOf(range.to)));
    const { limit } = range;
    const keys =
      range.reverse === true
        ? this.#sorted.slice(Math.max(first, end - limit), end).toReversed()
        : this.#sorted.slice(first, Math.min(end, first + limit));
    return Promise.resolve(
      keys.map((key) => ({ key: bytesOf(key), value: this.#value(key).slice() })),
    );
  }

  commit(writes: readonly Write[]): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error("the store is closed"));
    for (const write of writes) {
      const key = textOf(write.key);
      const isKeyChange = (write.kind === "put") !== this.#rows.has(key);
      if (write.kind === "put") this.#rows.set(key, write.value.slice());
      else this.#rows.delete(key);
      if (isKeyChange) this.#sorted = undefined;
    }
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  /** What a disk would hold now; later writes do not show in it. Also of a closed store. */
  snapshot(): StoreImage {
    return new Map(this.#rows);
  }

  #value(key: string): Uint8Array {
    const value = this.#rows.get(key);
    assert(value !== undefined, "a listed key has a value");
    return value;
  }
}

const textOf = (key: Uint8Array): string => String.fromCharCode(...key);

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The position of the first key that is not below `key`. */
function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((sorted[middle] ?? "") < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
