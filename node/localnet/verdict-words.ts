/**
 * How a verdict on a local network is said: nothing that was not seen is claimed, and what was not seen is named.
 * @module
 */
import type { LocalQuorumJson } from "../../src/api/local-json.ts";
import type { Comparison } from "./agreement.ts";
import type { SeenNode } from "./sight.ts";
import { hasQuorum, type Liveness } from "./verdict.ts";

export interface Findings {
  readonly answering: number;
  /** Names of the nodes that do not answer: nothing is known of what is on their disks. */
  readonly unseen: readonly string[];
  readonly comparison: Omit<Comparison, "agreeing">;
  readonly quorum: LocalQuorumJson;
  readonly liveness: Liveness;
  /** Names of the nodes that have no part in the quorum. */
  readonly apart: readonly string[];
  /** Undefined: the action has nothing to recover. */
  readonly recovery:
    | { readonly afterMs: number }
    | { readonly missing: string; readonly waitedMs: number }
    | undefined;
}

/** Whether the nodes agree; null when that was not found out. */
export function safetyOf({
  contradictions,
  missing,
  compared,
}: Omit<Comparison, "agreeing">): boolean | null {
  if (contradictions.length > 0) return false;
  return missing.length > 0 || compared === 0 ? null : true;
}

/** All of it in a sentence. */
export function verdictWords(findings: Findings): string {
  const { answering, comparison, quorum, liveness, apart, recovery } = findings;
  if (answering === 0) return nobodyWords(comparison.contradictions);
  const { reachable, needed, validators } = quorum;
  if (!hasQuorum(quorum)) {
    const waits = `${safetyWords(findings, true)}, waits`;
    return `no quorum: ${reachable} of ${validators} reachable, ${needed} needed; ${waits}`;
  }
  const without = apart.length === 0 ? "" : ` (without ${apart.join(", ")})`;
  const reach = `${reachable} of ${validators} validators reach each other${without}, ${needed} needed`;
  const live: Readonly<Record<Liveness, string>> = {
    acts: `live: ${reach}`,
    idle: `live: ${reach}; nothing waits`,
    none: `not live: ${reach}, but no vote of theirs was seen`,
  };
  return [safetyWords(findings, false), live[liveness], ...recoveryWords(recovery)].join(" · ");
}

function nobodyWords(contradictions: readonly string[]): string {
  const words = "no node answers: nothing can be compared, nothing goes on";
  return contradictions.length === 0 ? words : `NOT SAFE: ${contradictions.join("; ")}; ${words}`;
}

function safetyWords({ answering, unseen, comparison }: Findings, isShort: boolean): string {
  const { contradictions, missing } = comparison;
  const without = unseen.length === 0 ? "" : ` (${unseen.join(", ")} not seen)`;
  switch (safetyOf(comparison)) {
    case false:
      return `NOT SAFE: ${contradictions.join("; ")}${without}`;
    case null:
      return missing.length > 0
        ? `not compared: ${missing.join("; ")}${without}`
        : `one node answers: nothing to compare it with${without}`;
    case true: {
      if (isShort) return `safe${without}`;
      const agreement =
        answering === 1 ? "one node answers, and has what was final" : `${answering} nodes agree`;
      return `safe: ${agreement}${without}`;
    }
  }
}

function recoveryWords(recovery: Findings["recovery"]): readonly string[] {
  if (recovery === undefined) return [];
  if ("afterMs" in recovery) return [`recovered after ${seconds(recovery.afterMs)}`];
  return [`not recovered within ${seconds(recovery.waitedMs)}: ${recovery.missing}`];
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What the first of these nodes still lacks, in words. */
export function lackOf(nodes: readonly SeenNode[], height: number): string {
  for (const { name, state, reason, status } of nodes) {
    if (state !== "running") return `${name} is ${state}${reason === null ? "" : ` (${reason})`}`;
    if (status === undefined) return `${name} does not answer`;
    const { tip, sync, voting } = status;
    if (tip.height < height) return `${name} is at block ${tip.height} of ${height}`;
    if (sync.kind === "behind") return `${name} is ${sync.blocks} blocks behind`;
    if (voting.kind === "silent") return `${name} does not vote: ${voting.reason}`;
  }
  if (nodes.length === 0) return "no node was seen to take part";
  return `${nodes.map(({ name }) => name).join(", ")} not linked with a quorum`;
}
