/**
 * The batches that ChainStore commits: the genesis, and one final block with everything that becomes true with it.
 * @module
 */
import { assert } from "../base/assert.ts";
import { toHex } from "../base/bytes.ts";
import { encode, u64 } from "../codec/codec.ts";
import { emptyFrontier, type Frontier, frontierRoot } from "../crypto/merkle.ts";
import type { Hasher } from "../crypto/ports.ts";
import { nativeSupply } from "../ledger/genesis-state.ts";
import { type Block, encodeBlock, type Header } from "../protocol/block.ts";
import {
  type BlockId,
  blockIdCodec,
  type ChainId,
  chainIdCodec,
  type Height,
  heightCodec,
} from "../protocol/ids.ts";
import { accountOfKey, type StateChanges, type StateKey } from "../protocol/state.ts";
import { certificateCodec } from "../protocol/vote.ts";
import {
  encodeSealed,
  type Finality,
  finalityCodec,
  schemaCodec,
  schemaVersion,
  tipCodec,
} from "./chain-codecs.ts";
import { firstSetWrite, setWrites } from "./epoch-rows.ts";
import { shapeFlaw } from "./finality-rows.ts";
import { appendId } from "./history-rows.ts";
import { indexRows } from "./index-rows.ts";
import {
  blockKey,
  chainKey,
  finalIdKey,
  finalizationKey,
  heightOfIdKey,
  proofKey,
  schemaKey,
  stateKey,
  supplyKey,
  tipKey,
} from "./keys.ts";
import type { Store, Write } from "./store.ts";

/** The last committed block. */
export interface ChainTip {
  readonly height: Height;
  readonly id: BlockId;
  readonly header: Header;
  /** Over the ids of all blocks up to and including this one: what the next header's historyRoot says. */
  readonly frontier: Frontier;
}

export interface ChainTotals {
  /** Transactions in final blocks. */
  readonly transactions: number;
  /** Accounts that were ever written. */
  readonly accounts: number;
  /** Native base units that there are: those of the genesis. */
  readonly supply: bigint;
}

/** An executed block that became final, right above the tip. */
export interface FinalBlock {
  readonly block: Block;
  readonly changes: StateChanges;
  /** Over all ids up to and including the block's own. */
  readonly frontier: Frontier;
  /** Verified by the caller. */
  readonly finality: Finality;
}

export interface GenesisBlock {
  readonly chainId: ChainId;
  readonly id: BlockId;
  readonly header: Header;
  /** Every entry of the state at height 0. */
  readonly state: StateChanges;
}

const put = (key: Uint8Array, value: Uint8Array): Write => ({ kind: "put", key, value });

/** All rows of a ledger at height 0. */
export function genesisWrites(hasher: Hasher, genesis: GenesisBlock): Write[] {
  const { chainId, id, header, state } = genesis;
  assert(
    header.height === 0 && header.parent === (chainId as string),
    "a genesis starts its chain",
  );
  return [
    put(schemaKey, encode(schemaCodec, schemaVersion)),
    put(chainKey, encode(chainIdCodec, chainId)),
    put(supplyKey, encodeSealed(hasher, u64, { key: supplyKey, value: nativeSupply(state) })),
    put(blockKey(header.height, id), encodeBlock({ id, header, transactions: [] })),
    ...chainRows({ id, header }),
    ...stateWrites(state),
    firstSetWrite(state),
    tipWrite(hasher, { id, header, transactions: 0, frontier: emptyFrontier }),
  ];
}

export interface CommitWrites {
  readonly writes: Write[];
  readonly totals: ChainTotals;
}

