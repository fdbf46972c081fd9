/**
 * A set of whole numbers below 2^53 in the order of their arrival, for tens of millions of them.
 * @module
 */

export class KeyTable {
  size = 0;
  #keys = new Float64Array(1 << 12);
  #slots = new Int32Array(1 << 13).fill(-1);

  /** The place of the key; -1 - place if it was not there before. */
  add(key: number): number {
    let slot = this.#slotOf(key);
    const known = this.#slots[slot] ?? -1;
    if (known >= 0) return known;
    if (this.size === this.#keys.length) {
      this.#grow();
      slot = this.#slotOf(key);
    }
    this.#keys[this.size] = key;
    this.#slots[slot] = this.size;
    this.size += 1;
    return -this.size;
  }

  at(place: number): number {
    return this.#keys[place] ?? -1;
  }

  #slotOf(key: number): number {
    const mask = this.#slots.length - 1;
    const low = key % 0x4000000;
    const high = (key - low) / 0x4000000;
    let slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (;;) {
      const place = this.#slots[slot] ?? -1;
      if (place < 0 || this.#keys[place] === key) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#slots = new Int32Array(keys.length * 2).fill(-1);
    for (let place = 0; place < this.size; place += 1) {
      this.#slots[this.#slotOf(this.at(place))] = place;
    }
  }
}
