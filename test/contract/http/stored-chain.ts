/**
 * The real HTTP server over a real chain on its store: blocks, transactions, accounts, assets and records.
 * @module
 */
import type { HttpServerOptions } from "../../../node/http/server.ts";
import { AccountQueries } from "../../../src/replica/account-queries.ts";
import { AssetQueries } from "../../../src/replica/asset-queries.ts";
import type { BlockListener } from "../../../src/replica/node-queries.ts";
import { RecordQueries } from "../../../src/replica/record-queries.ts";
import { encodedLength } from "../../../src/storage/block-rows.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import type { Store } from "../../../src/storage/store.ts";
import { alice, bob } from "../../fixtures/small-ledger.ts";
import { StoredLedger, storedGenesis } from "../../fixtures/stored-ledger.ts";
import { type Serving, serve } from "./serving.ts";

export interface ServedChain {
  readonly stored: StoredLedger;
  readonly serving: Serving;
  /** The newest block is told to whoever follows the blocks. */
  announce(): void;
}

/** Alice has 1,000,000 units and bob 1,000. */
export async function serveChain(
  options: Partial<HttpServerOptions> & {
    readonly store?: Store;
    readonly epochLength?: bigint;
  } = {},
): Promise<ServedChain> {
  const { store = new MemoryStore(), epochLength, ...rest } = options;
  const standard = storedGenesis([
    [alice, 1_000_000n],
    [bob, 1_000n],
  ]);
  const { parameters } = standard;
  const genesis = {
    ...standard,
    parameters: { ...parameters, epochLength: epochLength ?? parameters.epochLength },
  };
  const stored = await StoredLedger.open(store, genesis);
  const rates = { perSecond: 1e6, burst: 1e6 };
  const serving = await serve({ rates: { loopback: rates, others: rates }, ...rest });
  const { chain } = stored;
  const { node } = serving;
  const listeners = new Set<BlockListener>();
  node.assets = new AssetQueries(stored);
  node.records = new RecordQueries(stored);
  const mempool = { pendingNonce: (_: unknown, nonce: number): number => nonce };
  const accounts = new AccountQueries({ ...stored, mempool });
  node.account = (account) => accounts.account(account);
  node.tip = () => {
    const { height, id, header } = chain.tip;
    return { height, id, header };
  };
  node.blockSummary = async (reference) => {
    const summary = await chain.summaryOf(reference);
    return summary && { ...summary, finalization: chain.finalizationAt(summary.header.height) };
  };
  node.blockAt = (at) => {
    const block = chain.blockAt(at);
    return block && { block, bytes: encodedLength(block), finalization: undefined };
  };
  node.accountTransactions = (account, from, limit) => chain.history.page(account, from, limit);
  node.accountPlaceBefore = (account, from, limit) =>
    chain.history.placeBefore(account, from, limit);
  node.transaction = (id) => {
    const found = chain.transactionById(id);
    return found === undefined ? { kind: "unknown" } : { kind: "final", found };
  };
  node.subscribe = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const announce = (): void => {
    const block = chain.blockAt(chain.tip.height);
    if (block === undefined) throw new Error("the tip has a block");
    const found = { block, bytes: encodedLength(block), finalization: undefined };
    for (const listener of listeners) listener(found);
  };
  return { stored, serving, announce };
}
