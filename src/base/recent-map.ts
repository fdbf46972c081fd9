/**
 * A cache that keeps what was used lately: two generations of half the bound. When the young one is full, the old
 * one, which nobody asked for since, is forgotten. Reading costs one or two lookups and moves nothing in the young;
 * nothing is ever evicted one by one, which a large Map makes dear.
 * @module
 */
import { assert } from "./assert.ts";

export class RecentMap<Key, Value> {
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();
  readonly #generationMax: number;

  constructor(options: { readonly entriesMax: number }) {
    assert(options.entriesMax >= 2, "a cache of two generations holds at least two entries");
    this.#generationMax = Math.floor(options.entriesMax / 2);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  has(key: Key): boolean {
    return this.get(key) !== undefined;
  }

  delete(key: Key): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  set(key: Key, value: Value): void {
    this.#old.delete(key);
    this.#young.set(key, value);
    if (this.#young.size < this.#generationMax) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
