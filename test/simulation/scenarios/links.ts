/**
 * Links that are cut, slow, or lose what is sent.
 * @module
 */
import type { Finalize } from "../../../src/protocol/vote.ts";
import { demand } from "../world/safety-violation.ts";
import type { Scenario } from "../world/scenario.ts";
import type { World } from "../world/world.ts";
import { timeOf, viewsOf } from "./demands.ts";
import { bodiesIn } from "./wiretap.ts";

export const links: readonly Scenario[] = [
  {
    name: "links of 3 s bring nothing about, and all recover when they are good again",
    validators: [4, 5],
    healWithinMs: 30_000,
    run: async (world) => {
      await world.run(3_000);
      world.wire.quality = { latencyMs: 3_000, jitterMs: 0, loss: 0 };
      await world.run(4_000); // What was under way arrives.
      const before = world.checkers.lastHeight;
      await world.run(20_000);
      demand(
        world.checkers.lastHeight <= before + 1,
        "links slower than every time-out made blocks",
      );
    },
  },
  {
    name: "halves are partitioned for a minute, then fifty views go by",
    validators: [4, 6, 10],
    run: async (world) => {
      await world.run(3_000);
      const half = world.nodes.length / 2;
      const numbers = world.nodes.map(({ number }) => number);
      world.wire.partition([numbers.slice(0, half), numbers.slice(half)]);
      await world.run(500); // What was under way arrives.
      const before = world.checkers.lastHeight;
      await world.run(60_000);
      demand(world.checkers.lastHeight === before, "half of a network made a block final");
      world.wire.heal();
      const goal = Math.max(...viewsOf(world)) + 50;
      const isThere = (): boolean => viewsOf(world).every((view) => view >= goal);
      await world.run(40_000, isThere);
      demand(isThere(), `views ${viewsOf(world).join()} of ${goal}`);
    },
  },
  {
    name: "groups are partitioned at random, again and again",
    validators: [5, 8],
    run: async (world) => {
      for (let i = 0; i < 8; i += 1) {
        const groups: number[][] = [[], [], []];
        for (const { number } of world.nodes) groups[world.random.below(3)]?.push(number);
        world.wire.partition(groups);
        await world.run(world.random.between(200, 4_000));
        world.wire.heal();
        await world.run(world.random.between(0, 1_500));
      }
    },
  },
  {
    name: "one is cut off, one direction at a time",
    validators: [4],
    run: async (world) => {
      const lonely = world.random.below(world.nodes.length);
      for (const { number } of world.nodes) {
        if (number === lonely) continue;
        if (world.random.chance(0.5)) world.wire.cut(lonely, number);
        else world.wire.cut(number, lonely);
      }
      await world.run(12_000);
    },
  },
  {
    name: "links are slow and lossy",
    validators: [4, 5],
    run: async (world) => {
      const loss = world.random.between(0.02, 0.3);
      world.wire.quality = { latencyMs: world.random.between(20, 200), jitterMs: 20, loss };
      await world.run(25_000);
    },
  },
  {
    name: "links take 200 ms, 150 more or less, and lose half",
    validators: [4, 7],
    run: async (world) => {
      world.wire.quality = { latencyMs: 200, jitterMs: 150, loss: 0.5 };
      await world.run(60_000);
    },
  },
  {
    name: "one finalization is lost in an idle network: within 5 s it is there",
    validators: [4, 7],
    run: async (world, tap) => {
      world.client.stop();
      await world.run(12_000);
      const unlucky = world.random.below(world.nodes.length);
      const before = world.checkers.lastHeight;
      // Of the one payment's view, the unlucky one hears nothing final, ever.
      tap.lose((message, _, to) => to === unlucky && bodiesIn(message).some(isFinalize));
      world.client.pay();
      await world.run(3_000, () => world.checkers.lastHeight > before);
      await world.run(1_000);
      demand(tap.lost > 0, "no finalization was lost");
      tap.lose(undefined);
      const goal = world.checkers.lastHeight;
      demand(goal > before, "the payment was not final");
      const tookMs = await timeOf(world, () => world.run(6_000, () => allAt(world, goal)));
      demand(allAt(world, goal), `not healed: ${world.nodes[unlucky]?.describe()}`);
      demand(tookMs <= 5_000, `healed only after ${tookMs} ms`);
    },
  },
];

const isFinalize = (body: { readonly kind: string }): body is Finalize => body.kind === "finalize";

const allAt = (world: World, height: number): boolean =>
  world.honest.every((node) => node.height >= height);
