/**
 * The timers and windows of consensus: local settings, never consensus rules, with their relations asserted.
 * @module
 */
import { assert } from "../base/assert.ts";

export interface ConsensusSettings {
  /** A view whose leader proposed nothing for this long is nullified. */
  readonly leaderTimeoutMs: number;
  /** A view that was not left for this long is nullified; from the same moment as the leader's. */
  readonly certificationTimeoutMs: number;
  /** What did not help is sent, and asked for, again after this long. */
  readonly retryIntervalMs: number;
  /** With work, the least time between the parent's proposal and the next; the host may ask for less. */
  readonly pacingMs: number;
  /** Without work, a leader proposes an empty block this long after entering. */
  readonly idleIntervalMs: number;
  /** A leader of whom no vote was seen in this many views that we left is silent. */
  readonly skipViews: number;
  /** Views kept below the last final one: for late votes, evidence and activity. */
  readonly viewRetention: number;
}

/** For a local network. */
export const defaultConsensusSettings: ConsensusSettings = {
  leaderTimeoutMs: 1_000,
  certificationTimeoutMs: 2_000,
  retryIntervalMs: 2_000,
  pacingMs: 50,
  idleIntervalMs: 10_000,
  skipViews: 5,
  viewRetention: 10,
};

/** Throws for settings that contradict each other. */
export function assertSettings(settings: ConsensusSettings): void {
  const { pacingMs, leaderTimeoutMs, certificationTimeoutMs, retryIntervalMs } = settings;
  assert(pacingMs >= 0, "pacing is not negative");
  assert(pacingMs < leaderTimeoutMs, "a paced leader is not taken for an absent one");
  assert(leaderTimeoutMs < certificationTimeoutMs, "a late proposal leaves time to certify it");
  assert(certificationTimeoutMs <= retryIntervalMs, "a view has ended before we repeat ourselves");
  assert(retryIntervalMs < settings.idleIntervalMs, "an idle view outlasts a repetition");
  assert(settings.skipViews >= 1, "a leader is judged by at least one view");
  assert(settings.skipViews <= settings.viewRetention, "the views that judge a leader are kept");
}
