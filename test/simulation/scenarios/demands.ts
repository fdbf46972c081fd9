/**
 * What scenarios demand beyond safety and progress: who is blamed and who is not, and what stays within its bounds.
 * @module
 */
import { nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { signatureChecks } from "../../../src/protocol/authorization.ts";
import { height } from "../../../src/protocol/ids.ts";
import type { SimulatedNode } from "../world/node.ts";
import { demand } from "../world/safety-violation.ts";
import type { World } from "../world/world.ts";
import type { Wiretap } from "./wiretap.ts";

/** No honest node shuts out another: neither for a fault, nor for what it cost. */
export function demandHonestUnblamed(world: World, { farewells }: Wiretap): void {
  const isHonest = (number: number): boolean => world.nodes[number]?.isHonest === true;
  const wrong = farewells.find(
    ({ from, to, reason }) =>
      isHonest(from) && isHonest(to) && (reason === "fault" || reason === "too_costly"),
  );
  demand(wrong === undefined, `node ${wrong?.from} shut out honest node ${wrong?.to}`);
}

/** Every honest node has shut this one out for what no honest node does. */
export function demandShutOut(world: World, tap: Wiretap, adversary: number): void {
  const accusers = tap.accusersOf(adversary);
  const without = world.honest.filter(({ number }) => !accusers.has(number));
  demand(without.length === 0, `node ${without[0]?.number} did not shut out node ${adversary}`);
}

/** Whatever they did, nobody was shut out for a fault. */
export function demandNobodyShutOut({ farewells }: Wiretap): void {
  const one = farewells.find(({ reason }) => reason === "fault");
  demand(one === undefined, `node ${one?.from} shut out node ${one?.to}`);
}

export function demandNoFaultFound(world: World): void {
  const found = world.honest.find((node) => faultsSeenBy(node) > 0);
  demand(found === undefined, `node ${found?.number} found conflicting votes`);
}

export function demandFaultFound(world: World): void {
  demand(
    world.honest.some((node) => faultsSeenBy(node) > 0),
    "nobody found the conflicting votes",
  );
}

function faultsSeenBy({ queries }: SimulatedNode): number {
  return queries?.status().faults ?? 0;
}

/** Each signature of each transaction that one node holds as final. */
export function demandGoodSignatures(world: World): void {
  const { chainId } = world.network;
  const queries = world.honest.find((node) => node.queries !== undefined)?.queries;
  const tip = queries?.tip().height ?? 0;
  for (let at = 1; at <= tip; at += 1) {
    for (const transaction of queries?.blockAt(height(at))?.block.transactions ?? []) {
      for (const { signature, message, publicKey } of signatureChecks(chainId, transaction)) {
        const good = nativeVerifier.verify(signature, message, publicKey);
        demand(good, `height ${at} holds a transaction with a bad signature`);
      }
    }
  }
}

/** While something goes on, the honest nodes must come this many blocks further. */
export async function demandProgressDuring(
  world: World,
  blocks: number,
  during: () => Promise<void>,
): Promise<void> {
  const before = world.checkers.lastHeight;
  await during();
  const after = world.checkers.lastHeight;
  demand(after >= before + blocks, `only ${after - before} blocks of ${blocks}`);
}

/** Of every honest node; 0 while it is down or not open yet. */
export const viewsOf = (world: World): readonly number[] =>
  world.honest.map(({ queries }) => queries?.status().view ?? 0);

/** How many virtual milliseconds something took. */
export async function timeOf(world: World, during: () => Promise<void>): Promise<number> {
  const startMs = world.timeline.nowMs;
  await during();
  return world.timeline.nowMs - startMs;
}
