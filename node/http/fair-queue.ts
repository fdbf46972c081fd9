/**
 * A queue in which everyone has a turn: whoever has put much into it waits for as much of the others' as of his own.
 * @module
 */
export interface FairQueueBounds {
  readonly itemsMax: number;
  readonly itemsPerOwnerMax: number;
}

export type QueueRefusal = "owner-full" | "full";

export class FairQueue<Item> {
  readonly #bounds: FairQueueBounds;
  /** In the order of their turns. */
  readonly #owners = new Map<string, Item[]>();
  #length = 0;

  constructor(bounds: FairQueueBounds) {
    this.#bounds = bounds;
  }

  get length(): number {
    return this.#length;
  }

  /** Why the item was not taken; undefined: it was. */
  push(owner: string, item: Item): QueueRefusal | undefined {
    const items = this.#owners.get(owner) ?? [];
    if (items.length >= this.#bounds.itemsPerOwnerMax) return "owner-full";
    if (this.#length >= this.#bounds.itemsMax) return "full";
    items.push(item);
    this.#owners.set(owner, items);
    this.#length += 1;
    return undefined;
  }

  /** The oldest item of whoever's turn it is. */
  shift(): Item | undefined {
    for (const [owner, items] of this.#owners) {
      const item = items.shift();
      this.#owners.delete(owner);
      if (items.length > 0) this.#owners.set(owner, items);
      if (item === undefined) continue;
      this.#length -= 1;
      return item;
    }
    return undefined;
  }
}
