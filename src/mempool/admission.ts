/**
 * Admission: whether a transaction could be in one of the next blocks, by rules that look at nothing but it, the final
 * state and the time. One verdict each, cheapest first; signatures and the pool come after.
 *
 * A transaction is run on trial over the final state, nonce apart, so it is held to the very rules of the execution.
 * What waits here is applicable on its own, so a pool with ready transactions means that there is work. That one
 * which counts on another that is not final (a mint on its asset's creation, a version on the one before) is refused
 * until then: put together in one transaction, they are taken at once.
 * @module
 */
import { fail, ok, type Result } from "../base/result.ts";
import type { Hasher } from "../crypto/ports.ts";
import { trialFlaw } from "../ledger/run-transaction.ts";
import { type AccountId, type ChainId, nativeAsset } from "../protocol/ids.ts";
import type { KnownPolicies } from "../protocol/known-policies.ts";
import { isVote } from "../protocol/operations.ts";
import type { Parameters } from "../protocol/parameters.ts";
import { type Account, readAccount, type StateReader } from "../protocol/state.ts";
import type { NamedSigned, Transaction } from "../protocol/transaction.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import { expiryFlaw, transactionFlaw } from "../protocol/transaction-rules.ts";
import { type Claim, claimsOf } from "./claims.ts";
import { marksOf } from "./reliance.ts";

/** Nonces from the account's next one on that may wait: so many transactions of one account, at most. */
export const waitingNoncesMax = 64;

export interface AdmissionContext {
  /** At the final tip. */
  readonly state: StateReader;
  readonly tipTimestampMs: number;
  readonly wallMs: number;
  readonly parameters: Parameters;
}

export interface AdmissionRules {
  readonly chainId: ChainId;
  /** Code of the native asset. */
  readonly nativeCode: string;
  readonly hasher: Hasher;
  readonly policies: KnownPolicies;
}

/** What the pool needs to know of a transaction that could be in one of the next blocks. */
export interface Admissible {
  /** The sender's next nonce at the final tip. */
  readonly senderNonce: number;
  readonly spending: readonly Spending[];
  /** The operators whose votes it holds, each once. */
  readonly voters: readonly AccountId[];
  /** Of the accounts whose rules it relies on (reliance.ts). */
  readonly marks: readonly number[];
  /** Of what there is only so much of, native units apart. */
  readonly claims: readonly Claim[];
}

/** Native units that a transaction needs of an account. */
export interface Spending {
  readonly account: AccountId;
  /** More than 0, at most the balance. */
  readonly need: bigint;
  /** At the final tip. */
  readonly balance: bigint;
}

/** Everything that can be said without signatures and without the pool. */
export function judge(
  named: NamedSigned,
  context: AdmissionContext,
  { chainId, nativeCode, hasher, policies }: AdmissionRules,
): Result<Admissible, TransactionErrorCode> {
  const { state, parameters } = context;
  const { transaction, authorizations } = named.signed;
  const nextBlockMs = Math.max(context.tipTimestampMs + 1, context.wallMs);
  const flaw =
    transactionFlaw(named, { chainId, nativeCode, parameters }) ??
    expiryFlaw(transaction.expiryMs, nextBlockMs);
  if (flaw !== undefined) return fail(flaw);
  const accounts = new Accounts(state);
  const senderNonce = accounts.at(transaction.sender).nonce;
  if (transaction.nonce < senderNonce) return fail("nonce_too_low");
  if (transaction.nonce >= senderNonce + waitingNoncesMax) return fail("nonce_too_high");
  for (const { account, policy } of authorizations) {
    if (!policies.isPolicyOf(accounts.at(account).authHash, policy)) return fail("policy_mismatch");
  }
  const spending = spendingOf(nativeFlows(transaction), accounts);
  if (spending.some(({ need, balance }) => need > balance)) return fail("insufficient_balance");
  const trial = trialFlaw(state, transaction, { hasher, parameters, timestampMs: nextBlockMs });
  if (trial !== undefined) return fail(trial);
  const voters = votersOf(transaction);
  const claims = claimsOf(transaction, state, hasher);
  return ok({ senderNonce, spending, voters, marks: marksOf(transaction), claims });
}

/** The operators whose votes it holds, each once. */
function votersOf({ sender, operations }: Transaction): readonly AccountId[] {
  const voters = new Set<AccountId>();
  for (const { from, body } of operations) if (isVote(body)) voters.add(from ?? sender);
  return [...voters];
}

/** Accounts read once for one transaction. */
class Accounts {
  readonly #state: StateReader;
  readonly #read = new Map<AccountId, Account>();

  constructor(state: StateReader) {
    this.#state = state;
  }

  at(id: AccountId): Account {
    const known = this.#read.get(id);
    if (known !== undefined) return known;
    const account = readAccount(this.#state, id);
    this.#read.set(id, account);
    return account;
  }
}

interface NativeFlow {
  /** What the account must hold before the transaction, so that no step of it finds too little. */
  need: bigint;
  /** What it holds more afterwards; less, if negative. */
  net: bigint;
}

/** What the transaction does to native balances, fee included: for every account that it touches. */
function nativeFlows(transaction: Transaction): ReadonlyMap<AccountId, NativeFlow> {
  const { sender, fee, operations } = transaction;
  const flows = new Map<AccountId, NativeFlow>([[sender, { need: fee, net: -fee }]]);
  const at = (account: AccountId): NativeFlow => {
    const known = flows.get(account);
    if (known !== undefined) return known;
    const flow = { need: 0n, net: 0n };
    flows.set(account, flow);
    return flow;
  };
  for (const { from, body } of operations) {
    if (body.kind !== "transfer" || body.asset !== nativeAsset) continue;
    const payer = at(from ?? sender);
    payer.net -= body.amount;
    if (-payer.net > payer.need) payer.need = -payer.net;
    at(body.to).net += body.amount;
  }
  return flows;
}

function spendingOf(
  flows: ReadonlyMap<AccountId, NativeFlow>,
  accounts: Accounts,
): readonly Spending[] {
  const spending: Spending[] = [];
  for (const [account, { need }] of flows) {
    if (need > 0n) spending.push({ account, need, balance: accounts.at(account).balance });
  }
  return spending;
}
