/**
 * Executes the transactions of one block over its parent's state. The same on every node: no clock, no pool.
 *
 * A transaction: nonce + 1 and the fee off the sender, then its operations one by one on the running state; all of it
 * or nothing. The block's fees go to the leader's operator account once, after the last transaction.
 *
 * Signatures are not looked at: whoever calls this has them checked.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { AccountId, ChainId } from "../protocol/ids.ts";
import type { KnownPolicies } from "../protocol/known-policies.ts";
import type { Operation } from "../protocol/operations.ts";
import type { Parameters } from "../protocol/parameters.ts";
import type { StateChanges, StateReader } from "../protocol/state.ts";
import type { NamedTransaction, SignedTransaction, Transaction } from "../protocol/transaction.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import { expiryFlaw, transactionFlaw } from "../protocol/transaction-rules.ts";
import { applyTransfer } from "./transfer.ts";
import { WorkingState } from "./working-state.ts";

export interface BlockExecutionOptions {
  readonly policies: KnownPolicies;
  readonly chainId: ChainId;
  /** The state after the parent. */
  readonly state: StateReader;
  readonly parameters: Parameters;
  /** The block's own time. */
  readonly timestampMs: number;
  /** Operator account of the block's leader: it earns the fees. */
  readonly leader: AccountId;
}

export class BlockExecution {
  readonly #options: BlockExecutionOptions;
  readonly #state: WorkingState;
  #fees = 0n;
  #isFinished = false;

  constructor(options: BlockExecutionOptions) {
    this.#options = options;
    this.#state = new WorkingState(options.state);
  }

  /** Applies the transaction, or changes nothing and says why not. */
  apply(named: NamedTransaction): Result<void, TransactionErrorCode> {
    assert(!this.#isFinished, "a finished block takes no transaction");
    const state = this.#state;
    state.begin();
    const { transaction } = named.signed;
    const flaw = this.#flaw(named) ?? this.#run(transaction);
    if (flaw !== undefined) {
      state.begin();
      return fail(flaw);
    }
    assert(state.nativeDelta() === -transaction.fee, "a transaction only moves native units");
    state.keep();
    this.#fees += transaction.fee;
    return ok(undefined);
  }

  /** The block's changes to the state, with the fees credited. To be called once, at the end. */
  finish(): StateChanges {
    assert(!this.#isFinished, "a block is finished once");
    this.#isFinished = true;
    const state = this.#state;
    state.begin();
    if (this.#fees > 0n) {
      const { leader } = this.#options;
      const account = state.account(leader);
      state.setAccount(leader, { ...account, balance: account.balance + this.#fees });
      state.keep();
    }
    return state.changes();
  }

  #flaw(named: NamedTransaction): TransactionErrorCode | undefined {
    const { timestampMs } = this.#options;
    const { signed } = named;
    return (
      transactionFlaw(named, this.#options) ??
      expiryFlaw(signed.transaction.expiryMs, timestampMs) ??
      this.#nonceFlaw(signed.transaction) ??
      this.#policyFlaw(signed)
    );
  }

  #nonceFlaw({ sender, nonce }: Transaction): TransactionErrorCode | undefined {
    const next = this.#state.account(sender).nonce;
    if (nonce < next) return "nonce_too_low";
    return nonce > next || nonce === Number.MAX_SAFE_INTEGER ? "nonce_too_high" : undefined;
  }

  #policyFlaw({ authorizations }: SignedTransaction): TransactionErrorCode | undefined {
    for (const { account, policy } of authorizations) {
      const { authHash } = this.#state.account(account);
      if (!this.#options.policies.isPolicyOf(authHash, policy)) return "policy_mismatch";
    }
    return undefined;
  }

  #run(transaction: Transaction): TransactionErrorCode | undefined {
    const state = this.#state;
    const { sender, fee, memo, operations } = transaction;
    const account = state.account(sender);
    if (account.balance < fee) return "insufficient_balance";
    state.setAccount(sender, {
      ...account,
      nonce: account.nonce + 1,
      balance: account.balance - fee,
    });
    for (const operation of operations) {
      const flaw = this.#operate(operation, sender, memo.length > 0);
      if (flaw !== undefined) return flaw;
    }
    const { accountMinimum } = this.#options.parameters;
    return state.newAccountsHold(accountMinimum) ? undefined : "below_account_minimum";
  }

  #operate(
    { from, body }: Operation,
    sender: AccountId,
    hasMemo: boolean,
  ): TransactionErrorCode | undefined {
    return applyTransfer(this.#state, from ?? sender, body, hasMemo);
  }
}
