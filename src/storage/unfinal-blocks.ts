/**
 * The blocks above the tip: verified, on disk, and not final. Several may stand at one height.
 *
 * A block must be durable before certify reports ok, so that a crash of all and the loss of one disk cannot
 * leave a certified block that nobody has.
 * @module
 */
import { type Block, encodeBlock } from "../protocol/block.ts";
import { type BlockId, type Height, height } from "../protocol/ids.ts";
import type { BlockRows } from "./block-rows.ts";
import { StorageCorruption } from "./corruption.ts";
import { blockKey, heightRange, keyAfter, parseBlockKey, prefixes } from "./keys.ts";
import type { Store, Write } from "./store.ts";

/** A block row may be 2 MiB. */
const rowsPerRead = 8;

export class UnfinalBlocks {
  readonly #store: Store;
  /** By height and id: the write under way, or undefined when it is durable. */
  readonly #rows = new Map<Height, Map<BlockId, Promise<void> | undefined>>();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Finds what a stopped node left above its tip. A row that does not hold the block it names is removed: it is
   * fetched again, from those who certified it.
   * @returns how many were removed.
   */
  async load(blocks: BlockRows, tipHeight: Height): Promise<number> {
    const damaged: Write[] = [];
    let range = heightRange(prefixes.block, {
      from: height(tipHeight + 1),
      to: height(Number.MAX_SAFE_INTEGER),
      limit: rowsPerRead,
    });
    for (;;) {
      const page = await this.#store.range(range);
      for (const { key } of page) {
        const named = parseBlockKey(key);
        if (named !== undefined && isSound(blocks, named)) this.#set(named, undefined);
        else damaged.push({ kind: "delete", key });
      }
      const last = page.at(-1);
      if (last === undefined || page.length < rowsPerRead) break;
      range = { ...range, from: keyAfter(last.key) };
    }
    if (damaged.length > 0) await this.#store.commit(damaged);
    return damaged.length;
  }

  /** Resolves when the block is durable; again: no second write. */
  async add(block: Block): Promise<void> {
    const place = { height: block.header.height, id: block.id };
    const known = this.#rows.get(place.height);
    if (known?.has(place.id) === true) return await known.get(place.id);
    const key = blockKey(place.height, place.id);
    const written = this.#store.commit([{ kind: "put", key, value: encodeBlock(block) }]);
    this.#set(place, written);
    await written;
    // The height may have become final meanwhile.
    if (this.#rows.get(place.height)?.has(place.id) === true) this.#set(place, undefined);
  }

  /** Ids of the durable blocks at a height. */
  at(at: Height): BlockId[] {
    const rows = this.#rows.get(at) ?? [];
    return [...rows].filter(([, written]) => written === undefined).map(([id]) => id);
  }

  /** Heights with blocks, ascending. */
  heights(): Height[] {
    return [...this.#rows.keys()].sort((a, b) => a - b);
  }

  isDurable(at: Height, id: BlockId): boolean {
    const rows = this.#rows.get(at);
    return rows?.has(id) === true && rows.get(id) === undefined;
  }

  /** The writes that remove all blocks at a height but one. */
  removals(at: Height, kept: BlockId): Write[] {
    const ids = [...(this.#rows.get(at)?.keys() ?? [])].filter((id) => id !== kept);
    return ids.map((id) => ({ kind: "delete", key: blockKey(at, id) }));
  }

  /** The height is final. */
  forget(at: Height): void {
    this.#rows.delete(at);
  }

  #set(
    place: { readonly height: Height; readonly id: BlockId },
    written: Promise<void> | undefined,
  ): void {
    const rows = this.#rows.get(place.height) ?? new Map<BlockId, Promise<void> | undefined>();
    rows.set(place.id, written);
    this.#rows.set(place.height, rows);
  }
}

function isSound(
  blocks: BlockRows,
  place: { readonly height: Height; readonly id: BlockId },
): boolean {
  try {
    return blocks.block(place.height, place.id) !== undefined;
  } catch (error) {
    if (error instanceof StorageCorruption) return false;
    throw error;
  }
}
