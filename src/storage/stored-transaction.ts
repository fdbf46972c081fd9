/**
 * Finding a final transaction by its id: the `t` row says where, the block itself is what is believed.
 * @module
 */
import type { Block } from "../protocol/block.ts";
import type { BlockId, Height, TransactionId } from "../protocol/ids.ts";
import type { NamedTransaction } from "../protocol/transaction.ts";
import type { BlockRows } from "./block-rows.ts";
import { decodeRow, positionCodec } from "./chain-codecs.ts";
import { StorageCorruption } from "./corruption.ts";
import { transactionKey, transactionPrefixBytes } from "./keys.ts";
import type { Store } from "./store.ts";

/** A transaction in a final block. */
export interface StoredTransaction {
  readonly transaction: NamedTransaction;
  readonly height: Height;
  readonly index: number;
  readonly blockId: BlockId;
  /** The block's time, Unix milliseconds. */
  readonly timestampMs: number;
}

/** The transaction at a position of a block, or undefined when the block has no such position. */
export function transactionIn(block: Block, index: number): StoredTransaction | undefined {
  const transaction = block.transactions[index];
  if (transaction === undefined) return undefined;
  const { height, timestampMs } = block.header;
  return { transaction, height, index, blockId: block.id, timestampMs };
}

/**
 * @param reach the tip's height, and that of the block whose batch is being written, if any: its rows may be
 * visible before the batch is known to be durable.
 */
export function findTransaction(
  id: TransactionId,
  from: { readonly store: Store; readonly blocks: BlockRows },
  reach: { readonly tip: Height; readonly committing: Height | undefined },
): StoredTransaction | undefined {
  const key = transactionKey(id);
  const value = from.store.get(key);
  if (value === undefined) return undefined;
  const { height, index } = decodeRow(positionCodec, { key, value });
  if (height === reach.committing) return undefined;
  if (height > reach.tip) throw new StorageCorruption(`transaction ${id} is above the tip`);
  const found = transactionIn(from.blocks.finalBlock(height), index);
  if (found?.transaction.id === id) return found;
  const prefix = id.slice(0, 2 * transactionPrefixBytes);
  if (found?.transaction.id.startsWith(prefix) === true) return undefined; // The row of another id.
  throw new StorageCorruption(`the index of transaction ${id} leads to another one`);
}
