/**
 * ChainStore: the final chain on disk, its state and its indexes; and the blocks that may become final.
 *
 * One height is one synced batch: block, id by height, height by id, finalization, state, transactions by id and
 * by account, tip. So the store is always at the end of some block, and everything it answers is about final
 * blocks up to `tip`. A row that its hash does not fit throws StorageCorruption; it is never an answer.
 * @module
 */
import { assert } from "../base/assert.ts";
import { ok, type Result } from "../base/result.ts";
import { appendLeaf, emptyFrontier } from "../crypto/merkle.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { StateTree, TreeVersion } from "../crypto/state-tree.ts";
import { nativeSupply } from "../ledger/genesis-state.ts";
import { type Block, encodeBlock, type Header } from "../protocol/block.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import type { AccountId, BlockId, Epoch, Height, TransactionId } from "../protocol/ids.ts";
import { accountOfKey, type StateKey, stateKeyOf } from "../protocol/state.ts";
import { type Certificate, certificateCodec } from "../protocol/vote.ts";
import { AccountHistory } from "./account-history.ts";
import { BalanceKeys } from "./balance-keys.ts";
import { BlockRows, type StoredSummary } from "./block-rows.ts";
import { encodeSealed, type Finality } from "./chain-codecs.ts";
import { ChainProofs } from "./chain-proofs.ts";
import {
  type ChainTip,
  type ChainTotals,
  commitWrites,
  type FinalBlock,
  type GenesisBlock,
  genesisWrites,
  leadsToSame,
} from "./chain-writes.ts";
import { CheckpointMismatch, contradicts } from "./checkpoint-mismatch.ts";
import { StorageCorruption } from "./corruption.ts";
import { EpochRows, epochLengthOf, type SetAt } from "./epoch-rows.ts";
import { findFinality, readFinalization } from "./finality-rows.ts";
import { idLeaf } from "./history-rows.ts";
import {
  blockKey,
  everyKey,
  finalizationKey,
  parseStateKey,
  stateKey,
  stateRange,
  stateRangeFrom,
} from "./keys.ts";
import { checkLedger, type OpenOptions } from "./open-checks.ts";
import type { OpenFailure } from "./open-failure.ts";
import type { ReadAllowance } from "./read-allowance.ts";
import { statePages } from "./rebuild-state.ts";
import { RecordRows } from "./record-rows.ts";
import type { Entry, Store } from "./store.ts";
import {
  findTransaction,
  findTransactionLater,
  type StoredTransaction,
} from "./stored-transaction.ts";
import { UnfinalBlocks } from "./unfinal-blocks.ts";
import { upgradeLedger } from "./upgrade.ts";

export interface OpenedChain {
  readonly chain: ChainStore;
  readonly tree: StateTree;
  /** The committed version: the state at the tip. */
  readonly version: TreeVersion;
  /** Damaged blocks above the tip that were removed; they are fetched again. */
  readonly droppedBlocks: number;
}

interface ChainParts {
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
  readonly #balances = new BalanceKeys();
  readonly #checkpoint: Checkpoint | undefined;
  #tip: ChainTip;
  #totals: ChainTotals;
  #proof: Finality | undefined;
  /** The batch under way. It stays here if it fails: nobody knows then what is on disk. */
  #committing: { readonly height: Height; readonly written: Promise<void> } | undefined;

  private constructor(parts: ChainParts) {
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
    this.#unfinal = parts.unfinal;
    this.#checkpoint = parts.checkpoint;
    this.#tip = parts.tip;
    this.#totals = parts.totals;
    this.#proof = parts.proof;
  }

  /** Whether nothing was ever written: the one case in which `create` comes before `open`. */
  static async isEmpty(store: Store): Promise<boolean> {
    const rows = await store.range(everyKey);
    return rows.length === 0;
  }

