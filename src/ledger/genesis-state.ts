/**
 * The state that a genesis describes, and the ledger that starts from it.
 * @module
 */
import { assert } from "../base/assert.ts";
import { toHex } from "../base/bytes.ts";
import { encode } from "../codec/codec.ts";
import { appendLeaf, emptyFrontier, type Frontier, leafHash } from "../crypto/merkle.ts";
import type { Hasher } from "../crypto/ports.ts";
import { StateTree, type TreeVersion } from "../crypto/state-tree.ts";
import type { TreeChange } from "../crypto/state-update.ts";
import { blockIdOf, type Header } from "../protocol/block.ts";
import { chainIdOf, type Genesis, genesisHeader } from "../protocol/genesis.ts";
import { type BlockId, blockIdCodec, type ChainId, type Digest } from "../protocol/ids.ts";
import {
  accountKey,
  accountOfKey,
  encodeAccount,
  parametersEntryCodec,
  parametersKey,
  readAccount,
  type StateChanges,
  type StateKey,
  statePath,
  validatorsEntryCodec,
  validatorsKey,
} from "../protocol/state.ts";
import type { CarriedState } from "./carried-state.ts";

/**
 * Every entry of the state at height 0.
 *
 * @param carried what the genesis's predecessor leaves to it; there must be one exactly when the genesis names one.
 */
export function genesisState(genesis: Genesis, carried?: CarriedState): StateChanges {
  const { parameters, validators, previous } = genesis;
  assert(carried?.stateRoot === previous?.stateRoot, "a genesis carries the state that it names");
  const state = new Map<StateKey, Uint8Array | undefined>(carried?.entries);
  for (const { account, balance } of genesis.accounts) {
    const authHash = account as string as Digest;
    state.set(accountKey(account), encodeAccount({ nonce: 0, balance, authHash, flags: 0 }));
  }
  const sets = { previous: [], current: validators, next: validators };
  state.set(validatorsKey, encode(validatorsEntryCodec, sets));
  const numbers = { current: parameters, next: parameters };
  state.set(parametersKey, encode(parametersEntryCodec, numbers));
  return state;
}

/** Native base units that the accounts of a state hold: all that there ever will be. */
export function nativeSupply(state: StateChanges): bigint {
  const reader = { read: (key: StateKey) => state.get(key) };
  let supply = 0n;
  for (const key of state.keys()) {
    const account = accountOfKey(key);
    if (account !== undefined) supply += readAccount(reader, account).balance;
  }
  return supply;
}

/** The same changes as the state tree takes them. */
export function treeChanges(hasher: Hasher, changes: StateChanges): TreeChange[] {
  const batch: TreeChange[] = [];
  for (const [key, value] of changes) {
    const valueHash = value === undefined ? undefined : hasher.sha256(value);
    batch.push({ path: statePath(hasher, key), valueHash });
  }
  return batch;
}

/** The history with one more block id: leaves are SHA-256(0x00 ‖ id). */
export function appendBlockId(hasher: Hasher, history: Frontier, id: BlockId): Frontier {
  return appendLeaf(hasher, history, leafHash(hasher, encode(blockIdCodec, id)));
}

/** The ledger at height 0, with everything that `Ledger` and a store start from. */
export interface GenesisLedger {
  readonly chainId: ChainId;
  readonly id: BlockId;
  readonly header: Header;
  /** All rows of the state. */
  readonly changes: StateChanges;
  readonly stateRoot: Digest;
  /** Includes the genesis block's own id. */
  readonly history: Frontier;
  readonly tree: StateTree;
  /** The committed version. */
  readonly treeVersion: TreeVersion;
}

export function openGenesisLedger(
  hasher: Hasher,
  genesis: Genesis,
  carried?: CarriedState,
): GenesisLedger {
  const chainId = chainIdOf(hasher, genesis);
  const changes = genesisState(genesis, carried);
  const tree = new StateTree({ hasher });
  const treeVersion = tree.apply(tree.empty, treeChanges(hasher, changes));
  tree.commit(treeVersion);
  const stateRoot = toHex(tree.root(treeVersion)) as Digest;
  const header = genesisHeader(hasher, genesis, stateRoot, chainId);
  const id = blockIdOf(hasher, header);
  const history = appendBlockId(hasher, emptyFrontier, id);
  return { chainId, id, header, changes, stateRoot, history, tree, treeVersion };
}
