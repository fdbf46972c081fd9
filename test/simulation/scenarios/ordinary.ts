/**
 * Networks to which nothing, or little, happens: what they must be able to do at least.
 * @module
 */

import { demand } from "../world/safety-violation.ts";
import type { Scenario } from "../world/scenario.ts";
import type { World } from "../world/world.ts";
import { demandNobodyShutOut, demandNoFaultFound, viewsOf } from "./demands.ts";

export const ordinary: readonly Scenario[] = [
  {
    name: "all online",
    validators: [4, 5, 7],
    run: (world) => world.run(8_000),
    afterwards: (world, tap) => {
      demandNoFaultFound(world);
      demandNobodyShutOut(tap);
      for (const { queries } of world.honest) {
        demand(queries?.status().nullified.length === 0, "a view was nullified for nothing");
      }
    },
  },
  {
    name: "an idle network is quiet, then pays",
    validators: [4],
    run: async (world) => {
      world.client.stop();
      await world.run(35_000);
      demand(Math.max(...viewsOf(world)) < 20, "an idle network was busy");
    },
  },
  {
    name: "many payments come at once",
    validators: [4, 7],
    run: async (world) => {
      world.client.stop();
      await world.run(5_000);
      const payments = world.client.burst(25);
      await world.run(20_000, () =>
        payments.every((id) => world.checkers.heightOf(id) !== undefined),
      );
      const missing = payments.filter((id) => world.checkers.heightOf(id) === undefined);
      demand(missing.length === 0, `${missing.length} of ${payments.length} payments not final`);
    },
  },
  {
    name: "a hundred views over links of 80 ms that lose 2 %",
    validators: [10],
    run: (world) => manyViews(world, 100),
  },
  {
    name: "clocks are wrong",
    validators: [4],
    run: async (world) => {
      for (const node of world.nodes) node.skewMs = world.random.between(-20_000, 20_000);
      await world.run(10_000);
      for (const node of world.nodes) node.skewMs = 0;
    },
  },
];

/** Minutes of a processor: only for long runs. */
export const tooLong: readonly Scenario[] = [
  {
    name: "a thousand views over links of 80 ms that lose 2 %",
    validators: [10],
    fits: (validators) => validators === 10,
    run: (world) => manyViews(world, 1_000),
  },
];

async function manyViews(world: World, views: number): Promise<void> {
  world.wire.quality = { latencyMs: 80, jitterMs: 10, loss: 0.02 };
  const isThere = (): boolean => Math.min(...viewsOf(world)) >= views;
  await world.run(views * 1_000, isThere);
  demand(isThere(), `not ${views} views in ${views} s: ${viewsOf(world).join()}`);
  demandNoFaultFound(world);
}
