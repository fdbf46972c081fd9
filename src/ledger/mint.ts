/**
 * Mint: the issuer of an asset makes new units of it, up to the most that it allowed for.
 *
 * A recipient's balance is never more than the supply, so it needs no bound of its own.
 * @module
 */
import { supplyLimit } from "../protocol/assets.ts";
import type { AccountId } from "../protocol/ids.ts";
import type { Mint } from "../protocol/operations.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import { recipientFlaw } from "./recipient.ts";
import type { WorkingState } from "./working-state.ts";

/** Applies it to the running transaction, or says why not. The amount and the native asset were ruled out before. */
export function applyMint(
  state: WorkingState,
  from: AccountId,
  { asset, to, amount }: Mint,
  hasMemo: boolean,
): TransactionErrorCode | undefined {
  const entry = state.asset(asset);
  if (entry === undefined) return "asset_unknown";
  if (entry.issuer !== from) return "not_the_issuer";
  const flaw = recipientFlaw(state, to, hasMemo);
  if (flaw !== undefined) return flaw;
  if (!state.account(to).exists) return "account_absent";
  const supply = entry.supply + amount;
  if (supply > supplyLimit(entry)) return "supply_exceeded";
  state.setAsset(asset, { ...entry, supply });
  state.setBalance(to, asset, state.balance(to, asset) + amount);
  return undefined;
}
