/**
 * Somebody is away, late, slow, or only looks on.
 * @module
 */

import { demand } from "../world/safety-violation.ts";
import type { Scenario } from "../world/scenario.ts";
import { demandProgressDuring } from "./demands.ts";

export const absence: readonly Scenario[] = [
  {
    name: "an observer follows",
    validators: [4, 7],
    world: () => ({ spare: 1 }),
    run: async (world) => {
      const observer = world.nodes.at(-1);
      await demandProgressDuring(world, 30, () => world.run(15_000));
      const lag = world.checkers.lastHeight - (observer?.height ?? 0);
      demand(lag <= 2, `the observer is ${lag} blocks behind`);
      const voting = observer?.queries?.status().voting.kind;
      demand(voting === "observer", `the observer is ${voting}`);
    },
    afterwards: (world) => world.demandSynced(),
  },
  {
    name: "one joins from an early block of its disk and reaches the tip",
    validators: [4, 7],
    world: (validators) => ({ spare: 1, epochLength: 10, asleep: [validators] }),
    run: async (world) => {
      const joiner = world.nodes.at(-1);
      await world.run(4_000);
      joiner?.start();
      await world.run(4_000);
      joiner?.crash();
      await world.run(25_000);
      const missed = world.checkers.lastHeight;
      joiner?.start();
      await world.run(15_000, () => (joiner?.height ?? 0) >= missed);
      demand((joiner?.height ?? 0) >= missed, `it is at ${joiner?.height} of ${missed}`);
    },
    afterwards: (world) => world.demandSynced(),
  },
  {
    name: "one validator is offline: its views are nullified, and soon cost no time-out",
    validators: [4, 7],
    run: async (world) => {
      world.random.pick(world.nodes).crash();
      await world.run(15_000);
      for (const { queries, isUp } of world.honest) {
        if (!isUp) continue;
        const reasons = queries?.status().nullified.map(({ reason }) => reason) ?? [];
        demand(reasons.length >= 5, "hardly a view was nullified");
        const late = reasons.slice(-3).filter((reason) => reason !== "leader-silent");
        demand(late.length === 0, `views of an absent leader still wait: ${late.join()}`);
      }
    },
  },
  {
    name: "as many as may are offline",
    validators: [7, 10],
    run: async (world) => {
      const away = Math.floor((world.nodes.length - 1) / 3);
      for (const node of world.nodes.slice(-away)) node.crash();
      await demandProgressDuring(world, 10, () => world.run(20_000));
    },
  },
  {
    name: "one more than may is offline: nothing happens, and they say so",
    validators: [4, 7],
    run: async (world) => {
      await world.run(3_000);
      const living = world.validators.quorum - 1;
      for (const node of world.nodes.slice(living)) node.crash();
      await world.run(1_000);
      const before = world.checkers.lastHeight;
      await world.run(20_000);
      demand(world.checkers.lastHeight === before, "fewer than a quorum made a block final");
      for (const { queries } of world.nodes.slice(0, living)) {
        demand(queries?.status().sync.kind === "no-quorum", "no quorum, and nobody said so");
      }
    },
  },
  {
    name: "one validator is slow: it follows though its votes come late",
    validators: [4, 7],
    run: async (world) => {
      const slow = world.random.below(world.nodes.length);
      for (const { number } of world.nodes) {
        world.wire.setLink(slow, number, { latencyMs: 700, jitterMs: 50, loss: 0 });
      }
      await demandProgressDuring(world, 30, () => world.run(20_000));
      const lag = world.checkers.lastHeight - (world.nodes[slow]?.height ?? 0);
      demand(lag <= 4, `the slow one is ${lag} blocks behind`);
    },
  },
  {
    name: "one comes back after a long absence of many nullified views",
    validators: [4, 5],
    run: async (world) => {
      const [late] = world.nodes;
      late?.crash();
      await world.run(10_000);
      world.wire.quality = { latencyMs: 3_000, jitterMs: 100, loss: 0 };
      await world.run(60_000);
      world.wire.repair();
      await world.run(10_000);
      const missed = world.checkers.lastHeight;
      late?.start();
      await world.run(20_000, () => (late?.height ?? 0) >= missed);
      demand((late?.height ?? 0) >= missed, `it is at ${late?.height} of ${missed}`);
    },
    afterwards: (world) => world.demandSynced(),
  },
  {
    name: "one starts with nothing when hundreds of blocks are final",
    validators: [4, 7],
    run: async (world) => {
      const late = world.nodes.at(-1);
      late?.crash();
      await world.run(40_000);
      const missed = world.checkers.lastHeight;
      demand(missed >= 150, `only ${missed} blocks to catch up with`);
      late?.start();
      await world.run(15_000, () => (late?.height ?? 0) >= missed);
      demand((late?.height ?? 0) >= missed, `it is at ${late?.height} of ${missed}`);
    },
    afterwards: (world) => world.demandSynced(),
  },
];
