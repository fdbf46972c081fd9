/**
 * Burn: a holder of an asset makes some of its own units vanish; they may be minted again.
 * @module
 */
import type { AccountId } from "../protocol/ids.ts";
import type { Burn } from "../protocol/operations.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import type { WorkingState } from "./working-state.ts";

/** Applies it to the running transaction, or says why not. The amount and the native asset were ruled out before. */
export function applyBurn(
  state: WorkingState,
  from: AccountId,
  { asset, amount }: Burn,
): TransactionErrorCode | undefined {
  const entry = state.asset(asset);
  if (entry === undefined) return "asset_unknown";
  const held = state.balance(from, asset);
  if (held < amount) return "insufficient_balance";
  state.setBalance(from, asset, held - amount);
  state.setAsset(asset, { ...entry, supply: entry.supply - amount });
  return undefined;
}
