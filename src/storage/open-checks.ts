/**
 * What is checked before a ledger on disk is believed, in this order:
 *
 * 1. the schema version and the chain id;
 * 2. the tip row;
 * 3. block ids: one for each of the last 10,000 heights, which is more than a damaged log of LevelDB can lose;
 * 4. the last 100 blocks in full: id, transactions, parent, height by id; block 0 is the genesis; and the block of
 *    the checkpoint is the one that it says;
 * 5. the frontier, whose root is the tip's historyRoot, and the last 10,000 rows of the history tree;
 * 6. the tip's epoch: its number and its validators are those that the state says, and the row `v`;
 * 7. the tip's finality: a quorum's signatures over it or over a header that descends from it;
 * 8. the state: a tree built from all rows, whose root is the tip's stateRoot.
 *
 * Older rows are checked by every read of them.
 * @module
 */
import { assert } from "../base/assert.ts";
import { equalBytes, fromHex, toHex } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { encode, u64 } from "../codec/codec.ts";
import { frontierRoot } from "../crypto/merkle.ts";
import type { Hasher, Verifier } from "../crypto/ports.ts";
import type { Block, Header } from "../protocol/block.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import { epochOf } from "../protocol/epochs.ts";
import { type BlockId, type ChainId, chainIdCodec, type Digest, height } from "../protocol/ids.ts";
import { ValidatorSet, validatorsHash } from "../protocol/validator-set.ts";
import { BlockRows } from "./block-rows.ts";
import {
  decodeSealed,
  type Finality,
  schemaCodec,
  schemaVersion,
  type TipRow,
  tipCodec,
} from "./chain-codecs.ts";
import { contradicts, mismatchText } from "./checkpoint-mismatch.ts";
import { StorageCorruption } from "./corruption.ts";
import { EpochRows, readStoredEpoch } from "./epoch-rows.ts";
import { finalityFlaw, readFinality, readProof } from "./finality-rows.ts";
import { checkHistory } from "./history-check.ts";
import {
  chainKey,
  heightRange,
  parseHeightKey,
  prefixes,
  schemaKey,
  supplyKey,
  tipKey,
} from "./keys.ts";
import { type OpenFailure, openFailure } from "./open-failure.ts";
import { type RebuiltState, rebuildState } from "./rebuild-state.ts";
import type { Store } from "./store.ts";

export interface OpenOptions {
  readonly hasher: Hasher;
  readonly verifier: Verifier;
  readonly chainId: ChainId;
  /** The id of block 0, given the root of its state: as the genesis says it. */
  readonly genesisIdOf: (stateRoot: Digest) => BlockId;
  /** A block that the ledger holds, or will hold when it gets there: another one at its height is refused. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Called now and then while the state is read. */
  readonly onProgress?: (stateEntries: number) => void;
}

export interface CheckedLedger {
  readonly tip: TipRow;
  readonly tipHeader: Header;
  readonly blocks: BlockRows;
  readonly epochs: EpochRows;
  readonly proof: Finality | undefined;
  readonly state: RebuiltState;
  /** Native units that there are. */
  readonly supply: bigint;
}

/** Blocks that are read in full. */
const fullBlocks = 100;
/** Heights whose block id must be there. LevelDB's log holds at most about 8 MB, and a block writes 1 KB. */
const idHeights = 10_000;

/** Reads and checks; writes nothing. Throws only what the store throws. */
export async function checkLedger(
  store: Store,
  options: OpenOptions,
): Promise<Result<CheckedLedger, OpenFailure>> {
  const written = checkMeta(store, options);
  if (!written.ok) return written;
  const tip = written.value;
  const blocks = new BlockRows({ store, hasher: options.hasher, chainId: options.chainId });
  let chain: CheckedChain;
  let supply: bigint;
  try {
    supply = readSupply(store, options.hasher);
    const read = await readChain(store, { tip, blocks, options });
    if (!read.ok) return read;
    chain = read.value;
  } catch (error) {
    if (error instanceof StorageCorruption) return fail(openFailure("broken_chain", error.message));
    throw error;
  }
  const { tipHeader } = chain;
  const flaw = tipFlaw({ store, options, tip, ...chain });
  if (flaw !== undefined) return fail(openFailure("bad_finality", flaw));
  const state = await rebuildState(store, options);
  if (!equalBytes(state.version.rootHash, fromHex(tipHeader.stateRoot))) {
    const found = toHex(state.version.rootHash);
    const message = `the state on disk has the root ${found}, block ${tip.height} says ${tipHeader.stateRoot}`;
    return fail(openFailure("state_mismatch", message));
  }
  return ok({ tip, blocks, ...chain, state, supply });
}

interface CheckedChain {
  readonly tipHeader: Header;
  readonly proof: Finality | undefined;
  readonly epochs: EpochRows;
  /** Those of the tip's epoch. */
  readonly validators: ValidatorSet;
}

