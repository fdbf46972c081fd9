/**
 * The verdict on what was done to a local network, from what can be seen of it: is it live, has it recovered, and how
 * that is said. Whether it is safe is for agreement.ts to ask.
 *
 * A validator counts as reachable when it answers, votes, and holds links with the others that count: what was cut, killed
 * or paused is not assumed but seen.
 * @module
 */
import type { LocalQuorumJson } from "../../src/api/local-json.ts";
import { quorumOf } from "../../src/protocol/validator-set.ts";
import { type Groups, mayReach } from "./partition.ts";
import type { SeenNode } from "./sight.ts";

type Answering = SeenNode & { readonly status: NonNullable<SeenNode["status"]> };

export const isAnswering = (node: SeenNode): node is Answering => node.status !== undefined;

const isVoting = (node: SeenNode): node is Answering => node.status?.voting.kind === "voting";

/** Each says that it is linked to the other. */
export const areLinked = (a: Answering, b: Answering): boolean =>
  a.peers.has(b.status.nodeId) && b.peers.has(a.status.nodeId);

/** A voting node and the voting nodes that it is linked to. */
const votersAround = (node: Answering, seen: readonly SeenNode[]): readonly Answering[] =>
  seen.filter(isVoting).filter((other) => other.index === node.index || areLinked(node, other));

/** The part with the most votes. */
export function largestPart(seen: readonly SeenNode[]): readonly Answering[] {
  const parts = seen.filter(isVoting).map((node) => votersAround(node, seen));
  return parts.reduce((most, part) => (part.length > most.length ? part : most), []);
}

/** Names of the validators that are not in it, whether they answer or not; an observer is nobody's part. */
export function apartFrom(part: readonly SeenNode[], seen: readonly SeenNode[]): readonly string[] {
  return seen
    .filter(({ index, status }) => {
      const isObserver = status?.voting.kind === "observer";
      return !isObserver && part.every((node) => node.index !== index);
    })
    .map(({ name }) => name);
}

/** Zeros when nobody answers. */
export function quorumIn(seen: readonly SeenNode[]): LocalQuorumJson {
  const validators = Math.max(0, ...seen.map(({ status }) => status?.validatorCount ?? 0));
  const needed = validators === 0 ? 0 : quorumOf(validators);
  return { reachable: largestPart(seen).length, needed, validators };
}

export const hasQuorum = ({ reachable, needed }: LocalQuorumJson): boolean =>
  needed > 0 && reachable >= needed;

/**
 * Whether a quorum makes blocks, or would if there were anything to put into one. Where nothing waits, a network does
 * not hurry: its members being linked is all that can be seen. Where something does, a certificate must have been seen
 * since `sinceMs` ago.
 */
export function isLive(seen: readonly SeenNode[], sinceMs: number): boolean {
  if (!hasQuorum(quorumIn(seen))) return false;
  const part = largestPart(seen);
  if (part.some(({ status }) => status.quorumAgeMs < sinceMs)) return true;
  return part.every(({ status }) => status.mempool.transactions === 0);
}

/** It has the blocks that were final at `height`, is in step, and has its say again where it had one. */
export function isRecovered(node: SeenNode, seen: readonly SeenNode[], height: number): boolean {
  if (!isAnswering(node)) return false;
  const { tip, sync, voting } = node.status;
  if (tip.height < height || sync.kind === "behind" || voting.kind === "silent") return false;
  const { needed } = quorumIn(seen);
  const others = seen.filter(isVoting).filter((other) => areLinked(node, other));
  return others.length + (voting.kind === "voting" ? 1 : 0) >= needed;
}

/** No link crosses from group to group. */
export const isCut = (seen: readonly SeenNode[], groups: Groups): boolean =>
  pairs(seen).every(([a, b]) => mayReach(groups, a.index, b.index) || !touches(a, b));

const touches = (a: Answering, b: Answering): boolean =>
  a.peers.has(b.status.nodeId) || b.peers.has(a.status.nodeId);

/** Every node that runs answers, and is linked to each other one that it may reach. */
export const isWhole = (seen: readonly SeenNode[], groups: Groups | undefined): boolean =>
  seen.every((node) => node.state !== "running" || isAnswering(node)) &&
  pairs(seen).every(([a, b]) => !mayReach(groups, a.index, b.index) || areLinked(a, b));

function pairs(seen: readonly SeenNode[]): readonly (readonly [Answering, Answering])[] {
  const answering = seen.filter(isAnswering);
  return answering.flatMap((a, at) => answering.slice(at + 1).map((b) => [a, b] as const));
}

/** Whether as many run in one group as a quorum needs, so that it is worth waiting for it. */
export function mayHaveQuorum(seen: readonly SeenNode[], groups: Groups | undefined): boolean {
  const running = seen.filter(
    ({ state, status }) => state === "running" && status?.voting.kind !== "observer",
  );
  const { needed } = quorumIn(seen);
  return running.some(
    (node) => running.filter((other) => mayReach(groups, node.index, other.index)).length >= needed,
  );
}

export interface Findings {
  readonly answering: number;
  /** What contradicts what; empty when nothing does. */
  readonly contradictions: readonly string[];
  readonly quorum: LocalQuorumJson;
  readonly live: boolean;
  /** Names of the nodes that have no part in the quorum. */
  readonly apart: readonly string[];
  /** Undefined: the action has nothing to recover. */
  readonly recovery:
    | { readonly afterMs: number }
    | { readonly missing: string; readonly waitedMs: number }
    | undefined;
}

/** All of it in a sentence. */
export function verdictWords(findings: Findings): string {
  const { answering, contradictions, quorum, live, apart, recovery } = findings;
  if (answering === 0) return "no node answers: nothing can be compared, nothing goes on";
  const { reachable, needed, validators } = quorum;
  const agreement = answering === 1 ? "one node answers" : `${answering} nodes agree`;
  const safety =
    contradictions.length === 0 ? `safe: ${agreement}` : `NOT SAFE: ${contradictions.join("; ")}`;
  if (!hasQuorum(quorum)) {
    const waits = contradictions.length === 0 ? "safe, waits" : safety;
    return `no quorum: ${reachable} of ${validators} reachable, ${needed} needed; ${waits}`;
  }
  const without = apart.length === 0 ? "" : ` (without ${apart.join(", ")})`;
  const reach = `${reachable} of ${validators} validators reach each other${without}, ${needed} needed`;
  const liveness = live ? `live: ${reach}` : `not live: ${reach}, but no vote of theirs was seen`;
  return [safety, liveness, ...recoveryWords(recovery)].join(" · ");
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
  return `${nodes.map(({ name }) => name).join(", ")} not linked with a quorum`;
}
