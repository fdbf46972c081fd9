/**
 * A queue in which everyone has a turn: whoever has put much into it waits for as much of the others' as of his own.
 *
 * It is never so full of some owners' items that there is no room for another's: the last item of whoever has most goes.
 * @module
 */
export interface FairQueueBounds {
  readonly itemsMax: number;
  readonly itemsPerOwnerMax: number;
}

export type QueueRefusal = "owner-full" | "full";

/** An item that does not wait, or not any more, and why. */
export interface Refused<Item> {
  readonly item: Item;
  readonly why: QueueRefusal;
}

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

  /** Puts the item. What is returned has to be refused: this item, or another's that went for it; undefined: none. */
  push(owner: string, item: Item): Refused<Item> | undefined {
    const items = this.#owners.get(owner) ?? [];
    if (items.length >= this.#bounds.itemsPerOwnerMax) return { item, why: "owner-full" };
    let gone: Item | undefined;
    if (this.#length >= this.#bounds.itemsMax) {
      const most = this.#most();
      if (most.length <= items.length + 1) return { item, why: "full" };
      gone = most.pop();
      this.#length -= 1;
    }
    items.push(item);
    this.#owners.set(owner, items);
    this.#length += 1;
    return gone === undefined ? undefined : { item: gone, why: "owner-full" };
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

  /** The items of whoever has most. */
  #most(): Item[] {
    let most: Item[] = [];
    for (const items of this.#owners.values()) if (items.length > most.length) most = items;
    return most;
  }
}
