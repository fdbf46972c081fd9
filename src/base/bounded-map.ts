/**
 * A Map that cannot grow without end: adding beyond the bound evicts the oldest entry.
 *
 * Everything that another party can make grow is one of these, or has an explicit refusal.
 * @module
 */
import { assert } from "./assert.ts";

export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #entriesMax: number;

  constructor(options: { readonly entriesMax: number }) {
    assert(options.entriesMax > 0, "a bounded map holds at least one entry");
    this.#entriesMax = options.entriesMax;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  /** Sets the entry and makes it the newest; returns the evicted key, if one had to go. */
  set(key: Key, value: Value): Key | undefined {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#entriesMax) return undefined;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
    return oldest;
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  keys(): IterableIterator<Key> {
    return this.#entries.keys();
  }

  entries(): IterableIterator<[Key, Value]> {
    return this.#entries.entries();
  }
}