/** Checks 3 to 6. Throws StorageCorruption. */
async function readChain(
  store: Store,
  ledger: { readonly tip: TipRow; readonly blocks: BlockRows; readonly options: OpenOptions },
): Promise<Result<CheckedChain, OpenFailure>> {
  const { tip, blocks, options } = ledger;
  const { hasher, checkpoint } = options;
  await checkIds(store, tip);
  const tipHeader = (await checkBlocks(blocks, tip, options)).header;
  if (checkpoint !== undefined && checkpoint.height <= tip.height) {
    blocks.finalHeader(checkpoint.height); // A damaged row must not be taken for another history.
    const at = { height: checkpoint.height, id: blocks.idAt(checkpoint.height) };
    if (contradicts(checkpoint, at)) {
      return fail(openFailure("checkpoint_mismatch", mismatchText(checkpoint, at.id)));
    }
  }
  checkFrontier(hasher, tip, tipHeader);
  await checkHistory(tip, { store, hasher, blocks });
  const proof = readProof(store, hasher);
  const stored = readStoredEpoch(store);
  if (!stored.ok) {
    return fail(openFailure("state_mismatch", `the state on disk has ${stored.reason}`));
  }
  const { validators, length } = stored.value;
  const { epoch } = tipHeader;
  const hasSet = validatorsHash(hasher, validators) === tipHeader.validatorsHash;
  if (!hasSet || epochOf(tip.height, length) !== epoch) {
    const message = `the state on disk has another epoch or other validators than block ${tip.height}`;
    return fail(openFailure("state_mismatch", message));
  }
  const epochs = await EpochRows.load(length, { store, hasher, blocks });
  epochs.setAt(tip.height);
  const boundary = epochs.boundaryOf(epoch, tip.height);
  assert(boundary !== undefined, "a block is above the boundary of its epoch");
  const set = new ValidatorSet({ hasher, validators, epoch, boundary });
  return ok({ tipHeader, proof, epochs, validators: set });
}

function checkMeta(store: Store, options: OpenOptions): Result<TipRow, OpenFailure> {
  const schema = store.get(schemaKey);
  if (schema === undefined || !equalBytes(schema, encode(schemaCodec, schemaVersion))) {
    const found = schema === undefined ? "none" : toHex(schema);
    const message = `the ledger's schema is ${found}, this program reads ${schemaVersion}`;
    return fail(openFailure("schema_mismatch", message));
  }
  const chain = store.get(chainKey);
  if (chain === undefined || !equalBytes(chain, encode(chainIdCodec, options.chainId))) {
    const found = chain === undefined ? "none" : toHex(chain);
    const message = `the ledger is of chain ${found}, the genesis says ${options.chainId}`;
    return fail(openFailure("wrong_chain", message));
  }
  const value = store.get(tipKey);
  if (value === undefined) return fail(openFailure("tip_missing", "the row of the tip is gone"));
  try {
    return ok(decodeSealed(options.hasher, tipCodec, { key: tipKey, value }));
  } catch (error) {
    if (error instanceof StorageCorruption) return fail(openFailure("tip_missing", error.message));
    throw error;
  }
}

function readSupply(store: Store, hasher: Hasher): bigint {
  const value = store.get(supplyKey);
  if (value === undefined) throw new StorageCorruption("the row of the supply is gone");
  return decodeSealed(hasher, u64, { key: supplyKey, value });
}

async function checkIds(store: Store, tip: TipRow): Promise<void> {
  const from = height(Math.max(0, tip.height + 1 - idHeights));
  const limit = idHeights + 1;
  const to = height(tip.height + 2); // One more, so that a height above the tip would show.
  const rows = await store.range(heightRange(prefixes.finalId, { from, to, limit }));
  for (const [position, { key }] of rows.entries()) {
    if (parseHeightKey(key) !== from + position) {
      throw new StorageCorruption(`height ${from + position} has no block id`);
    }
  }
  if (rows.length !== tip.height + 1 - from) {
    const last = from + rows.length - 1;
    throw new StorageCorruption(`the last block id is at height ${last}, the tip at ${tip.height}`);
  }
}

async function checkBlocks(blocks: BlockRows, tip: TipRow, options: OpenOptions): Promise<Block> {
  const newest = await blocks.finalBlockLater(tip.height);
  if (newest.id !== tip.id) {
    throw new StorageCorruption(`the tip is ${tip.id}, its height says ${newest.id}`);
  }
  const lowest = Math.max(0, tip.height + 1 - fullBlocks);
  let child: Block | undefined;
  for (let at = tip.height as number; at >= lowest; at -= 1) {
    const block = at === tip.height ? newest : await blocks.finalBlockLater(height(at));
    if (child !== undefined && child.header.parent !== block.id) {
      throw new StorageCorruption(`block ${at + 1} is not a child of block ${at}`);
    }
    if (blocks.heightOf(block.id) !== at) {
      throw new StorageCorruption(`the id of block ${at} leads to another height`);
    }
    child = block;
  }
  const genesisId = blocks.idAt(height(0));
  const { parent, stateRoot } = blocks.finalHeader(height(0));
  const expected = options.genesisIdOf(stateRoot);
  if (genesisId !== expected || (parent as string) !== options.chainId) {
    throw new StorageCorruption(`block 0 is ${genesisId}, the genesis says ${expected}`);
  }
  return newest;
}

function checkFrontier(hasher: Hasher, tip: TipRow, header: Header): void {
  const isWhole = tip.frontier.size === tip.height;
  if (!isWhole || toHex(frontierRoot(hasher, tip.frontier)) !== header.historyRoot) {
    throw new StorageCorruption("the frontier is not that of the tip's historyRoot");
  }
}

function tipFlaw(ledger: {
  readonly store: Store;
  readonly options: OpenOptions;
  readonly tip: TipRow;
  readonly tipHeader: Header;
  readonly proof: Finality | undefined;
  readonly validators: ValidatorSet;
}): string | undefined {
  const { store, options, tip, tipHeader, proof, validators } = ledger;
  const { hasher, verifier, chainId } = options;
  if (tip.height === 0) return undefined; // The genesis is final by itself.
  try {
    const finality = readFinality(store, hasher, { block: tip, proof });
    if (finality === undefined) return `block ${tip.height}, the tip, has no finalization`;
    const block = { id: tip.id, header: tipHeader, finality };
    return finalityFlaw(block, { hasher, verifier, chainId, validators });
  } catch (error) {
    if (error instanceof StorageCorruption) return error.message;
    throw error;
  }
}
