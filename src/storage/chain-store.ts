/**
 * ChainStore: the final chain on disk, its state and its indexes; and the blocks that may become final.
 *
 * One height is one synced batch: block, id by height, height by id, finalization, state, transactions by id and
 * by account, tip. So the store is always at the end of some block, and everything it answers is about final
 * blocks up to `tip`. A row that its hash does not fit throws StorageCorruption; it is never an answer.
 *
 * How one is made and opened: open-chain.ts.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { Hasher } from "../crypto/ports.ts";
import { type Block, encodeBlock, type Header } from "../protocol/block.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import type { BlockId, Epoch, Height, TransactionId } from "../protocol/ids.ts";
import type { Certificate } from "../protocol/vote.ts";
import { AccountHistory } from "./account-history.ts";
import type { BlockRows, StoredSummary } from "./block-rows.ts";
import type { Finality } from "./chain-codecs.ts";
import { ChainProofs } from "./chain-proofs.ts";
import {
  type ChainTip,
  type ChainTotals,
  commitWrites,
  type FinalBlock,
  leadsToSame,
} from "./chain-writes.ts";
import { CheckpointMismatch, contradicts } from "./checkpoint-mismatch.ts";
import { StorageCorruption } from "./corruption.ts";
import type { EpochRows, SetAt } from "./epoch-rows.ts";
import { findFinality, readFinalization } from "./finality-rows.ts";
import { blockKey } from "./keys.ts";
import type { ReadAllowance } from "./read-allowance.ts";
import { RecordRows } from "./record-rows.ts";
import { StateRows } from "./state-rows.ts";
import type { Store } from "./store.ts";
import {
  findTransaction,
  findTransactionLater,
  type StoredTransaction,
} from "./stored-transaction.ts";
import type { UnfinalBlocks } from "./unfinal-blocks.ts";

/** What open-chain.ts makes and finds. */
export interface ChainParts {
  readonly store: Store;
  readonly hasher: Hasher;
  readonly blocks: BlockRows;
  readonly epochs: EpochRows;
  readonly unfinal: UnfinalBlocks;
  readonly tip: ChainTip;
  readonly totals: ChainTotals;
  readonly proof: Finality | undefined;
  readonly checkpoint: Checkpoint | undefined;
}

export class ChainStore {
  readonly #store: Store;
  readonly #hasher: Hasher;
  readonly #blocks: BlockRows;
  readonly #epochs: EpochRows;
  readonly #unfinal: UnfinalBlocks;
  /** What accounts took part in. */
  readonly history: AccountHistory;
  /** What proofs are made of. */
  readonly proofs: ChainProofs;
  /** Records in the past. */
  readonly records: RecordRows;
  /** The entries of the state at the tip. */
  readonly stateRows: StateRows;
  readonly #checkpoint: Checkpoint | undefined;
  #tip: ChainTip;
  #totals: ChainTotals;
  #proof: Finality | undefined;
  /** The batch under way. It stays here if it fails: nobody knows then what is on disk. */
  #committing: { readonly height: Height; readonly written: Promise<void> } | undefined;

