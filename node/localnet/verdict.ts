/**
 * The verdict on what was done to a local network, from what can be seen of it: is it live, and has it recovered? Whether
 * it is safe is for agreement.ts to ask, and how all of it is said for verdict-words.ts.
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

/** Zeros when nobody answers. Who lags may not know yet how many there are now: the highest tip counts. */
export function quorumIn(seen: readonly SeenNode[]): LocalQuorumJson {
  const newest = seen
    .filter(isAnswering)
    .reduce<Answering | undefined>(
      (most, node) =>
        most === undefined || node.status.tip.height > most.status.tip.height ? node : most,
      undefined,
    );
  const validators = newest?.status.validatorCount ?? 0;
  const needed = validators === 0 ? 0 : quorumOf(validators);
  return { reachable: largestPart(seen).length, needed, validators };
}

export const hasQuorum = ({ reachable, needed }: LocalQuorumJson): boolean =>
  needed > 0 && reachable >= needed;

/** What the largest part does: makes blocks, has none to make, or nothing though it should. */
export type Liveness = "acts" | "idle" | "none";

/**
 * Whether a quorum makes blocks, or would if there were anything to put into one. Where nothing waits, a network does
 * not hurry: its members being linked is all that can be seen. Where something does, a quorum must have seen a
 * certificate since `sinceMs` ago: one node alone may only now have read an old one.
 */
export function livenessOf(seen: readonly SeenNode[], sinceMs: number): Liveness {
  const quorum = quorumIn(seen);
  if (!hasQuorum(quorum)) return "none";
  const part = largestPart(seen);
  const acting = part.filter(({ status }) => status.quorumAgeMs < sinceMs);
  if (acting.length >= quorum.needed) return "acts";
  return part.every(hasNothingToDo) ? "idle" : "none";
}

const hasNothingToDo = ({ status }: Answering): boolean => status.mempool.transactions === 0;

/**
 * Whether a quorum does its work, these nodes taking part in it: where something waits, each of them has seen a quorum
 * act since `sinceMs` ago. A tip that was final before is no sign of that.
 */
export function isServed(
  nodes: readonly SeenNode[],
  seen: readonly SeenNode[],
  sinceMs: number,
): boolean {
  if (livenessOf(seen, sinceMs) === "none") return false;
  if (largestPart(seen).every(hasNothingToDo)) return true;
  return nodes.every(({ status }) => status !== undefined && status.quorumAgeMs < sinceMs);
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

/** No link crosses from group to group, as far as those know that answer. */
export const isCut = (seen: readonly SeenNode[], groups: Groups): boolean =>
  pairs(seen).every(([a, b]) => mayReach(groups, a.index, b.index) || !touches(a, b));

const touches = (a: SeenNode, b: SeenNode): boolean => hasPeer(a, b) || hasPeer(b, a);
const hasPeer = ({ peers }: SeenNode, { nodeId }: SeenNode): boolean =>
  nodeId !== undefined && peers.has(nodeId);

/** Every node that runs answers, and is linked to each other one that it may reach. */
export const isWhole = (seen: readonly SeenNode[], groups: Groups | undefined): boolean =>
  seen.every((node) => node.state !== "running" || isAnswering(node)) &&
  pairs(seen.filter(isAnswering)).every(
    ([a, b]) => !mayReach(groups, a.index, b.index) || areLinked(a, b),
  );

const pairs = <Node>(nodes: readonly Node[]): readonly (readonly [Node, Node])[] =>
  nodes.flatMap((a, at) => nodes.slice(at + 1).map((b) => [a, b] as const));

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
