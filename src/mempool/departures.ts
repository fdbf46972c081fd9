/**
 * Departures: which waiting transactions leave the pool when blocks become final, and why.
 *
 * Blocks that became final together are told together: state and time are those of the tip, and what a later one of
 * them holds would look superseded, or unaffordable, beside an earlier one alone.
 * @module
 */
import { reopenTransaction } from "../protocol/held-transaction.ts";
import type { AccountId, TransactionId } from "../protocol/ids.ts";
import { type Parameters, sameParameters } from "../protocol/parameters.ts";
import { readAccount, readParameters, type StateReader } from "../protocol/state.ts";
import {
  isSigned,
  type NamedSigned,
  type NamedTransaction,
  type Transaction,
} from "../protocol/transaction.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import type { Waiting } from "./account-queue.ts";
import { type AdmissionRules, judge } from "./admission.ts";
import { type ClaimKey, roomsAfter } from "./claims.ts";
import { marksOfChanges } from "./reliance.ts";
import type { WaitingSet } from "./waiting-set.ts";

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

/** What became final together, with the state and the time at the last block. */
export interface NewlyFinal {
  readonly transactions: readonly NamedTransaction[];
  readonly state: StateReader;
  readonly tipTimestampMs: number;
}

interface Leaving {
  readonly waiting: Waiting;
  readonly departure: Departure;
}

/** Of transactions whose ground has moved, so many are judged again at a time: some milliseconds. */
const doubtfulMax = 500;

export class Departures {
  readonly #waiting: WaitingSet;
  readonly #rules: AdmissionRules;
  /** Under which everything that waits was judged last. */
  #parameters: Parameters | undefined;

  constructor(waiting: WaitingSet, rules: AdmissionRules) {
    this.#waiting = waiting;
    this.#rules = rules;
  }

  /** A transaction is taken in: by the parameters of the final tip. */
  admitted(parameters: Parameters): void {
    this.#parameters ??= parameters;
  }

  /** Removes what the blocks hold, what they make inapplicable and what it is too late for. */
  finalized(final: NewlyFinal): readonly Departure[] {
    const departures: Departure[] = [];
    for (const { waiting, departure } of this.#leaving(final)) {
      this.#waiting.remove(waiting);
      departures.push(departure);
    }
    return departures;
  }

  /** Each is removed before the next one is asked for. */
  *#leaving({ transactions, state, tipTimestampMs }: NewlyFinal): Generator<Leaving, void, void> {
    const signed = transactions.filter(isSigned);
    const final = signed.map(({ signed: { transaction } }) => transaction);
    yield* this.#overtaken(signed, state);
    for (const waiting of this.#waiting.expired(tipTimestampMs)) {
      yield { waiting, departure: { kind: "expired", id: waiting.held.id } };
    }
    yield* this.#unaffordable(signed, state);
    yield* this.#uncovered(final, state);
    this.#waiting.doubt(marksOfChanges(final));
    yield* this.#outdated(state, tipTimestampMs);
  }

  /** Those whose nonces are used, by themselves or by others. */
  *#overtaken(final: readonly NamedSigned[], state: StateReader): Generator<Leaving, void, void> {
    const included = new Set(final.map(({ id }) => id));
    for (const sender of sendersOf(final)) {
      if (this.#waiting.queue(sender) === undefined) continue;
      for (const waiting of this.#waiting.advance(sender, readAccount(state, sender).nonce)) {
        const { id } = waiting.held;
        const departure: Departure = included.has(id)
          ? { kind: "included", id }
          : { kind: "superseded", id, by: rivalOf(waiting, final) };
        yield { waiting, departure };
      }
    }
  }

  /** Those that need more of an account, together, than these final transactions have left it. */
  *#unaffordable(
    final: readonly NamedSigned[],
    state: StateReader,
  ): Generator<Leaving, void, void> {
    for (const payer of payersOf(final)) {
      if (this.#waiting.reserved(payer) === 0n) continue;
      const { balance } = readAccount(state, payer);
      for (const waiting of this.#waiting.beyond(payer, balance)) {
        yield { waiting, departure: { kind: "unaffordable", id: waiting.held.id } };
      }
    }
  }

  /** Those that claim more than these final transactions have left. */
  *#uncovered(final: readonly Transaction[], state: StateReader): Generator<Leaving, void, void> {
    if (!this.#waiting.hasClaims) return;
    const isClaimed = (key: ClaimKey) => this.#waiting.claimed(key) > 0n;
    for (const room of roomsAfter(final, state, this.#rules.hasher, isClaimed)) {
      for (const waiting of this.#waiting.beyondRoom(room)) yield refused(waiting, room.code);
    }
  }

  /**
   * Those that would not be taken in now: votes at any time, what relies on something that has changed, everything when
   * the parameters have changed.
   */
  *#outdated(state: StateReader, tipTimestampMs: number): Generator<Leaving, void, void> {
    const parameters = readParameters(state).current;
    const isChanged =
      this.#parameters !== undefined && !sameParameters(this.#parameters, parameters);
    this.#parameters = parameters;
    const context = { state, tipTimestampMs, wallMs: tipTimestampMs, parameters };
    const doubtful = this.#waiting.takeDoubtful(doubtfulMax);
    const suspects = new Set([...this.#waiting.votes(), ...doubtful]);
    for (const waiting of isChanged ? this.#waiting.all() : suspects) {
      const judgement = judge(reopenTransaction(waiting.held), context, this.#rules);
      // The tip's time may lie far behind the clock by which the expiry was judged before.
      if (judgement.ok || judgement.reason === "expiry_too_far") continue;
      yield refused(waiting, judgement.reason);
    }
  }
}

const refused = (waiting: Waiting, code: TransactionErrorCode): Leaving => ({
  waiting,
  departure: { kind: "refused", id: waiting.held.id, code },
});

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