  constructor(parts: ChainParts) {
    const { store, hasher, blocks } = parts;
    this.#store = store;
    this.#hasher = hasher;
    this.#blocks = blocks;
    this.#epochs = parts.epochs;
    this.history = new AccountHistory({ store, hasher, blocks, tip: () => this.#tip.height });
    this.proofs = new ChainProofs({
      store,
      hasher,
      blocks,
      epochs: parts.epochs,
      reach: () => ({ tip: this.#tip.height, proof: this.#proof }),
    });
    this.records = new RecordRows({ store, blocks });
    this.stateRows = new StateRows(store);
    this.#unfinal = parts.unfinal;
    this.#checkpoint = parts.checkpoint;
    this.#tip = parts.tip;
    this.#totals = parts.totals;
    this.#proof = parts.proof;
  }

  /** The last committed block. */
  get tip(): ChainTip {
    return this.#tip;
  }

  get totals(): ChainTotals {
    return this.#totals;
  }

  /** Resolves when the verified block is durable. Again, or at a committed height: nothing to write. */
  async storeBlock(block: Block): Promise<void> {
    const { height } = block.header;
    if (height === this.#committing?.height) await this.#committing.written;
    else if (height > this.#tip.height) await this.#unfinal.add(block);
  }

  /** Durable blocks above the tip, by ascending height: executed again at start, without a vote. */
  storedHeights(): readonly Height[] {
    return this.#unfinal.heights();
  }

  /** Ids of the durable blocks at a height above the tip. */
  storedBlocksAt(at: Height): readonly BlockId[] {
    return this.#unfinal.at(at);
  }

  /** A stored block, final or not. Throws StorageCorruption. */
  storedBlock(at: Height, id: BlockId): Block | undefined {
    return this.#blocks.block(at, id);
  }

  /**
   * Makes the next block final and durable, in one batch: blocks come one by one in order of height. Of a path that
   * one finalization makes final, each block but the last names the headers between, so that a crash in between
   * leaves a tip whose finality is provable. Rejects with CheckpointMismatch, and writes nothing, when the checkpoint
   * says another block.
   */
  async commit(final: FinalBlock): Promise<void> {
    const { block, frontier, finality } = final;
    const { id, header } = block;
    const tip = this.#tip;
    assert(this.#committing === undefined, "blocks are committed one after the other");
    assert(header.height === tip.height + 1 && header.parent === tip.id, "heights are consecutive");
    assert(frontier.size === header.height + 1, "the frontier holds the block's own id");
    const checkpoint = this.#checkpoint;
    if (contradicts(checkpoint, { height: header.height, id })) {
      throw new CheckpointMismatch(checkpoint, id);
    }
    const { writes, totals } = commitWrites(final, {
      hasher: this.#hasher,
      store: this.#store,
      tip,
      totals: this.#totals,
      epochLength: this.#epochs.length,
      proof: this.#proof,
    });
    if (!this.#unfinal.isDurable(header.height, id)) {
      writes.push({ kind: "put", key: blockKey(header.height, id), value: encodeBlock(block) });
    }
    writes.push(...this.#unfinal.removals(header.height, id));
    const written = this.#store.commit(writes);
    this.#committing = { height: header.height, written };
    await written;
    this.#committing = undefined;
    this.#unfinal.forget(header.height);
    this.#blocks.remember(block);
    this.#epochs.committed(header, tip.header);
    this.stateRows.committed(final.changes);
    this.#tip = { height: header.height, id, header, frontier };
    this.#totals = totals;
    if (finality.covering.length > 0 && !leadsToSame(this.#proof, finality)) this.#proof = finality;
  }

  /** The final block at a height, or undefined above the tip. Throws StorageCorruption. */
  blockAt(at: Height): Block | undefined {
    return at > this.#tip.height ? undefined : this.#blocks.finalBlock(at);
  }

  /** The header alone: does not look at the transactions. Throws StorageCorruption. */
  headerAt(at: Height): Header | undefined {
    return at > this.#tip.height ? undefined : this.#blocks.finalHeader(at);
  }

  /** What a list tells of a final block: looks at the header alone, and gives way. Throws StorageCorruption. */
  async summaryOf(reference: Height | BlockId): Promise<StoredSummary | undefined> {
    const at = typeof reference === "number" ? reference : this.#blocks.heightOf(reference);
    if (at === undefined || at > this.#tip.height) return undefined;
    const summary = await this.#blocks.finalSummary(at);
    if (at === reference || summary.id === reference) return summary;
    throw new StorageCorruption(`block ${reference} is not at ${at}`);
  }

  /** The final block with this id. Throws StorageCorruption. */
  blockById(id: BlockId): Block | undefined {
    const at = this.#blocks.heightOf(id);
    if (at === undefined || at > this.#tip.height) return undefined;
    if (this.#blocks.idAt(at) !== id) throw new StorageCorruption(`block ${id} is not at ${at}`);
    return this.#blocks.finalBlock(at);
  }

  /** The validators that vote on the block at a height, or undefined above the tip. Throws StorageCorruption. */
  setAt(at: Height): SetAt | undefined {
    return at > this.#tip.height ? undefined : this.#epochs.setAt(at);
  }

  /** The block at view 0 of an epoch, or undefined while it is not committed. Throws StorageCorruption. */
  boundaryOf(of: Epoch): BlockId | undefined {
    return this.#epochs.boundaryOf(of, this.#tip.height);
  }

  /**
   * BCS of consecutive final blocks from a height, within both bounds, but always one if there is one. All are of one
   * epoch, so that one proof is enough for them.
   */
  blocksFrom(from: Height, countMax: number, bytesMax: number): Promise<Uint8Array[]> {
    const to = Math.min(this.#tip.height, this.#epochs.endOf(from));
    return this.#blocks.encodedRun({ from, to }, { countMax, bytesMax });
  }

  /** The finalization of exactly the block at a height, where one is held. Throws StorageCorruption. */
  finalizationAt(at: Height): Certificate | undefined {
    if (at > this.#tip.height) return undefined;
    return readFinalization(this.#store, this.#hasher, at);
  }

  /**
   * Why the block at a height is final: its own finalization, or the headers up to the next one that has one, at
   * most coveringHeadersMax and never beyond the epoch. Undefined above the tip, for the genesis, and when the way is
   * longer.
   */
  finalityAt(at: Height): Promise<Finality | undefined> {
    return findFinality(at, {
      store: this.#store,
      hasher: this.#hasher,
      blocks: this.#blocks,
      epochs: this.#epochs,
      tip: this.#tip.height,
      proof: this.#proof,
    });
  }

  /** A final transaction. Throws StorageCorruption when the index leads to one with another id. */
  transactionById(id: TransactionId): StoredTransaction | undefined {
    return findTransaction(id, { store: this.#store, blocks: this.#blocks }, this.#reach);
  }

  /** The same for a walk over many of them: gives way to other work while the disk reads. */
  transactionByIdLater(
    id: TransactionId,
    allowance: ReadAllowance,
  ): Promise<StoredTransaction | undefined> {
    const rows = { store: this.#store, blocks: this.#blocks, allowance };
    return findTransactionLater(id, rows, this.#reach);
  }

  get #reach(): { readonly tip: Height; readonly committing: Height | undefined } {
    return { tip: this.#tip.height, committing: this.#committing?.height };
  }

  /** The raw row of a state entry at the tip: to be checked against the state tree by whoever uses it. */
  state(key: string): Uint8Array | undefined {
    return this.stateRows.value(key);
  }
}
