/**
 * The real HTTP server over a real ledger on its store, as far as assets, accounts and records go.
 * @module
 */
import { AccountQueries } from "../../../src/replica/account-queries.ts";
import { AssetQueries } from "../../../src/replica/asset-queries.ts";
import { RecordQueries } from "../../../src/replica/record-queries.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { alice, bob } from "../../fixtures/small-ledger.ts";
import { StoredLedger, storedGenesis } from "../../fixtures/stored-ledger.ts";
import { type Serving, serve } from "./serving.ts";

export interface ServedContent {
  readonly stored: StoredLedger;
  readonly serving: Serving;
}

/** Alice has 1,000,000 units and bob 1,000; there are no assets and no records yet. */
export async function serveContent(): Promise<ServedContent> {
  const genesis = storedGenesis([
    [alice, 1_000_000n],
    [bob, 1_000n],
  ]);
  const stored = await StoredLedger.open(new MemoryStore(), genesis);
  const rates = { perSecond: 1e6, burst: 1e6 };
  const serving = await serve({ rates: { loopback: rates, others: rates } });
  const { node } = serving;
  node.assets = new AssetQueries(stored);
  node.records = new RecordQueries(stored);
  const mempool = { pendingNonce: (_: unknown, nonce: number): number => nonce };
  const accounts = new AccountQueries({ ...stored, mempool });
  node.account = (account) => accounts.account(account);
  return { stored, serving };
}
