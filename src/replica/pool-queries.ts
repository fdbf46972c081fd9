/**
 * Answers about what waits in this node for a block, newest first.
 *
 * All that waits is put in order at most a few times a second, however many ask: a page is cut out of that order, and
 * what has left the pool meanwhile is left out of the page.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Waiting } from "../mempool/account-queue.ts";
import type { EvidencePool } from "../mempool/evidence-pool.ts";
import type { Mempool } from "../mempool/mempool.ts";
import { reopenTransaction } from "../protocol/held-transaction.ts";
import type { NamedSigned } from "../protocol/transaction.ts";

export interface WaitingTransaction {
  readonly transaction: NamedSigned;
  /** Native base units a byte; infinite for what only votes. */
  readonly rate: number;
  /** By the wall clock. */
  readonly receivedMs: number;
  /** The nonce of its sender that has to come first and is not here; undefined: none. */
  readonly missingNonce: number | undefined;
}

export interface PoolPage {
  /** Newest first. Fewer than asked for where some have just left. */
  readonly items: readonly WaitingTransaction[];
  /** Where the pages after and before this one start; undefined: there is none. */
  readonly next: number | undefined;
  readonly prev: number | undefined;
  /** How much waits, and how much may. */
  readonly transactions: number;
  readonly bytes: number;
  readonly transactionsMax: number;
  readonly bytesMax: number;
  /** Proven faults that wait. */
  readonly faults: number;
  /** By the wall clock. */
  readonly nowMs: number;
}

export interface PoolAnswers {
  /** @param from the number of an arrival; the newest one when undefined. */
  page(from: number | undefined, limit: number): PoolPage;
}

/** An order is kept for so long. */
const orderKeptMs = 250;

export class PoolQueries implements PoolAnswers {
  readonly #d: {
    readonly mempool: Mempool;
    readonly evidence: Pick<EvidencePool, "size">;
    readonly clock: Clock;
  };
  #order: readonly Waiting[] = [];
  #orderedMs = Number.NEGATIVE_INFINITY;

  constructor(dependencies: {
    readonly mempool: Mempool;
    readonly evidence: Pick<EvidencePool, "size">;
    readonly clock: Clock;
  }) {
    this.#d = dependencies;
  }

  page(from: number | undefined, limit: number): PoolPage {
    const { mempool, evidence, clock } = this.#d;
    const order = this.#newestFirst();
    const start = from === undefined ? 0 : firstAtOrBelow(order, from);
    const items = order
      .slice(start, start + limit)
      .filter(({ held }) => mempool.has(held.contentHash));
    return {
      items: items.map((waiting) => ({
        transaction: reopenTransaction(waiting.held),
        rate: waiting.rate,
        receivedMs: waiting.receivedMs,
        missingNonce: mempool.missingBefore(waiting),
      })),
      next: order[start + limit]?.arrival,
      prev: start === 0 ? undefined : order[Math.max(0, start - limit)]?.arrival,
      transactions: mempool.size,
      bytes: mempool.bytes,
      ...mempool.bounds,
      faults: evidence.size,
      nowMs: clock.wallMs(),
    };
  }

  #newestFirst(): readonly Waiting[] {
    const nowMs = this.#d.clock.monotonicMs();
    if (nowMs - this.#orderedMs >= orderKeptMs) {
      this.#order = [...this.#d.mempool.all()].sort((a, b) => b.arrival - a.arrival);
      this.#orderedMs = nowMs;
    }
    return this.#order;
  }
}

/** Index of the first whose arrival is not later. */
function firstAtOrBelow(order: readonly Waiting[], arrival: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((order[middle]?.arrival ?? 0) <= arrival) high = middle;
    else low = middle + 1;
  }
  return low;
}
