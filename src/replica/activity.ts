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

/** A view, and the name of who led it. */
export interface ViewFacts {
  readonly epoch: number;
  readonly view: number;
  readonly leader: string;
}

export interface NullifiedView extends ViewFacts {
  /** Why this node gave it up; `by-others` when it did not. */
  readonly reason: string;
  /** Whether a quorum did: otherwise it may still bring a block. */
  readonly byQuorum: boolean;
  /** Monotonic. */
  readonly atMs: number;
}

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
  #nullified: NullifiedView[] = [];
  /** Views of this epoch that a quorum nullified, by the name of their leader. Bounded by the validators. */
  readonly #missed = new Map<string, number>();
  #quorumMs: number;
  #faults = 0;

  constructor(dependencies: { readonly clock: Clock; readonly metrics: ReplicaMetrics }) {
    this.#clock = dependencies.clock;
    this.#metrics = dependencies.metrics;
    this.#quorumMs = dependencies.clock.monotonicMs();
  }

  /** The last views that came to nothing, or may, newest last. */
  get nullified(): readonly (NullifiedView & { readonly agoMs: number })[] {
    const nowMs = this.#clock.monotonicMs();
    return this.#nullified.map((one) => ({ ...one, agoMs: Math.round(nowMs - one.atMs) }));
  }

  /** How many views of this epoch a validator led in vain. */
  missedViews(leader: string): number {
    return this.#missed.get(leader) ?? 0;
  }

  epochBegan(): void {
    this.#missed.clear();
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

  /** This node gave the view up. */
  viewNullified(facts: ViewFacts, reason: NullifyReason): void {
    this.#note({ ...facts, reason, byQuorum: false, atMs: this.#clock.monotonicMs() });
    this.#metrics.viewNullified(reason);
  }

  /** A quorum gave the view up. */
  viewPassedOver(facts: ViewFacts): void {
    this.#missed.set(facts.leader, this.missedViews(facts.leader) + 1);
    const known = this.#nullified.find(
      ({ epoch, view }) => epoch === facts.epoch && view === facts.view,
    );
    const reason = known?.reason ?? "by-others";
    const atMs = known?.atMs ?? this.#clock.monotonicMs();
    if (known !== undefined) this.#nullified.splice(this.#nullified.indexOf(known), 1);
    this.#note({ ...facts, reason, byQuorum: true, atMs });
  }

  #note(view: NullifiedView): void {
    this.#nullified = [...this.#nullified.slice(1 - nullifiedMax), view];
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
