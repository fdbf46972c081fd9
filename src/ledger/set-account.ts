/**
 * SetAccount: what the account asks of payments to it.
 * @module
 */
import type { AccountId } from "../protocol/ids.ts";
import type { SetAccount } from "../protocol/operations.ts";
import { requireMemoFlag } from "../protocol/state.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import type { WorkingState } from "./working-state.ts";

/** Applies it to the running transaction, or says why not. */
export function applySetAccount(
  state: WorkingState,
  id: AccountId,
  { requireMemo }: SetAccount,
): TransactionErrorCode | undefined {
  const account = state.account(id);
  if (!account.exists) return "account_absent";
  state.setAccount(id, { ...account, flags: requireMemo ? requireMemoFlag : 0 });
  return undefined;
}