  /** The first start of an empty store: the genesis as height 0, in one batch. */
  static async create(
    store: Store,
    genesis: GenesisBlock & { readonly hasher: Hasher },
  ): Promise<ChainStore> {
    const { hasher, chainId, id, header, state } = genesis;
    assert(await ChainStore.isEmpty(store), "a ledger is created in an empty store");
    await store.commit(genesisWrites(hasher, genesis));
    const frontier = appendLeaf(hasher, emptyFrontier, idLeaf(hasher, id));
    let accounts = 0;
    for (const key of state.keys()) if (accountOfKey(key) !== undefined) accounts += 1;
    const blocks = new BlockRows({ store, hasher, chainId });
    return new ChainStore({
      store,
      hasher,
      blocks,
      epochs: await EpochRows.load(epochLengthOf(state), { store, hasher, blocks }),
      unfinal: new UnfinalBlocks(store),
      tip: { height: header.height, id, header, frontier },
      totals: { transactions: 0, accounts, supply: nativeSupply(state) },
      proof: undefined,
      checkpoint: undefined,
    });
  }

  /** Checks what a stopped node left (open-checks.ts), and rebuilds the state tree from it. */
  static async open(store: Store, options: OpenOptions): Promise<Result<OpenedChain, OpenFailure>> {
    const upgraded = await upgradeLedger(store, options);
    if (!upgraded.ok) return upgraded;
    const checked = await checkLedger(store, options);
    if (!checked.ok) return checked;
    const { tip, tipHeader, blocks, epochs, proof, state, supply } = checked.value;
    const unfinal = new UnfinalBlocks(store);
    const droppedBlocks = await unfinal.load(blocks, tip.height);
    const { hasher, checkpoint } = options;
    const frontier = appendLeaf(hasher, tip.frontier, idLeaf(hasher, tip.id));
    const chain = new ChainStore({
      store,
      hasher,
      blocks,
      epochs,
      unfinal,
      tip: { height: tip.height, id: tip.id, header: tipHeader, frontier },
      totals: { transactions: tip.transactions, accounts: state.accounts, supply },
      proof,
      checkpoint,
    });
    return ok({ chain, tree: state.tree, version: state.version, droppedBlocks });
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
    this.#balances.committed(final.changes);
    this.#tip = { height: header.height, id, header, frontier };
    this.#totals = totals;
    if (finality.covering.length > 0 && !leadsToSame(this.#proof, finality)) this.#proof = finality;
  }

  /** Keeps a verified finalization of a committed block that was covered by a later one until now. */
  async putFinalization(certificate: Certificate, at: Height): Promise<void> {
    const { subject } = certificate;
    const isOfBlock = at <= this.#tip.height && subject.kind === "finalize";
    assert(isOfBlock && subject.blockId === this.#blocks.idAt(at), "it finalizes that block");
    if (this.finalizationAt(at) !== undefined) return;
    const key = finalizationKey(at);
    const value = encodeSealed(this.#hasher, certificateCodec, { key, value: certificate });
    await this.#store.commit([{ kind: "put", key, value }]);
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
    return this.#store.get(stateKey(key));
  }

  /** State rows of one kind at the tip, ascending, at most `limit`: kind ‖ BCS(key), and the value. */
  async stateEntriesOf(kind: number, limit: number): Promise<readonly Entry[]> {
    const rows = await this.#store.range(stateRange(kind, limit));
    return rows.map(({ key, value }) => ({ key: parseStateKey(key), value }));
  }

  /**
   * Keys of state entries at the tip that have a beginning (hex of the kind, and as much of the key), ascending from a
   * key on, at most `limit`. Those of a block whose batch is being written may be among them.
   */
  async stateKeysFrom(
    beginning: string,
    span: { readonly from: StateKey | undefined; readonly limit: number },
  ): Promise<readonly StateKey[]> {
    const rows = await this.#store.range(stateRangeFrom(beginning, span));
    return rows.map(({ key }) => stateKeyOf(parseStateKey(key)));
  }

  /** Keys of an account's balances besides the native one, ascending, the first so many: as `stateKeysFrom` has them. */
  async balanceKeys(account: AccountId, limit: number): Promise<readonly StateKey[]> {
    const read = (beginning: string) => this.stateKeysFrom(beginning, { from: undefined, limit });
    return await this.#balances.of(account, limit, read);
  }

  /** All state rows in pages, keys with their prefix. Consistent only while nothing is committed. */
  stateEntries(): AsyncGenerator<readonly Entry[], void, undefined> {
    return statePages(this.#store);
  }
}
