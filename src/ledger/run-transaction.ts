/**
 * What one transaction does to the running state: nonce + 1 and the fee off the sender, then its operations in order.
 *
 * The execution of a block runs it for good, a pool on trial over the final state: both hold a transaction to the very
 * same rules.
 * @module
 */
import { unreachable } from "../base/assert.ts";
import type { Hasher } from "../crypto/ports.ts";
import { isVotesOnly } from "../protocol/fees.ts";
import { type AccountId, height as asHeight, type Height } from "../protocol/ids.ts";
import type { OperationBody } from "../protocol/operations.ts";
import type { Parameters } from "../protocol/parameters.ts";
import type { StateReader } from "../protocol/state.ts";
import type { Transaction } from "../protocol/transaction.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import { applyBurn } from "./burn.ts";
import { applyCreateAsset } from "./create-asset.ts";
import { StateCorruption } from "./final-state.ts";
import { applyMint } from "./mint.ts";
import { applyRecord } from "./record.ts";
import { applySetAccount } from "./set-account.ts";
import { applySetPolicy } from "./set-policy.ts";
import { applyTransfer } from "./transfer.ts";
import { applyVote } from "./vote.ts";
import { WorkingState } from "./working-state.ts";

export interface RunOptions {
  readonly hasher: Hasher;
  /** Of the block's epoch. */
  readonly parameters: Parameters;
  /** Of the block that holds the transaction. */
  readonly height: Height;
  readonly timestampMs: number;
}

/**
 * Applies it to the running transaction's layer, or says why not; then what it wrote there is to be thrown away. What
 * needs no state (transaction-rules.ts), the nonce and the policies were checked before.
 */
export function runTransaction(
  state: WorkingState,
  transaction: Transaction,
  options: RunOptions,
): TransactionErrorCode | undefined {
  const { sender, fee, memo, operations } = transaction;
  const account = state.account(sender);
  if (account.balance < fee) return "insufficient_balance";
  const { nonce, balance } = account;
  state.setAccount(sender, { ...account, nonce: nonce + 1, balance: balance - fee });
  const hasMemo = memo.length > 0;
  for (const { from, body } of operations) {
    const flaw = operate(state, from ?? sender, body, hasMemo, options);
    if (flaw !== undefined) return flaw;
  }
  const exempt = isVotesOnly(transaction) ? sender : undefined;
  const isPaidFor = state.newAccountsHold(options.parameters.accountMinimum, exempt);
  return isPaidFor ? undefined : "below_account_minimum";
}

/**
 * Whether the transaction could follow this state: why not, or undefined. Nothing is kept. A defect of the execution
 * is `execution_threw`.
 */
export function trialFlaw(
  state: StateReader,
  transaction: Transaction,
  options: Omit<RunOptions, "height">,
): TransactionErrorCode | undefined {
  try {
    return runTransaction(new WorkingState(state), transaction, {
      ...options,
      height: asHeight(0), // It is only written down, and nothing of this is kept.
    });
  } catch (error) {
    if (error instanceof StateCorruption) throw error;
    return "execution_threw";
  }
}

function operate(
  state: WorkingState,
  from: AccountId,
  body: OperationBody,
  hasMemo: boolean,
  options: RunOptions,
): TransactionErrorCode | undefined {
  switch (body.kind) {
    case "transfer":
      return applyTransfer(state, from, body, hasMemo);
    case "create-asset":
      return applyCreateAsset(state, from, body, options.hasher);
    case "mint":
      return applyMint(state, from, body, hasMemo);
    case "burn":
      return applyBurn(state, from, body);
    case "record":
      return applyRecord(state, from, body, options.height);
    case "set-policy":
      return applySetPolicy(state, from, body, options.hasher);
    case "set-account":
      return applySetAccount(state, from, body);
    case "vote-membership":
    case "vote-parameter":
      return applyVote(state, from, body, options);
    default:
      return unreachable(body);
  }
}
