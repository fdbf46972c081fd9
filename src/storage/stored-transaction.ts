/**
 * Finding a final transaction by its id: the `t` row says where, the block itself is what is believed.
 * @module
 */
import type { Block } from "../protocol/block.ts";
import type { BlockId, Height, TransactionId } from "../protocol/ids.ts";
import type { NamedTransaction } from "../protocol/transaction.ts";
import type { BlockRows } from "./block-rows.ts";
import { decodeRow, positionCodec, type TransactionPosition } from "./chain-codecs.ts";
import { StorageCorruption } from "./corruption.ts";
import { transactionKey, transactionPrefixBytes } from "./keys.ts";
import type { ReadAllowance } from "./read-allowance.ts";
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
  from: Rows,
  reach: Reach,
): StoredTransaction | undefined {
  const position = positionOf(id, from.store, reach);
  return position && foundIn(from.blocks.finalBlock(position.height), position, id);
}

/** The same for a walk over many of them: gives way to other work while the disk reads a block. */
export async function findTransactionLater(
  id: TransactionId,
  from: Rows & { readonly allowance: ReadAllowance },
  reach: Reach,
): Promise<StoredTransaction | undefined> {
  const position = positionOf(id, from.store, reach);
  if (position === undefined) return undefined;
  const block = await from.blocks.finalBlockLater(position.height, from.allowance);
  from.blocks.remember(block);
  return foundIn(block, position, id);
}

interface Rows {
  readonly store: Store;
  readonly blocks: BlockRows;
}

interface Reach {
  readonly tip: Height;
  readonly committing: Height | undefined;
}

function positionOf(
  id: TransactionId,
  store: Store,
  reach: Reach,
): TransactionPosition | undefined {
  const key = transactionKey(id);
  const value = store.get(key);
  if (value === undefined) return undefined;
  const position = decodeRow(positionCodec, { key, value });
  if (position.height === reach.committing) return undefined;
  if (position.height > reach.tip) {
    throw new StorageCorruption(`transaction ${id} is above the tip`);
  }
  return position;
}

function foundIn(
  block: Block,
  { index }: TransactionPosition,
  id: TransactionId,
): StoredTransaction | undefined {
  const found = transactionIn(block, index);
  if (found?.transaction.id === id) return found;
  const prefix = id.slice(0, 2 * transactionPrefixBytes);
  if (found?.transaction.id.startsWith(prefix) === true) return undefined; // The row of another id.
  throw new StorageCorruption(`the index of transaction ${id} leads to another one`);
}
