/**
 * Members join, leave and change their keys, in quiet and amid faults; who is proven to have lied is out.
 * @module
 */
import { conflicter } from "../adversaries/conflicter.ts";
import { equivocator } from "../adversaries/equivocator.ts";
import { demand } from "../world/safety-violation.ts";
import type { Scenario } from "../world/scenario.ts";
import type { World } from "../world/world.ts";
import {
  demandMembers,
  epochEnd,
  epochLength,
  epochsPass,
  membersAtGenesis,
  membersOf,
  reachEpoch,
  reachMembers,
  rotate,
  signedSince,
  vote,
} from "./ballots.ts";
import { demandNoFaultFound } from "./demands.ts";
import { many } from "./mixture.ts";

const short = { epochLength };
const oneSpare = { epochLength, spare: 1 };

export const membership: readonly Scenario[] = [
  {
    name: "one joins and leads views",
    validators: [4, 6],
    world: () => oneSpare,
    run: async (world) => {
      const members = membersAtGenesis(world);
      const joiner = members.length;
      await vote(world, (operators) => operators.voteIn(members, joiner));
      await reachMembers(world, [...members, joiner]);
      const operator = world.network.operators[joiner]?.account;
      const line = world.checkers.lastHeight;
      const hasLed = (): boolean => ledSince(world, line, operator);
      await world.run(30_000, hasLed);
      demand(hasLed(), "the joiner never led a view to a block");
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "one is voted in before it has ever been started, and comes late",
    validators: [4, 7],
    world: (validators) => ({ ...oneSpare, asleep: [validators] }),
    run: async (world) => {
      const members = membersAtGenesis(world);
      const joiner = members.length;
      await vote(world, (operators) => operators.voteIn(members, joiner));
      await reachMembers(world, [...members, joiner]);
      await epochsPass(world, 1);
      world.nodes[joiner]?.start();
      await epochsPass(world, 1);
    },
    afterwards: (world) => {
      demandNoFaultFound(world);
      world.demandSynced();
    },
  },
  {
    name: "one leaves and is offline when it does",
    validators: [5, 7],
    world: () => short,
    run: async (world) => {
      const members = membersAtGenesis(world);
      const leaver = world.random.pick(members);
      await vote(world, (operators) => operators.voteOut(members, leaver));
      world.nodes[leaver]?.crash();
      await reachMembers(
        world,
        members.filter((member) => member !== leaver),
      );
      await epochsPass(world, 1);
    },
    afterwards: (world) => world.demandSynced(),
  },
  {
    name: "one leaves and goes on serving as an observer",
    validators: [4, 7],
    world: () => short,
    run: async (world) => {
      const members = membersAtGenesis(world);
      const leaver = world.random.pick(members);
      await vote(world, (operators) => operators.voteOut(members, leaver));
      await reachMembers(
        world,
        members.filter((member) => member !== leaver),
      );
      await epochsPass(world, 1);
      const voting = world.nodes[leaver]?.queries?.status().voting.kind;
      demand(voting === "observer", `who left is ${voting}`);
    },
    afterwards: (world) => world.demandSynced(),
  },
  {
    name: "one joins in an epoch and another leaves in the next",
    validators: [4, 7],
    world: () => oneSpare,
    run: async (world) => {
      const members = membersAtGenesis(world);
      const joiner = members.length;
      await vote(world, (operators) => operators.voteIn(members, joiner));
      await reachMembers(world, [...members, joiner]);
      const [leaver = 0] = members;
      await vote(world, (operators) => operators.voteOut([...members, joiner], leaver));
      await reachMembers(world, [...members.slice(1), joiner]);
      await epochsPass(world, 1);
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "changes of two epochs in a row, while all crash at each end",
    validators: [4],
    world: () => ({ epochLength, spare: 2 }),
    run: async (world) => {
      const members = membersAtGenesis(world);
      const [first, second] = [members.length, members.length + 1];
      await vote(world, (operators) => operators.voteIn(members, first));
      await vote(world, (operators) => operators.voteIn(members, second));
      while (membersOf(world).length < members.length + 1) {
        const goal = epochEnd(world);
        await world.run(60_000, () => world.checkers.lastHeight >= goal);
        await world.run(world.random.between(0, 40));
        for (const node of world.nodes) node.crash();
        for (const node of world.nodes) node.start();
        await world.run(3_000);
      }
      await vote(world, (operators) => operators.voteIn([...members, first], second));
      await reachMembers(world, [...members, first, second]);
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "a validator rotates its key and votes with the new one",
    validators: [4, 7],
    world: () => short,
    run: async (world) => {
      const members = membersAtGenesis(world);
      await reachEpoch(world, 1);
      const rotating = world.random.pick(members);
      const before = keyOf(world, rotating);
      world.nodes[rotating]?.crash();
      rotate(world, members, rotating);
      world.nodes[rotating]?.start();
      await world.run(60_000, () => keyOf(world, rotating) !== before);
      demand(keyOf(world, rotating) !== before, "the key is still the old one");
      await epochsPass(world, 2);
      demandMembers(world, members);
      // Others may still hold the link of its life before: for a while they take it for a copy.
      const line = world.trace.length;
      await world.run(30_000, () => signedSince(world, rotating, line).length > 0);
      const votes = signedSince(world, rotating, line).length;
      demand(votes > 0, `not voting: ${world.nodes[rotating]?.describe()}`);
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "the set shrinks to one",
    validators: [4],
    world: () => short,
    run: async (world) => {
      let members = membersAtGenesis(world);
      while (members.length > 1) {
        const [leaver = 0, ...rest] = members;
        await vote(world, (operators) => operators.voteOut(members, leaver));
        await reachMembers(world, rest);
        members = rest;
      }
      await epochsPass(world, 2);
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "the set grows from four to sixteen",
    validators: [4],
    fits: (validators) => validators === 4,
    world: () => ({ epochLength, spare: 12 }),
    run: async (world) => {
      const candidates = Array.from({ length: 16 }, (_, number) => number);
      await reachEpoch(world, 1);
      for (let i = 0; i < 12 && membersOf(world).length < candidates.length; i += 1) {
        const members = membersOf(world);
        const churn = Math.max(1, Math.floor((members.length - 1) / 3));
        const joiners = candidates.filter((number) => !members.includes(number)).slice(0, churn);
        for (const joiner of joiners)
          await vote(world, (operators) => operators.voteIn(members, joiner));
        await reachMembers(world, [...members, ...joiners]);
      }
      demandMembers(world, candidates);
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "a proven conflicter is out at the end of the next epoch at the latest",
    validators: [4, 7],
    world: () => short,
    adversaries: many(conflicter),
    run: demandLiarsRemoved,
  },
  {
    name: "a proven equivocator is out at the end of the next epoch at the latest",
    validators: [4, 7],
    world: () => short,
    adversaries: many(equivocator),
    run: demandLiarsRemoved,
  },
];

async function demandLiarsRemoved(world: World): Promise<void> {
  const honest = world.honest.map(({ number }) => number);
  await reachMembers(world, honest, 90_000);
  const faults = Math.max(...world.honest.map(({ queries }) => queries?.status().faults ?? 0));
  demand(faults > 0, "somebody was removed and nobody saw a fault");
  await epochsPass(world, 1);
}

function keyOf(world: World, number: number): string | undefined {
  const name = world.network.candidates[number]?.name;
  const found = world.honest[0]?.queries?.validators() ?? [];
  return found.find(({ validator }) => validator.name === name)?.validator.consensusKey;
}

function ledSince(world: World, height: number, operator: string | undefined): boolean {
  for (let at = height + 1; at <= world.checkers.lastHeight; at += 1) {
    if (world.checkers.headerAt(at)?.leader === operator) return true;
  }
  return false;
}
