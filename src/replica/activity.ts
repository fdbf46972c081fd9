/**
 * What this node has seen lately: for status, statistics and metrics. Decides nothing.
 * @module
 */
import { BoundedMap } from "../base/bounded-map.ts";
import type { Clock } from "../base/clock.ts";
import type { NullifyReason } from "../consensus/effect.ts";
import type { BlockId, View } from "../protocol/ids.ts";
import { Pace, quantile } from "./pace.ts";

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
  /** What the figures cover: less than was asked for if this node has not counted for so long. */
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
  /** By time, for charts. */
  readonly pace: Pace;
  #finals: FinalBlock[] = [];
  readonly #startMs: number;
  /** Every block that has become final since then is among them. Monotonic. */
  #finalsSinceMs: number;
  #nullified: NullifiedView[] = [];
  /** Views of this epoch that a quorum nullified, by the name of their leader. Bounded by the validators. */
  readonly #missed = new Map<string, number>();
  #quorumMs: number;
  #faults = 0;

  constructor(dependencies: { readonly clock: Clock; readonly metrics: ReplicaMetrics }) {
    this.#clock = dependencies.clock;
    this.#metrics = dependencies.metrics;
    this.#quorumMs = dependencies.clock.monotonicMs();
    this.#startMs = this.#quorumMs;
    this.#finalsSinceMs = this.#quorumMs;
    this.pace = new Pace(dependencies.clock);
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

  blockFinal(block: {
    readonly id: BlockId;
    readonly height: number;
    readonly transactions: number;
    /** Bytes by the most it may have. */
    readonly fill: number;
    readonly commitMs: number;
  }): void {
    const { id, height, transactions, fill, commitMs } = block;
    const nowMs = this.#clock.monotonicMs();
    const seenMs = this.#seen.get(id);
    this.#seen.delete(id);
    const finalityMs = seenMs === undefined ? undefined : nowMs - seenMs;
    this.#finals.push({ atMs: nowMs, transactions, finalityMs });
    if (this.#finals.length > windowBlocksMax) this.#forgetOld();
    this.pace.blockFinal({ transactions, finalityMs, fill });
    this.#metrics.blockFinal({ height, transactions, finalityMs, commitMs });
  }

  #forgetOld(): void {
    this.#finals = this.#finals.slice(windowBlocksMax / 2);
    this.#finalsSinceMs = this.#finals[0]?.atMs ?? this.#finalsSinceMs;
  }

  window(windowMs: number): Window {
    const nowMs = this.#clock.monotonicMs();
    const isForgotten = this.#finalsSinceMs > this.#startMs;
    if (isForgotten && windowMs > nowMs - this.#finalsSinceMs) return this.pace.totals(windowMs);
    const coveredMs = Math.max(1, Math.min(windowMs, nowMs - this.#finalsSinceMs));
    const finals = this.#finals.filter(({ atMs }) => atMs >= nowMs - coveredMs);
    const latencies = finals
      .flatMap(({ finalityMs }) => (finalityMs === undefined ? [] : [finalityMs]))
      .toSorted((a, b) => a - b);
    return {
      windowMs: Math.round(coveredMs),
      blocks: finals.length,
      transactions: finals.reduce((sum, { transactions }) => sum + transactions, 0),
      finalityMsMedian: quantile(latencies, 0.5),
      finalityMsP99: quantile(latencies, 0.99),
    };
  }
}
