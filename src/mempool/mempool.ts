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
import type { StateReader } from "../protocol/state.ts";
import type { NamedSigned, NamedTransaction } from "../protocol/transaction.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Waiting } from "./account-queue.ts";
import { type Admissible, type AdmissionContext, type AdmissionRules, judge } from "./admission.ts";
import { candidatesOf } from "./candidates.ts";
import { type Departure, Departures } from "./departures.ts";
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

export type Admission =
  | {
      readonly kind: "admitted";
      /** What had to make room for it. */
      readonly evicted: readonly TransactionId[];
    }
  /** It waits already, perhaps with other signatures. */
  | { readonly kind: "known" }
  | { readonly kind: "refused"; readonly code: TransactionErrorCode };

export class Mempool {
  readonly #rules: AdmissionRules;
  readonly #bytesMax: number;
  readonly #transactionsMax: number;
  readonly #waiting = new WaitingSet();
  readonly #departures: Departures;
  readonly #quarantined = new BoundedMap<ContentHash, true>({ entriesMax: quarantinedMax });
  #arrivals = 0;

  constructor(options: MempoolOptions) {
    const { chainId, nativeCode, hasher } = options;
    this.#rules = { chainId, nativeCode, hasher, policies: new KnownPolicies(hasher) };
    this.#departures = new Departures(this.#waiting, this.#rules);
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
    this.#departures.admitted(context.parameters);
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

  /** Blocks became final together: removes what they hold, what they make inapplicable and what it is too late for. */
  finalized(
    transactions: readonly NamedTransaction[],
    state: StateReader,
    tipTimestampMs: number,
  ): readonly Departure[] {
    return this.#departures.finalized({ transactions, state, tipTimestampMs });
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
