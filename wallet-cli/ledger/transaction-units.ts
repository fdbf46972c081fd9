/**
 * In which units the amounts of a transaction are shown: what the network says of its assets, where it can be asked.
 * @module
 */
import type { AssetId } from "../../src/protocol/ids.ts";
import type { Transaction } from "../../src/protocol/transaction.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import type { KnownNetwork } from "../network/known-network.ts";
import type { Wallet } from "../wallet.ts";
import { knownAssets } from "./asset-names.ts";
import type { AssetUnit } from "./spending.ts";
import { assetsIn, unitsCreatedIn } from "./transaction-words.ts";

/** Those that are known; the words show base units of the others. */
export async function unitsOf(
  wallet: Wallet,
  { network, isOnline }: KnownNetwork,
  transaction: Transaction,
): Promise<ReadonlyMap<AssetId, AssetUnit>> {
  const created = unitsCreatedIn(transaction, (account) => network.accounts.addressOf(account));
  const wanted = assetsIn(transaction).filter((id) => !created.has(id));
  if (wanted.length === 0 || !isOnline) return created;
  try {
    const found = await knownAssets(wallet, network, wanted);
    return new Map([...created, ...found.map((asset) => [asset.id, asset] as const)]);
  } catch (error) {
    if (!(error instanceof CommandFailure) || error.exit !== exitCodes.unreachable) throw error;
    wallet.terminal.note("no node says what its assets are: amounts of them are in base units");
    return created;
  }
}