/** Everything about a final block but its own row, and what else stands at its height. */
export function commitWrites(
  final: FinalBlock,
  context: {
    readonly hasher: Hasher;
    readonly store: Store;
    readonly tip: ChainTip;
    readonly totals: ChainTotals;
    /** Heights in an epoch. */
    readonly epochLength: number;
    /** The proof row as it is. */
    readonly proof: Finality | undefined;
  },
): CommitWrites {
  const { block, changes, finality } = final;
  const { hasher, tip, totals, epochLength } = context;
  const before = (key: StateKey) => context.store.get(stateKey(key));
  const index = indexRows(hasher, block, { changes, before });
  const transactions = totals.transactions + block.transactions.length;
  const accounts = totals.accounts + newAccounts(context.store, changes, index.nonces);
  const { id, header } = block;
  const { write: historyRow } = appendId(hasher, tip.frontier, id);
  const writes = [
    ...chainRows(block),
    ...(historyRow === undefined ? [] : [historyRow]),
    ...finalityWrites(hasher, block, { finality, proof: context.proof }),
    ...stateWrites(changes),
    ...setWrites(hasher, { header, parent: tip.header, changes, epochLength }),
    ...index.writes,
    tipWrite(hasher, { id, header, transactions, frontier: tip.frontier }),
  ];
  return { writes, totals: { ...totals, transactions, accounts } };
}

function chainRows(block: { readonly id: BlockId; readonly header: Header }): Write[] {
  const at = block.header.height;
  return [
    put(finalIdKey(at), encode(blockIdCodec, block.id)),
    put(heightOfIdKey(block.id), encode(heightCodec, at)),
  ];
}

function stateWrites(changes: StateChanges): Write[] {
  const writes: Write[] = [];
  for (const [key, value] of changes) {
    if (value === undefined) writes.push({ kind: "delete", key: stateKey(key) });
    else writes.push(put(stateKey(key), value));
  }
  return writes;
}

/** @param tip its frontier is the one over the block's ancestors, whose root its own header states. */
function tipWrite(
  hasher: Hasher,
  tip: {
    readonly id: BlockId;
    readonly header: Header;
    readonly transactions: number;
    readonly frontier: Frontier;
  },
): Write {
  const { id, header, transactions, frontier } = tip;
  assert(
    toHex(frontierRoot(hasher, frontier)) === header.historyRoot,
    "a final block's historyRoot is over the blocks before it",
  );
  const value = { height: header.height, id, transactions, frontier };
  return put(tipKey, encodeSealed(hasher, tipCodec, { key: tipKey, value }));
}

/** The finalization where it is of this block; else the way to it, once for all blocks on that way. */
function finalityWrites(
  hasher: Hasher,
  block: Block,
  rows: { readonly finality: Finality; readonly proof: Finality | undefined },
): Write[] {
  const { finality, proof } = rows;
  const flaw = shapeFlaw(hasher, { id: block.id, header: block.header, finality });
  assert(flaw === undefined, "a block is final by a finalization of it or above it");
  if (finality.covering.length === 0) {
    const key = finalizationKey(block.header.height);
    const value = finality.certificate;
    return [put(key, encodeSealed(hasher, certificateCodec, { key, value }))];
  }
  if (leadsToSame(proof, finality)) return [];
  const value = encodeSealed(hasher, finalityCodec, { key: proofKey, value: finality });
  return [put(proofKey, value)];
}

/** Whether the proof on disk already leads to the block that this finality ends at. */
export function leadsToSame(proof: Finality | undefined, finality: Finality): boolean {
  const held = proof?.certificate.subject;
  const { subject } = finality.certificate;
  return (
    held?.kind === "finalize" && subject.kind === "finalize" && held.blockId === subject.blockId
  );
}

/** A nonce above 0 shows that an account was there before; the others cost a read each. */
function newAccounts(
  store: Store,
  changes: StateChanges,
  nonces: ReadonlyMap<string, number>,
): number {
  let count = 0;
  for (const [key, value] of changes) {
    const account = accountOfKey(key);
    if (account === undefined || value === undefined) continue;
    if ((nonces.get(account) ?? 0) === 0 && store.get(stateKey(key)) === undefined) count += 1;
  }
  return count;
}
