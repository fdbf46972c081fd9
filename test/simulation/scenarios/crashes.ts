/**
 * Processes that die, one or all, at any moment.
 * @module
 */

import { demand } from "../world/safety-violation.ts";
import type { Scenario } from "../world/scenario.ts";
import type { World } from "../world/world.ts";
import { demandNoFaultFound } from "./demands.ts";
import { bodiesIn } from "./wiretap.ts";

export const crashes: readonly Scenario[] = [
  {
    name: "each crashes and restarts in turn",
    validators: [4],
    run: async (world) => {
      for (const node of world.nodes) {
        await world.run(world.random.between(300, 2_000));
        node.crash();
        await world.run(world.random.between(100, 3_000));
        node.start();
      }
    },
  },
  {
    name: "all crash at once, repeatedly",
    validators: [4, 5, 7],
    run: async (world) => {
      for (let i = 0; i < 6; i += 1) {
        // Up to a second of it they only listen; the rest they vote.
        await world.run(world.random.between(500, 4_500));
        await restartAll(world, world.random.between(0, 500));
      }
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "crashes at random moments",
    validators: [4, 7],
    run: async (world) => {
      for (let i = 0; i < 10; i += 1) {
        await world.run(world.random.between(10, 2_500));
        const node = world.random.pick(world.nodes);
        if (!node.isUp) node.start();
        else if (world.random.chance(0.5)) node.kill();
        else node.crash();
      }
    },
    afterwards: demandNoFaultFound,
  },
  {
    name: "one is dead, and all others crash when their nullify votes are journaled and nobody has heard them",
    validators: [4, 7],
    run: async (world, tap) => {
      await world.run(3_000);
      const away = Math.floor((world.nodes.length - 1) / 3);
      for (const node of world.nodes.slice(0, away)) node.crash();
      tap.lose((message) => bodiesIn(message).some(({ kind }) => kind === "nullify"));
      const living = world.nodes.slice(away);
      const haveNullified = (): boolean =>
        living.every(({ queries }) => (queries?.status().nullified.length ?? 0) > 0);
      await world.run(20_000, haveNullified);
      demand(haveNullified(), "a dead leader's view was not nullified");
      await world.run(50); // What was decided is in the journals.
      const before = world.checkers.lastHeight;
      for (const node of living) node.crash();
      tap.lose(undefined);
      for (const node of living) node.start();
      await world.run(15_000);
      demand(world.checkers.lastHeight > before + 5, "the view that all nullified was never left");
    },
  },
];

async function restartAll(world: World, afterMs: number): Promise<void> {
  for (const node of world.nodes) node.crash();
  await world.run(afterMs);
  for (const node of world.nodes) node.start();
}
