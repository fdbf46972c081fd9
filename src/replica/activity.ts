/**
 * What this node has seen lately: for status, statistics and metrics. Decides nothing.
 * @module
 */
import { BoundedMap } from "../base/bounded-map.ts";
import type { Clock } from "../base/clock.ts";
import type { NullifyReason } from "../consensus/effect.ts";
import type { BlockId, View } from "../protocol/ids.ts";

/** Receives each measurement; the node's metrics implement it. */
export interface ReplicaMetrics {
  blockFinal(measured: {
    readonly height: number;
    readonly transactions: number;
    /** From the first sight of the proposal to durable finality; undefined when it was not seen. */
    readonly finalityMs: number | undefined;
    readonly commitMs: number;
  }): void;
  viewEntered(view: number): void;
  viewNullified(reason: string): void;
  voteSent(kind: string): void;
  faultSeen(): void;
}

export const noMetrics: ReplicaMetrics = {
  blockFinal() {},
  viewEntered() {},
  viewNullified() {},
  voteSent() {},
  faultSeen() {},
};

const windowBlocksMax = 4_096;
const nullifiedMax = 16;

interface FinalBlock {
  readonly atMs: number;
  readonly transactions: number;
  readonly finalityMs: number | undefined;
}

export interface Window {
  readonly windowMs: number;
  readonly blocks: number;
  readonly transactions: number;
  readonly finalityMsMedian: number | undefined;
  readonly finalityMsP99: number | undefined;
}

export class Activity {
  readonly #clock: Clock;
  readonly #metrics: ReplicaMetrics;
  readonly #seen = new BoundedMap<BlockId, number>({ entriesMax: 1_024 });
  #finals: FinalBlock[] = [];
  #nullified: { readonly view: number; readonly reason: string }[] = [];
  #quorumMs: number;
  #faults = 0;

  constructor(dependencies: { readonly clock: Clock; readonly metrics: ReplicaMetrics }) {
    this.#clock = dependencies.clock;
    this.#metrics = dependencies.metrics;
    this.#quorumMs = dependencies.clock.monotonicMs();
  }

  get nullified(): readonly { readonly view: number; readonly reason: string }[] {
    return this.#nullified;
  }

  get faults(): number {
    return this.#faults;
  }

  /** Milliseconds since a quorum was last seen to act. */
  get quorumAgeMs(): number {
    return this.#clock.monotonicMs() - this.#quorumMs;
  }

  quorumSeen(): void {
    this.#quorumMs = this.#clock.monotonicMs();
  }

  proposalSeen(id: BlockId): void {
    if (!this.#seen.has(id)) this.#seen.set(id, this.#clock.monotonicMs());
  }

  viewEntered(view: View): void {
    this.#metrics.viewEntered(view);
  }

  viewNullified(view: View, reason: NullifyReason): void {
    this.#nullified = [...this.#nullified.slice(1 - nullifiedMax), { view, reason }];
    this.#metrics.viewNullified(reason);
  }

  voteSent(kind: string): void {
    this.#metrics.voteSent(kind);
  }

  faultSeen(): void {
    this.#faults += 1;
    this.#metrics.faultSeen();
  }

  blockFinal(id: BlockId, height: number, transactions: number, commitMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    const seenMs = this.#seen.get(id);
    this.#seen.delete(id);
    const finalityMs = seenMs === undefined ? undefined : nowMs - seenMs;
    this.#finals.push({ atMs: nowMs, transactions, finalityMs });
    if (this.#finals.length > windowBlocksMax)
      this.#finals = this.#finals.slice(windowBlocksMax / 2);
    this.#metrics.blockFinal({ height, transactions, finalityMs, commitMs });
  }

  window(windowMs: number): Window {
    const sinceMs = this.#clock.monotonicMs() - windowMs;
    const finals = this.#finals.filter(({ atMs }) => atMs >= sinceMs);
    const latencies = finals
      .flatMap(({ finalityMs }) => (finalityMs === undefined ? [] : [finalityMs]))
      .toSorted((a, b) => a - b);
    return {
      windowMs,
      blocks: finals.length,
      transactions: finals.reduce((sum, { transactions }) => sum + transactions, 0),
      finalityMsMedian: quantile(latencies, 0.5),
      finalityMsP99: quantile(latencies, 0.99),
    };
  }
}

function quantile(ascending: readonly number[], share: number): number | undefined {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))];
}
