/**
 * Disks that were lost or put back from a backup: who may have forgotten a vote must not vote where it could contradict it.
 * @module
 */
import type { SimulatedNode } from "../world/node.ts";
import { demand } from "../world/safety-violation.ts";
import type { Scenario } from "../world/scenario.ts";
import type { World } from "../world/world.ts";
import { epochOf, epochsPass, reachEpoch, signedSince } from "./ballots.ts";
import { demandNoFaultFound } from "./demands.ts";
import { goesOnUnderNewGenesis } from "./succession.ts";

const short = { epochLength: 10 };

export const journals: readonly Scenario[] = [
  {
    name: "all journals are lost: the network is halted, says so, and a new genesis carries every balance over",
    validators: [4, 7],
    staysHalted: true,
    run: async (world) => {
      await world.run(5_000);
      await restartWithoutJournals(world, world.nodes);
      const before = world.checkers.lastHeight;
      await world.run(30_000);
      demand(world.checkers.lastHeight === before, "blocks became final without a journal");
      for (const { queries, number } of world.nodes) {
        const voting = queries?.status().voting;
        demand(voting?.kind === "silent", `node ${number} is ${voting?.kind}`);
        demand(signedSince(world, number, 0).length > 0, "it never voted");
      }
      await goesOnUnderNewGenesis(world);
    },
  },
  {
    name: "one journal is lost: its owner observes, and votes again in a later epoch",
    validators: [4, 7],
    world: () => short,
    run: async (world) => {
      await reachEpoch(world, 2);
      const unlucky = world.random.pick(world.nodes);
      await observesThenVotes(world, unlucky, () => {
        for (const key of unlucky.stored.keys) key.journal = undefined;
      });
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "a journal is damaged: its owner observes, and votes again in a later epoch",
    validators: [4, 7],
    world: () => short,
    run: async (world) => {
      await reachEpoch(world, 2);
      const unlucky = world.random.pick(world.nodes);
      await observesThenVotes(world, unlucky, () => {
        unlucky.stored.flipJournalBit("journal", world.random);
        unlucky.stored.tearJournal(200);
      });
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "one is restored from a backup two epochs old: it never votes twice",
    validators: [4, 7],
    world: () => short,
    run: async (world) => {
      await reachEpoch(world, 1);
      const unlucky = world.random.pick(world.nodes);
      unlucky.crash();
      const backup = unlucky.backup();
      unlucky.start();
      await epochsPass(world, 2);
      await observesThenVotes(world, unlucky, () => unlucky.stored.restore(backup, "removed"));
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "genesis and keys are put on a new disk: it never votes in a touched epoch",
    validators: [4, 7],
    world: () => short,
    run: async (world) => {
      await reachEpoch(world, 1);
      const unlucky = world.random.pick(world.nodes);
      await observesThenVotes(world, unlucky, () => unlucky.stored.wipe());
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "a whole machine is rolled back, journal and all: it notices, and does not contradict itself",
    validators: [4, 7],
    world: () => short,
    run: async (world) => {
      await reachEpoch(world, 1);
      const unlucky = world.random.pick(world.nodes);
      unlucky.crash();
      const backup = unlucky.backup();
      unlucky.start();
      await world.run(world.random.between(2_500, 8_000));
      unlucky.crash();
      unlucky.stored.restore(backup, "rolled-back");
      unlucky.start();
      await world.run(10_000);
    },
    afterwards: demandNoFaultFound,
  },
];

async function restartWithoutJournals(
  world: World,
  nodes: readonly SimulatedNode[],
): Promise<void> {
  for (const node of nodes) node.crash();
  for (const node of nodes) for (const key of node.stored.keys) key.journal = undefined;
  for (const node of nodes) node.start();
  await world.run(1_000);
}

/** Something happens to its disk while it is down. */
async function observesThenVotes(
  world: World,
  node: SimulatedNode,
  happens: () => void,
): Promise<void> {
  node.crash();
  const touched = Math.max(-1, ...signedSince(world, node.number, 0).map(({ epoch }) => epoch));
  const line = world.trace.length;
  happens();
  node.start();
  await world.run(2_000);
  demand(node.queries?.status().voting.kind === "silent", `not silent: ${node.describe()}`);
  const votes = (): boolean => signedSince(world, node.number, line).length > 0;
  await world.run(90_000, votes);
  demand(votes(), `it never voted again: ${node.describe()}, others in epoch ${epochOf(world)}`);
  const early = signedSince(world, node.number, line).find(({ epoch }) => epoch <= touched);
  demand(early === undefined, `it voted again in epoch ${early?.epoch} of ${touched}`);
}
