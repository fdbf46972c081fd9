/**
 * Epochs end and begin while nodes crash, are away, and links are cut.
 * @module
 */
import { reconfigurer } from "../adversaries/reconfigurer.ts";
import { demand } from "../world/safety-violation.ts";
import type { Scenario } from "../world/scenario.ts";
import { epochEnd, epochLength, epochOf, epochsPass, reachEpoch } from "./ballots.ts";
import { demandNoFaultFound } from "./demands.ts";
import { many } from "./mixture.ts";

const short = { epochLength };

export const epochs: readonly Scenario[] = [
  {
    name: "epochs pass",
    validators: [4, 7],
    world: () => short,
    run: (world) => reachEpoch(world, 8),
    afterwards: demandNoFaultFound,
  },
  {
    name: "epochs pass while processes are killed and started at random moments, never too many at once",
    validators: [4, 7],
    world: () => short,
    run: async (world) => {
      const awayMax = world.validators.count - world.validators.quorum;
      for (let i = 0; i < 24; i += 1) {
        await world.run(world.random.between(10, 2_000));
        const away = world.nodes.filter(({ isUp }) => !isUp);
        if (away.length > 0 && (away.length === awayMax || world.random.chance(0.5))) {
          world.random.pick(away).start();
        } else {
          world.random.pick(world.nodes).kill();
        }
      }
      demand(epochOf(world) >= 2, `only epoch ${epochOf(world)}`);
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "all crash when an epoch's last block is proposed or just final, again and again",
    validators: [4, 5],
    world: () => short,
    run: async (world) => {
      for (let i = 0; i < 6; i += 1) {
        const soon = world.checkers.lastHeight + 1;
        const goal = Math.max(soon, epochEnd(world) - world.random.below(2));
        await world.run(30_000, () => world.checkers.lastHeight >= goal);
        await world.run(world.random.between(0, 60));
        for (const node of world.nodes) node.crash();
        await world.run(world.random.between(0, 300));
        for (const node of world.nodes) node.start();
      }
    },
    afterwards: (world) => demand(epochOf(world) >= 3, `only epoch ${epochOf(world)}`),
  },
  {
    name: "one is away for several epochs",
    validators: [4, 7],
    world: () => short,
    run: async (world) => {
      await reachEpoch(world, 1);
      const late = world.random.pick(world.nodes);
      late.crash();
      await epochsPass(world, 4);
      late.start();
    },
    afterwards: (world) => world.demandSynced(),
  },
  {
    name: "halves are partitioned across the end of an epoch",
    validators: [4, 6],
    world: () => short,
    run: async (world) => {
      for (let i = 0; i < 3; i += 1) {
        const goal = epochEnd(world) - 1 - world.random.below(2);
        await world.run(30_000, () => world.checkers.lastHeight >= goal);
        const numbers = world.nodes.map(({ number }) => number);
        const half = numbers.length / 2;
        world.wire.partition([numbers.slice(0, half), numbers.slice(half)]);
        await world.run(world.random.between(500, 6_000));
        world.wire.heal();
        await world.run(world.random.between(0, 3_000));
      }
    },
  },
  {
    name: "one is cut off while epochs pass, each time another",
    validators: [4, 7],
    world: () => short,
    run: async (world) => {
      for (const { number } of world.nodes.slice(0, 4)) {
        const others = world.nodes.flatMap((node) => (node.number === number ? [] : node.number));
        world.wire.partition([[number], others]);
        await epochsPass(world, 2);
        world.wire.heal();
        await world.run(world.random.between(500, 4_000));
      }
    },
  },
  {
    name: "epochs pass over slow and lossy links",
    validators: [4],
    world: () => short,
    run: async (world) => {
      const loss = world.random.between(0.02, 0.2);
      world.wire.quality = { latencyMs: world.random.between(20, 150), jitterMs: 30, loss };
      await world.run(40_000);
    },
  },
  {
    name: "a reconfigurer votes in the next epoch while epochs pass",
    validators: [4, 7],
    world: () => short,
    adversaries: many(reconfigurer),
    run: (world) => reachEpoch(world, 4),
    afterwards: demandNoFaultFound,
  },
];
