/**
 * The blocks that were read or committed last, already checked: looking up a recent transaction costs no disk,
 * no decoding and no hashing. Bounded by transactions, which is what a block weighs.
 * @module
 */
import type { Block } from "../protocol/block.ts";
import type { BlockId } from "../protocol/ids.ts";

export class BlockCache {
  readonly #blocks = new Map<BlockId, Block>();
  readonly #weightMax: number;
  #weight = 0;

  constructor(options: { readonly transactionsMax: number }) {
    this.#weightMax = options.transactionsMax;
  }

  get(id: BlockId): Block | undefined {
    const block = this.#blocks.get(id);
    if (block === undefined) return undefined;
    this.#blocks.delete(id);
    this.#blocks.set(id, block);
    return block;
  }

  add(block: Block): void {
    if (this.#blocks.has(block.id)) return;
    this.#blocks.set(block.id, block);
    this.#weight += weightOf(block);
    for (const oldest of this.#blocks.values()) {
      if (this.#weight <= this.#weightMax) return;
      this.#blocks.delete(oldest.id);
      this.#weight -= weightOf(oldest);
    }
  }
}

/** An empty block is not free: its header weighs about as much as a transaction. */
const weightOf = (block: Block): number => block.transactions.length + 1;
