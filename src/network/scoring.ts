/**
 * What peers have cost us, by node id, remembered after they leave.
 *
 * A provable fault (no honest peer does it) bans at once. Cost without use adds up slowly and is forgiven with
 * time; too much of it at once closes the link for a while.
 * @module
 */
import { BoundedMap } from "../base/bounded-map.ts";
import type { Clock } from "../base/clock.ts";
import type { NodeId } from "../protocol/ids.ts";
import type { NetworkLimits } from "./limits.ts";

/** What no honest peer does. */
export type Fault = "malformed" | "oversized" | "bad-signature" | "wrong-block" | "wrong-proof";

interface Score {
  readonly cost: number;
  readonly atMs: number;
}

type ScoreLimits = Pick<
  NetworkLimits,
  "banMs" | "coolDownMs" | "costMax" | "costRecoveredPerS" | "scoresMax"
>;

export class Scores {
  readonly #limits: ScoreLimits;
  readonly #clock: Clock;
  readonly #scores: BoundedMap<NodeId, Score>;
  readonly #bannedUntilMs: BoundedMap<NodeId, number>;

  constructor(limits: ScoreLimits, dependencies: { readonly clock: Clock }) {
    this.#limits = limits;
    this.#clock = dependencies.clock;
    this.#scores = new BoundedMap({ entriesMax: limits.scoresMax });
    this.#bannedUntilMs = new BoundedMap({ entriesMax: limits.scoresMax });
  }

  isBanned(nodeId: NodeId): boolean {
    const untilMs = this.#bannedUntilMs.get(nodeId);
    if (untilMs === undefined) return false;
    if (untilMs > this.#clock.monotonicMs()) return true;
    this.#bannedUntilMs.delete(nodeId);
    return false;
  }

  ban(nodeId: NodeId): void {
    this.#bannedUntilMs.set(nodeId, this.#clock.monotonicMs() + this.#limits.banMs);
  }

  /** What is left of a peer's cost, after what time has forgiven. */
  costOf(nodeId: NodeId): number {
    const score = this.#scores.get(nodeId);
    if (score === undefined) return 0;
    const elapsedS = (this.#clock.monotonicMs() - score.atMs) / 1_000;
    return Math.max(0, score.cost - elapsedS * this.#limits.costRecoveredPerS);
  }

  /** Adds cost. True when the peer has become too costly: it is shut out for the cool-down. */
  addCost(nodeId: NodeId, points: number): boolean {
    const cost = this.costOf(nodeId) + points;
    const nowMs = this.#clock.monotonicMs();
    if (cost < this.#limits.costMax) {
      this.#scores.set(nodeId, { cost, atMs: nowMs });
      return false;
    }
    this.#scores.delete(nodeId);
    this.#bannedUntilMs.set(nodeId, nowMs + this.#limits.coolDownMs);
    return true;
  }
}
