/**
 * How things ended for transactions that are neither final nor waiting: remembered for a while, by id, for those who ask.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { RecentMap } from "../base/recent-map.ts";
import type { Departure } from "../mempool/departures.ts";
import type { TransactionId } from "../protocol/ids.ts";
import {
  describeError,
  isInvalid,
  type TransactionErrorCode,
} from "../protocol/transaction-errors.ts";
import type { TransactionStatus } from "./node-queries.ts";

/** Ids whose refusal or end is remembered, and for how long. */
const outcomesMax = 16_384;
const outcomeMs = 10 * 60_000;

interface Outcome {
  readonly status: TransactionStatus;
  readonly untilMs: number;
}

export class Outcomes {
  readonly #clock: Clock;
  readonly #outcomes = new RecentMap<TransactionId, Outcome>({ entriesMax: outcomesMax });

  constructor(dependencies: { readonly clock: Clock }) {
    this.#clock = dependencies.clock;
  }

  of(id: TransactionId): TransactionStatus {
    const outcome = this.#outcomes.get(id);
    if (outcome === undefined || outcome.untilMs < this.#clock.monotonicMs()) {
      return { kind: "unknown" };
    }
    return outcome.status;
  }

  remember(id: TransactionId, status: TransactionStatus): void {
    this.#outcomes.set(id, { status, untilMs: this.#clock.monotonicMs() + outcomeMs });
  }

  refused(id: TransactionId, code: TransactionErrorCode): void {
    this.remember(id, refusal(code));
  }

  forget(id: TransactionId): void {
    this.#outcomes.delete(id);
  }
}

export const busy: TransactionStatus = {
  kind: "refused",
  code: "node_busy",
  message: "This node has more to check than it can; try another one, or again in a moment.",
};

export function refusal(code: TransactionErrorCode): TransactionStatus {
  const kind = isInvalid(code) ? "invalid" : "refused";
  return { kind, code, message: describeError(code) };
}

/** What to say of a transaction that left the pool for another reason than being included. */
export function endOf(departure: Exclude<Departure, { kind: "included" }>): TransactionStatus {
  switch (departure.kind) {
    case "expired":
      return { kind: "expired" };
    case "superseded":
      return departure.by === undefined
        ? refusal("nonce_too_low")
        : { kind: "superseded", by: departure.by };
    case "unaffordable":
      return refusal("insufficient_balance");
    case "refused":
      return refusal(departure.code);
  }
}
