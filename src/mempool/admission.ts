/**
 * Admission: whether a transaction could be in one of the next blocks, by rules that look at nothing but it, the final
 * state and the time. One verdict each, cheapest first; signatures and the pool come after.
 *
 * It is stricter than execution in one thing: what a transaction spends must be held at the final tip. What waits
 * here is then applicable on its own, so a pool with ready transactions means that there is work.
 * @module
 */
import { fail, ok, type Result } from "../base/result.ts";
import { isVotesOnly } from "../protocol/fees.ts";
import { type AccountId, type AssetId, type ChainId, nativeAsset } from "../protocol/ids.ts";
import type { KnownPolicies } from "../protocol/known-policies.ts";
import { standingVotesMax } from "../protocol/limits.ts";
import { subjectKey } from "../protocol/membership.ts";
import { isVote, subjectOf } from "../protocol/operations.ts";
import type { Parameters } from "../protocol/parameters.ts";
import {
  type Account,
  readAccount,
  readBalance,
  readValidators,
  readVotes,
  requireMemoFlag,
  type StateReader,
} from "../protocol/state.ts";
import type { NamedSigned, Transaction } from "../protocol/transaction.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import { expiryFlaw, transactionFlaw } from "../protocol/transaction-rules.ts";

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
  readonly policies: KnownPolicies;
}

/** What the pool needs to know of a transaction that could be in one of the next blocks. */
export interface Admissible {
  /** The sender's next nonce at the final tip. */
  readonly senderNonce: number;
  readonly spending: readonly Spending[];
  /** The operators whose votes it holds, each once. */
  readonly voters: readonly AccountId[];
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
  { chainId, policies }: AdmissionRules,
): Result<Admissible, TransactionErrorCode> {
  const { state, parameters } = context;
  const { transaction, authorizations } = named.signed;
  const nextBlockMs = Math.max(context.tipTimestampMs + 1, context.wallMs);
  const flaw =
    transactionFlaw(named, { chainId, parameters }) ??
    expiryFlaw(transaction.expiryMs, nextBlockMs);
  if (flaw !== undefined) return fail(flaw);
  const accounts = new Accounts(state);
  const senderNonce = accounts.at(transaction.sender).nonce;
  if (transaction.nonce < senderNonce) return fail("nonce_too_low");
  if (transaction.nonce >= senderNonce + waitingNoncesMax) return fail("nonce_too_high");
  for (const { account, policy } of authorizations) {
    if (!policies.isPolicyOf(accounts.at(account).authHash, policy)) return fail("policy_mismatch");
  }
  const flows = nativeFlows(transaction);
  const spending = spendingOf(flows, accounts);
  if (spending.some(({ need, balance }) => need > balance)) return fail("insufficient_balance");
  const accountMinimum = isVotesOnly(transaction) ? 0n : parameters.accountMinimum;
  const voters = votersOf(transaction);
  const worse =
    newAccountsFlaw(flows, accounts, accountMinimum) ??
    recipientsFlaw(transaction, accounts) ??
    assetsFlaw(transaction, state) ??
    votesFlaw(voters, state);
  if (worse !== undefined) return fail(worse);
  return ok({ senderNonce, spending, voters: [...voters.keys()] });
}

/** The subjects that each operator votes on. */
function votersOf({
  sender,
  operations,
}: Transaction): ReadonlyMap<AccountId, ReadonlySet<string>> {
  const voters = new Map<AccountId, Set<string>>();
  for (const { from, body } of operations) {
    if (!isVote(body)) continue;
    const voter = from ?? sender;
    const subjects = voters.get(voter) ?? new Set();
    voters.set(voter, subjects.add(subjectKey(subjectOf(body))));
  }
  return voters;
}

function votesFlaw(
  voters: ReadonlyMap<AccountId, ReadonlySet<string>>,
  state: StateReader,
): TransactionErrorCode | undefined {
  if (voters.size === 0) return undefined;
  const operators = new Set(readValidators(state).current.map(({ operator }) => operator));
  for (const [voter, subjects] of voters) {
    if (!operators.has(voter)) return "not_a_validator";
    const others = readVotes(state, voter).filter(
      ({ subject }) => !subjects.has(subjectKey(subject)),
    );
    if (others.length + subjects.size > standingVotesMax) return "too_many_votes";
  }
  return undefined;
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

function newAccountsFlaw(
  flows: ReadonlyMap<AccountId, NativeFlow>,
  accounts: Accounts,
  accountMinimum: bigint,
): TransactionErrorCode | undefined {
  if (accountMinimum === 0n) return undefined;
  for (const [account, { net }] of flows) {
    if (net < accountMinimum && !accounts.at(account).exists) return "below_account_minimum";
  }
  return undefined;
}

function recipientsFlaw(
  { memo, operations }: Transaction,
  accounts: Accounts,
): TransactionErrorCode | undefined {
  if (memo.length > 0) return undefined;
  const refuses = ({ flags }: Account) => (flags & requireMemoFlag) !== 0;
  const isRefused = operations.some(
    ({ body }) => body.kind === "transfer" && refuses(accounts.at(body.to)),
  );
  return isRefused ? "memo_required" : undefined;
}

function assetsFlaw(
  { sender, operations }: Transaction,
  state: StateReader,
): TransactionErrorCode | undefined {
  const spent = new Map<string, bigint>();
  for (const { from, body } of operations) {
    if (body.kind !== "transfer" || body.asset === nativeAsset) continue;
    const payer = from ?? sender;
    const total = (spent.get(keyOf(payer, body.asset)) ?? 0n) + body.amount;
    spent.set(keyOf(payer, body.asset), total);
    if (readBalance(state, payer, body.asset) < total) return "insufficient_balance";
    if (!readAccount(state, body.to).exists) return "account_absent";
  }
  return undefined;
}

const keyOf = (account: AccountId, asset: AssetId): string => `${account}/${asset}`;
