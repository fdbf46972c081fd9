/**
 * The mempool: verified transactions of accounts that wait for a block, each account's in the order of its nonces.
 * (Faults have no account and wait elsewhere: evidence-pool.ts.)
 *
 * What waits could be in a block after the final tip: every spender holds enough, at that tip, for all that waits of
 * it together, no two want what only one can have, and gaps between nonces are bounded. A transaction leaves when a
 * final block holds it or makes it inapplicable or passes its expiry, or when a better-paying one needs its place; those
 * behind a gap go first, whatever they promise.
 *
 * Transactions are known by content hash; two with one id and different signatures are the same wish, and the
 * first one stays.
 * @module
 */
import { BoundedMap } from "../base/bounded-map.ts";
import { fail, type Result } from "../base/result.ts";
import type { Hasher } from "../crypto/ports.ts";
import { isVotesOnly } from "../protocol/fees.ts";
import { holdTransaction, reopenTransaction } from "../protocol/held-transaction.ts";
import type { AccountId, ChainId, ContentHash, TransactionId } from "../protocol/ids.ts";
import { KnownPolicies } from "../protocol/known-policies.ts";
import { type Parameters, sameParameters } from "../protocol/parameters.ts";
import { readAccount, readParameters, type StateReader } from "../protocol/state.ts";
import {
  isSigned,
  type NamedSigned,
  type NamedTransaction,
  type Transaction,
} from "../protocol/transaction.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Waiting } from "./account-queue.ts";
import { type Admissible, type AdmissionContext, type AdmissionRules, judge } from "./admission.ts";
import { candidatesOf } from "./candidates.ts";
import { type ClaimKey, roomsAfter } from "./claims.ts";
import { marksOfChanges } from "./reliance.ts";
import { type Removed, WaitingSet } from "./waiting-set.ts";

export interface MempoolOptions {
  readonly chainId: ChainId;
  /** Code of the native asset. */
  readonly nativeCode: string;
  readonly hasher: Hasher;
  /** Bytes of all waiting transactions; 16 MiB unless told otherwise. */
  readonly bytesMax?: number;
  /** 30,000 unless told otherwise. */
  readonly transactionsMax?: number;
}

const bytesMaxStandard = 16 * 1024 * 1024;
const transactionsMaxStandard = 30_000;
const quarantinedMax = 1_024;
/** Of transactions whose ground has moved, so many are judged again at a time: some milliseconds. */
const doubtfulMax = 500;

export type Admission =
  | {
      readonly kind: "admitted";
      /** What had to make room for it. */
      readonly evicted: readonly TransactionId[];
    }
  /** It waits already, perhaps with other signatures. */
  | { readonly kind: "known" }
  | { readonly kind: "refused"; readonly code: TransactionErrorCode };

/** Why a transaction left the pool when blocks became final. */
export type Departure =
  | { readonly kind: "included"; readonly id: TransactionId }
  /** A final transaction has its nonce; `by` names it if it is in these blocks. */
  | {
      readonly kind: "superseded";
      readonly id: TransactionId;
      readonly by: TransactionId | undefined;
    }
  | { readonly kind: "expired"; readonly id: TransactionId }
  /** A spender does not hold enough any more. */
  | { readonly kind: "unaffordable"; readonly id: TransactionId }
  /** The rules, or what it relies on in the state, are not those any more under which it was taken in. */
  | { readonly kind: "refused"; readonly id: TransactionId; readonly code: TransactionErrorCode };

export class Mempool {
  readonly #rules: AdmissionRules;
  readonly #bytesMax: number;
  readonly #transactionsMax: number;
  readonly #waiting = new WaitingSet();
  readonly #quarantined = new BoundedMap<ContentHash, true>({ entriesMax: quarantinedMax });
  #arrivals = 0;
  /** At the final tip that it was told of last. */
  #parameters: Parameters | undefined;

  constructor(options: MempoolOptions) {
    const { chainId, nativeCode, hasher } = options;
    this.#rules = { chainId, nativeCode, hasher, policies: new KnownPolicies(hasher) };
    this.#bytesMax = options.bytesMax ?? bytesMaxStandard;
    this.#transactionsMax = options.transactionsMax ?? transactionsMaxStandard;
  }

