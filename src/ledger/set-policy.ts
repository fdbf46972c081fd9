/**
 * SetPolicy: other keys act for the account from the next transaction on, in this block already; its id stays.
 *
 * Nobody is asked to show the new keys: a policy may name keys of people who are not there to sign. The running
 * transaction was authorized under the policy before it.
 * @module
 */
import type { Hasher } from "../crypto/ports.ts";
import type { AccountId } from "../protocol/ids.ts";
import type { SetPolicy } from "../protocol/operations.ts";
import { policyHash } from "../protocol/policy.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import type { WorkingState } from "./working-state.ts";

/** Applies it to the running transaction, or says why not. The policy is sound, or it would not have decoded. */
export function applySetPolicy(
  state: WorkingState,
  id: AccountId,
  { policy }: SetPolicy,
  hasher: Hasher,
): TransactionErrorCode | undefined {
  const account = state.account(id);
  if (!account.exists) return "account_absent";
  state.setAccount(id, { ...account, authHash: policyHash(hasher, policy) });
  return undefined;
}
