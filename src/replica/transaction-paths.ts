/**
 * The ways from transactions to the transactionsRoot of their block. Those of one block are mostly asked for together,
 * by everyone who has a transaction in it: its tree is built once and kept for a while.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fromHex } from "../base/bytes.ts";
import { RecentMap } from "../base/recent-map.ts";
import { innerHash } from "../crypto/merkle.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { Block } from "../protocol/block.ts";
import type { BlockId } from "../protocol/ids.ts";

/** Blocks whose tree is kept: 300 bytes for each of their transactions. */
const blocksMax = 16;

/** From the leaves up to the root; a list of two or more has one level more than the last. */
type Levels = readonly (readonly Uint8Array[])[];

export class TransactionPaths {
  readonly #hasher: Hasher;
  readonly #levels = new RecentMap<BlockId, Levels>({ entriesMax: blocksMax });

  constructor(dependencies: { readonly hasher: Hasher }) {
    this.#hasher = dependencies.hasher;
  }

  /** From the leaf upwards (RFC 9162, 2.1.3.1). */
  path(block: Block, index: number): readonly Uint8Array[] {
    assert(index >= 0 && index < block.transactions.length, "the transaction is in the block");
    const path: Uint8Array[] = [];
    let position = index;
    for (const level of this.#levelsOf(block)) {
      const sibling = level[position % 2 === 0 ? position + 1 : position - 1];
      if (sibling !== undefined) path.push(sibling);
      position = Math.floor(position / 2);
    }
    return path;
  }

  #levelsOf({ id, transactions }: Block): Levels {
    const known = this.#levels.get(id);
    if (known !== undefined) return known;
    let level = transactions.map(({ contentHash }) => fromHex(contentHash));
    const levels = [level];
    while (level.length > 1) {
      level = pairs(level).map(([left, right]) =>
        right === undefined ? left : innerHash(this.#hasher, left, right),
      );
      levels.push(level);
    }
    this.#levels.set(id, levels);
    return levels;
  }
}

function pairs(level: readonly Uint8Array[]): (readonly [Uint8Array, Uint8Array | undefined])[] {
  return level.flatMap((left, i) => (i % 2 === 0 ? [[left, level[i + 1]] as const] : []));
}
