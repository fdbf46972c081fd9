/**
 * Transfer: an amount of an asset goes from one account to another.
 *
 * A native transfer may create the recipient's account (the execution then holds it to accountMinimum); another asset
 * may not. No balance of another asset exceeds its supply, so only a native one can become too large.
 * @module
 */
import { type AccountId, nativeAsset } from "../protocol/ids.ts";
import { amountMax } from "../protocol/limits.ts";
import type { Transfer } from "../protocol/operations.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import { recipientFlaw } from "./recipient.ts";
import type { WorkingState } from "./working-state.ts";

/** Applies it to the running transaction, or says why not. Amount and recipient were checked (transaction-rules.ts). */
export function applyTransfer(
  state: WorkingState,
  from: AccountId,
  transfer: Transfer,
  hasMemo: boolean,
): TransactionErrorCode | undefined {
  const flaw = recipientFlaw(state, transfer.to, hasMemo);
  if (flaw !== undefined) return flaw;
  return transfer.asset === nativeAsset
    ? transferNative(state, from, transfer)
    : transferAsset(state, from, transfer);
}

function transferNative(
  state: WorkingState,
  from: AccountId,
  { to, amount }: Transfer,
): TransactionErrorCode | undefined {
  const payer = state.account(from);
  if (payer.balance < amount) return "insufficient_balance";
  const recipient = state.account(to);
  if (recipient.balance + amount > amountMax) return "amount_overflow";
  state.setAccount(from, { ...payer, balance: payer.balance - amount });
  state.setAccount(to, { ...recipient, balance: recipient.balance + amount });
  return undefined;
}

function transferAsset(
  state: WorkingState,
  from: AccountId,
  { to, asset, amount }: Transfer,
): TransactionErrorCode | undefined {
  if (state.asset(asset) === undefined) return "asset_unknown";
  const held = state.balance(from, asset);
  if (held < amount) return "insufficient_balance";
  if (!state.account(to).exists) return "account_absent";
  state.setBalance(from, asset, held - amount);
  state.setBalance(to, asset, state.balance(to, asset) + amount);
  return undefined;
}
