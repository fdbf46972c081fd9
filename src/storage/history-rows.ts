/**
 * The inner nodes of the history tree: what makes a path out of a million blocks a matter of twenty reads.
 *
 * Leaf h of the tree is the block at height h. The root of a complete subtree never changes once its last leaf is
 * there, so row `n` of a height holds the roots of all complete subtrees of two leaves or more that end with it, the
 * smallest first: none at even heights, one at heights 1, 5, 9 …, two at 3, 11 … In the mean that is half a row and
 * one hash a block, in the batch of its commit; leaves are in the rows `h` already. A tile of 256 leaves would make
 * rows rarer, and every path read and hash up to 255 leaves.
 *
 * The rows have no seal: a path leads to the historyRoot of a header or is not handed out (chain-proofs.ts), and the
 * newest ones are recomputed at opening (history-check.ts).
 * @module
 */
import { assert } from "../base/assert.ts";
import { concatBytes } from "../base/bytes.ts";
import { encode } from "../codec/codec.ts";
import {
  appendLeaf,
  consistencyRanges,
  type Frontier,
  inclusionRanges,
  innerHash,
  type LeafRange,
  leafHash,
} from "../crypto/merkle.ts";
import type { Hasher } from "../crypto/ports.ts";
import { type BlockId, blockIdCodec, height } from "../protocol/ids.ts";
import type { BlockRows } from "./block-rows.ts";
import { rowName } from "./chain-codecs.ts";
import { StorageCorruption } from "./corruption.ts";
import { historyRowKey } from "./keys.ts";
import type { Store, Write } from "./store.ts";

const hashBytes = 32;

/** The leaf of a block: the hash that its id has in the tree. */
export const idLeaf = (hasher: Hasher, id: BlockId): Uint8Array =>
  leafHash(hasher, encode(blockIdCodec, id));

export interface Appended {
  readonly frontier: Frontier;
  /** The row `n` of this leaf, or undefined where there is none. */
  readonly write: Write | undefined;
}

/** The tree with the next block's id, and the row that comes with it. */
export function appendId(hasher: Hasher, before: Frontier, id: BlockId): Appended {
  const leaf = idLeaf(hasher, id);
  const ended: Uint8Array[] = [];
  let peak = leaf;
  for (const left of before.peaks.slice(before.peaks.length - endedBy(before.size)).toReversed()) {
    peak = innerHash(hasher, left, peak);
    ended.push(peak);
  }
  const key = historyRowKey(height(before.size));
  const write: Write | undefined =
    ended.length === 0 ? undefined : { kind: "put", key, value: concatBytes(...ended) };
  return { frontier: appendLeaf(hasher, before, leaf), write };
}

/** How many complete subtrees of two leaves or more end with this leaf: the ones at the end of its binary form. */
function endedBy(leaf: number): number {
  let count = 0;
  for (let rest = leaf; rest % 2 === 1; rest = Math.floor(rest / 2)) count += 1;
  return count;
}

/** Final blocks that rows know nothing of yet: those right above the tip, ascending. */
export type AboveTip = readonly BlockId[];

export class HistoryRows {
  readonly #store: Store;
  readonly #hasher: Hasher;
  readonly #blocks: BlockRows;

  constructor(dependencies: {
    readonly store: Store;
    readonly hasher: Hasher;
    readonly blocks: BlockRows;
  }) {
    this.#store = dependencies.store;
    this.#hasher = dependencies.hasher;
    this.#blocks = dependencies.blocks;
  }

  /**
   * From leaf `index` upwards to the root over leaves 0 … size − 1 (RFC 9162, 2.1.3.1), unchecked.
   *
   * @param reach how many leaves the rows have; `above` has the others.
   */
  inclusion(
    path: { readonly index: number; readonly size: number },
    reach: { readonly committed: number; readonly above: AboveTip },
  ): Uint8Array[] {
    const tree = this.#tree(reach);
    return inclusionRanges(path.index, path.size).map((range) => tree.root(range));
  }

  /** That `to` leaves begin with the first `from` ≥ 1 of them (RFC 9162, 2.1.4.1), unchecked. */
  consistency(from: number, to: number): Uint8Array[] {
    const tree = this.#tree({ committed: to, above: [] });
    return consistencyRanges(from, to).map((range) => tree.root(range));
  }

  /** The frontier of the first leaves, unchecked. */
  frontier(size: number): Frontier {
    const tree = this.#tree({ committed: size, above: [] });
    const peaks: Uint8Array[] = [];
    for (let start = 0; start < size; ) {
      const end = start + powerUpTo(size - start);
      peaks.push(tree.root({ start, end }));
      start = end;
    }
    return { size, peaks };
  }

  #tree({ committed, above }: { readonly committed: number; readonly above: AboveTip }): {
    root(range: LeafRange): Uint8Array;
  } {
    const leaf = (index: number): Uint8Array => {
      const id = index < committed ? this.#blocks.idAt(height(index)) : above[index - committed];
      assert(id !== undefined, "a leaf is committed, or given as above the tip");
      return idLeaf(this.#hasher, id);
    };
    const root = ({ start, end }: LeafRange): Uint8Array => {
      const length = end - start;
      if (length === 1) return leaf(start);
      const power = powerUpTo(length);
      if (power === length && end <= committed) return this.#node(end - 1, length);
      const middle = start + (power === length ? power / 2 : power);
      const left = root({ start, end: middle });
      return innerHash(this.#hasher, left, root({ start: middle, end }));
    };
    return { root };
  }

  /** The root of the complete subtree of so many leaves, a power of two, that ends with this leaf. */
  #node(last: number, leaves: number): Uint8Array {
    const key = historyRowKey(height(last));
    const row = this.#store.get(key);
    if (row?.length !== hashBytes * endedBy(last)) {
      throw new StorageCorruption(`${rowName(key)} is ${row === undefined ? "missing" : "cut"}`);
    }
    const offset = hashBytes * (Math.log2(leaves) - 1);
    return row.subarray(offset, offset + hashBytes);
  }
}

/** The largest power of two that is not above the count. */
function powerUpTo(count: number): number {
  let power = 1;
  while (power * 2 <= count) power *= 2;
  return power;
}