  get bounds(): { readonly transactionsMax: number; readonly bytesMax: number } {
    return { transactionsMax: this.#transactionsMax, bytesMax: this.#bytesMax };
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Bytes of all waiting transactions. */
  get bytes(): number {
    return this.#waiting.bytes;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Whether one of them could be in the block after the final tip. */
  get hasReady(): boolean {
    return this.#waiting.readyAccounts > 0;
  }

  has(contentHash: ContentHash): boolean {
    return this.#waiting.get(contentHash) !== undefined;
  }

  get(contentHash: ContentHash): NamedSigned | undefined {
    const waiting = this.#waiting.get(contentHash);
    return waiting && reopenTransaction(waiting.held);
  }

  bytesOf(contentHash: ContentHash): Uint8Array | undefined {
    return this.#waiting.get(contentHash)?.held.bytes;
  }

  hasId(id: TransactionId): boolean {
    return this.#waiting.getById(id) !== undefined;
  }

  findById(id: TransactionId): NamedSigned | undefined {
    const waiting = this.#waiting.getById(id);
    return waiting && reopenTransaction(waiting.held);
  }

  /** Content hashes, oldest first. */
  hashes(limit: number): readonly ContentHash[] {
    return this.#waiting.hashes(limit);
  }

  /** Everything that waits, in no order that could be relied on. */
  all(): Iterable<Waiting> {
    return this.#waiting.all();
  }

  /** The first nonce of its sender that has to come before it and does not wait here; undefined: none is missing. */
  missingBefore({ sender, nonce }: Waiting): number | undefined {
    const queue = this.#waiting.queue(sender);
    const next = queue?.nextAfter(queue.finalNonce) ?? nonce;
    return next < nonce ? next : undefined;
  }

  /** The account's next nonce counting what waits without a gap from its nonce at the tip on. */
  pendingNonce(account: AccountId, tipNonce: number): number {
    return this.#waiting.queue(account)?.nextAfter(tipNonce) ?? tipNonce;
  }

  /**
   * Why it would be refused, as far as can be said before its signatures are checked; undefined also for one that
   * is known. Changes nothing.
   */
  precheck(named: NamedSigned, context: AdmissionContext): TransactionErrorCode | undefined {
    if (this.#waiting.getById(named.id) !== undefined) return undefined;
    const judgement = this.#judge(named, context);
    return judgement.ok ? undefined : judgement.reason;
  }

  admit(named: Verified<NamedSigned>, context: AdmissionContext): Admission {
    if (this.#waiting.getById(named.id) !== undefined) return { kind: "known" };
    const judgement = this.#judge(named, context);
    if (!judgement.ok) return { kind: "refused", code: judgement.reason };
    const { senderNonce, spending, voters, marks, claims } = judgement.value;
    const { transaction } = named.signed;
    const { sender, nonce, expiryMs, fee } = transaction;
    this.#arrivals += 1;
    this.#parameters ??= context.parameters;
    const waiting: Waiting = {
      held: holdTransaction(named),
      sender,
      nonce,
      expiryMs,
      // Votes are few, one for each operator: no crowd of payments keeps them out.
      rate: isVotesOnly(transaction) ? Number.POSITIVE_INFINITY : Number(fee) / named.bytes.length,
      arrival: this.#arrivals,
      receivedMs: context.wallMs,
      voters,
      marks,
      needs: spending.map(({ account, need }) => ({ account, need })),
      claims,
    };
    const evicted = this.#makeRoom(waiting, this.#waiting.worthOf(waiting, senderNonce));
    if (evicted === undefined) return { kind: "refused", code: "pool_full" };
    this.#waiting.add(waiting, senderNonce);
    return { kind: "admitted", evicted: evicted.map(({ held }) => held.id) };
  }

  /**
   * Transactions for a block, best first. `excluded`: those that the parent or an unfinal ancestor holds; `nonceOf`:
   * accounts' next nonces after the parent. May be read on while the pool changes.
   */
  candidates(
    excluded: (contentHash: ContentHash) => boolean,
    nonceOf: (account: AccountId) => number,
  ): Iterable<NamedSigned> {
    const isDoubtful = (waiting: Waiting) => this.#waiting.isDoubtful(waiting);
    return candidatesOf(this.#waiting.accountsBestFirst(), { excluded, nonceOf, isDoubtful });
  }

  /** Takes it out, and never in again while it is remembered: this node failed on it. */
  quarantine(contentHash: ContentHash): void {
    this.#quarantined.set(contentHash, true);
    const waiting = this.#waiting.get(contentHash);
    if (waiting !== undefined) this.#waiting.remove(waiting);
  }

  /**
   * Blocks became final: removes what they hold, what they make inapplicable and what it is too late for. Blocks that
   * became final together are told together: `state` and time are those of the tip, and what a later one of them
   * holds would look superseded, or unaffordable, beside an earlier one alone.
   */
  finalized(
    transactions: readonly NamedTransaction[],
    state: StateReader,
    tipTimestampMs: number,
  ): readonly Departure[] {
    const departures: Departure[] = [];
    const leave = (waiting: Waiting, departure: Departure) => {
      this.#waiting.remove(waiting);
      departures.push(departure);
    };
    const included = new Set(transactions.map(({ id }) => id));
    const signed = transactions.filter(isSigned);
    for (const sender of sendersOf(signed)) {
      if (this.#waiting.queue(sender) === undefined) continue;
      for (const waiting of this.#waiting.advance(sender, readAccount(state, sender).nonce)) {
        const { id } = waiting.held;
        if (included.has(id)) leave(waiting, { kind: "included", id });
        else leave(waiting, { kind: "superseded", id, by: rivalOf(waiting, signed) });
      }
    }
    for (const waiting of this.#waiting.expired(tipTimestampMs)) {
      leave(waiting, { kind: "expired", id: waiting.held.id });
    }
    for (const payer of payersOf(signed)) {
      if (this.#waiting.reserved(payer) === 0n) continue;
      const { balance } = readAccount(state, payer);
      for (const waiting of this.#waiting.beyond(payer, balance)) {
        leave(waiting, { kind: "unaffordable", id: waiting.held.id });
      }
    }
    const final = signed.map(({ signed: { transaction } }) => transaction);
    for (const { waiting, code } of this.#uncovered(final, state)) {
      leave(waiting, { kind: "refused", id: waiting.held.id, code });
    }
    this.#waiting.doubt(marksOfChanges(final));
    const context = { state, tipTimestampMs, wallMs: tipTimestampMs };
    for (const { waiting, code } of this.#outdated(context)) {
      leave(waiting, { kind: "refused", id: waiting.held.id, code });
    }
    return departures;
  }

  /** Those that claim more than these final transactions have left; each is removed before the next is asked for. */
  *#uncovered(
    final: readonly Transaction[],
    state: StateReader,
  ): Generator<{ readonly waiting: Waiting; readonly code: TransactionErrorCode }, void, void> {
    if (!this.#waiting.hasClaims) return;
    const isClaimed = (key: ClaimKey) => this.#waiting.claimed(key) > 0n;
    for (const room of roomsAfter(final, state, this.#rules.hasher, isClaimed)) {
      for (const waiting of this.#waiting.beyondRoom(room)) yield { waiting, code: room.code };
    }
  }

  /**
   * Those that would not be taken in now: votes at any time, what relies on something that has changed, everything when
   * the parameters have changed.
   */
  #outdated(
    context: Omit<AdmissionContext, "parameters">,
  ): readonly { readonly waiting: Waiting; readonly code: TransactionErrorCode }[] {
    const parameters = readParameters(context.state).current;
    const isChanged =
      this.#parameters !== undefined && !sameParameters(this.#parameters, parameters);
    this.#parameters = parameters;
    const outdated: { readonly waiting: Waiting; readonly code: TransactionErrorCode }[] = [];
    const doubtful = this.#waiting.takeDoubtful(doubtfulMax);
    const suspects = new Set([...this.#waiting.votes(), ...doubtful]);
    for (const waiting of isChanged ? this.#waiting.all() : suspects) {
      const named = reopenTransaction(waiting.held);
      const judgement = judge(named, { ...context, parameters }, this.#rules);
      // The tip's time may lie far behind the clock by which the expiry was judged before.
      if (judgement.ok || judgement.reason === "expiry_too_far") continue;
      outdated.push({ waiting, code: judgement.reason });
    }
    return outdated;
  }

  #judge(named: NamedSigned, context: AdmissionContext): Result<Admissible, TransactionErrorCode> {
    if (this.#quarantined.has(named.contentHash)) return fail("quarantined");
    const judgement = judge(named, context, this.#rules);
    if (!judgement.ok) return judgement;
    const { sender, nonce } = named.signed.transaction;
    if (this.#waiting.queue(sender)?.at(nonce) !== undefined) return fail("nonce_taken");
    for (const { account, need, balance } of judgement.value.spending) {
      if (this.#waiting.reserved(account) + need > balance) return fail("insufficient_balance");
    }
    for (const { key, need, room, code } of judgement.value.claims) {
      if (this.#waiting.claimed(key) + need > room) return fail(code);
    }
    for (const operator of judgement.value.voters) {
      if (this.#waiting.voteOf(operator) !== undefined) return fail("vote_waiting");
    }
    return judgement;
  }

  /** Removes what is worth least until the newcomer fits; undefined, with nothing changed, if it is worth too little. */
  #makeRoom(newcomer: Waiting, worth: number): readonly Waiting[] | undefined {
    const evicted: Removed[] = [];
    while (
      this.#waiting.size >= this.#transactionsMax ||
      this.#waiting.bytes + newcomer.held.bytes.length > this.#bytesMax
    ) {
      const worst = this.#waiting.worst();
      const { sender, nonce } = worst?.waiting ?? {};
      const isOwnEarlier = sender === newcomer.sender && (nonce ?? 0) < newcomer.nonce;
      if (worst === undefined || isOwnEarlier || worst.worth >= worth) {
        for (const removed of evicted) this.#waiting.restore(removed);
        return undefined;
      }
      evicted.push(this.#waiting.takeOut(worst.waiting));
    }
    return evicted.map(({ waiting }) => waiting);
  }
}

/** The transaction with the same sender and nonce. */
function rivalOf(
  { sender, nonce }: Waiting,
  transactions: readonly NamedSigned[],
): TransactionId | undefined {
  const isRival = ({ signed: { transaction } }: NamedSigned) =>
    transaction.sender === sender && transaction.nonce === nonce;
  return transactions.find(isRival)?.id;
}

function sendersOf(transactions: readonly NamedSigned[]): ReadonlySet<AccountId> {
  return new Set(transactions.map(({ signed }) => signed.transaction.sender));
}

function payersOf(transactions: readonly NamedSigned[]): ReadonlySet<AccountId> {
  return new Set(
    transactions.flatMap(({ signed }) => signed.authorizations.map(({ account }) => account)),
  );
}
