/**
 * From a store to a ChainStore: the first start of an empty one, and each start after it.
 *
 * A stopped node may leave anything, and it is all looked at here, before the first question: what comes out is at the
 * end of some block, or a failure that says what is wrong and what to do.
 * @module
 */
import { assert } from "../base/assert.ts";
import { ok, type Result } from "../base/result.ts";
import { appendLeaf, emptyFrontier } from "../crypto/merkle.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { StateTree, TreeVersion } from "../crypto/state-tree.ts";
import { nativeSupply } from "../ledger/genesis-state.ts";
import { accountOfKey } from "../protocol/state.ts";
import { BlockRows } from "./block-rows.ts";
import { ChainStore } from "./chain-store.ts";
import { type GenesisBlock, genesisWrites } from "./chain-writes.ts";
import { EpochRows, epochLengthOf } from "./epoch-rows.ts";
import { idLeaf } from "./history-rows.ts";
import { everyKey } from "./keys.ts";
import { checkLedger, type OpenOptions } from "./open-checks.ts";
import type { OpenFailure } from "./open-failure.ts";
import type { Store } from "./store.ts";
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

/** Whether nothing was ever written: the one case in which `createChain` comes before `openChain`. */
export async function isEmptyStore(store: Store): Promise<boolean> {
  const rows = await store.range(everyKey);
  return rows.length === 0;
}

/** The first start of an empty store: the genesis as height 0, in one batch. */
export async function createChain(
  store: Store,
  genesis: GenesisBlock & { readonly hasher: Hasher },
): Promise<ChainStore> {
  const { hasher, chainId, id, header, state } = genesis;
  assert(await isEmptyStore(store), "a ledger is created in an empty store");
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
export async function openChain(
  store: Store,
  options: OpenOptions,
): Promise<Result<OpenedChain, OpenFailure>> {
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
