/**
 * Executes the transactions of one block over its parent's state. The same on every node: no clock, no pool.
 *
 * A transaction applies as a whole or not at all (run-transaction.ts says what it does). The block's fees go to the
 * leader's operator account once, after the last transaction. Before the first transaction comes the hand-over of an
 * epoch, after everything else the count of its votes (epoch-turn.ts).
 *
 * Signatures are not looked at, those of a Fault's votes apart: whoever calls this has them checked.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Hasher, Verifier } from "../crypto/ports.ts";
import type { AccountId, ChainId, Epoch, Height } from "../protocol/ids.ts";
import type { KnownPolicies } from "../protocol/known-policies.ts";
import type { Parameters } from "../protocol/parameters.ts";
import { readValidators, type StateChanges, type StateReader } from "../protocol/state.ts";
import {
  isFault,
  type NamedFault,
  type NamedSigned,
  type NamedTransaction,
  type Signed,
  type Transaction,
} from "../protocol/transaction.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import { expiryFlaw, transactionFlaw } from "../protocol/transaction-rules.ts";
import type { Validator } from "../protocol/validator-set.ts";
import { applyFault } from "./apply-fault.ts";
import { countAtDeadline, entriesFor, handOver } from "./epoch-turn.ts";
import { runTransaction } from "./run-transaction.ts";
import { WorkingState } from "./working-state.ts";

export interface BlockExecutionOptions {
  readonly hasher: Hasher;
  readonly policies: KnownPolicies;
  readonly verifier: Verifier;
  readonly chainId: ChainId;
  /** Code of the native asset. */
  readonly nativeCode: string;
  /** The block's own place. */
  readonly height: Height;
  readonly epoch: Epoch;
  /** The state after the parent. */
  readonly state: StateReader;
  /** Those of the block's own epoch. */
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
    handOver(this.#state, entriesFor(options.state, options.height));
    this.#state.keep();
  }

  /** Applies the transaction, or changes nothing and says why not. */
  apply(named: NamedTransaction): Result<void, TransactionErrorCode> {
    assert(!this.#isFinished, "a finished block takes no transaction");
    const state = this.#state;
    state.begin();
    if (isFault(named)) return this.#applyFault(named);
    const { transaction } = named.signed;
    const flaw = this.#flaw(named) ?? runTransaction(state, transaction, this.#options);
    if (flaw !== undefined) {
      state.begin();
      return fail(flaw);
    }
    assert(state.nativeDelta() === -transaction.fee, "a transaction only moves native units");
    assert(state.assetsAddUp(), "the balances of an asset change as its supply does");
    state.keep();
    this.#fees += transaction.fee;
    return ok(undefined);
  }

  /** The validator set of the next epoch, as it stands now. */
  get nextValidators(): readonly Validator[] {
    return readValidators(this.#state.entries).next;
  }

  /**
   * The block's changes to the state, with the fees credited and, in the block for it, the votes counted. To be called
   * once, at the end.
   */
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
    countAtDeadline(state, this.#options);
    state.keep();
    return state.changes();
  }

  #applyFault({ signed }: NamedFault): Result<void, TransactionErrorCode> {
    const flaw = applyFault(this.#state, signed, this.#options);
    if (flaw === undefined) this.#state.keep();
    else this.#state.begin();
    return flaw === undefined ? ok(undefined) : fail(flaw);
  }

  #flaw(named: NamedSigned): TransactionErrorCode | undefined {
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

  #policyFlaw({ authorizations }: Signed): TransactionErrorCode | undefined {
    for (const { account, policy } of authorizations) {
      const { authHash } = this.#state.account(account);
      if (!this.#options.policies.isPolicyOf(authHash, policy)) return "policy_mismatch";
    }
    return undefined;
  }
}
