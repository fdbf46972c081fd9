/**
 * The mixture: as many adversaries, twins and lost disks as may be, drawn at random, while random faults befall
 * everybody and epochs pass. The main body of a long run.
 * @module
 */
import { everyAdversary } from "../adversaries/every.ts";
import { unaware } from "../adversaries/unsuspecting.ts";
import type { Wrap } from "../world/node.ts";
import type { Random } from "../world/random.ts";
import type { Scenario } from "../world/scenario.ts";
import type { WorldOptions } from "../world/world.ts";
import { demandGoodSignatures } from "./demands.ts";
import { drawFault, lossesOf } from "./random-faults.ts";

const stepsMin = 8;
const stepsMax = 18;
const spareMax = 2;

export const mixture: Scenario = {
  name: "adversaries, twins and lost disks drawn at random, and random faults",
  validators: [4, 5, 6, 7, 8, 9, 10],
  world: (validators, random) => ({
    ...drawLiars(validators, random.below(spareMax + 1), random),
    ...(random.chance(0.6) && { epochLength: 10 + random.below(30) }),
  }),
  run: async (world) => {
    const losses = lossesOf(world);
    const steps = stepsMin + world.random.below(stepsMax - stepsMin);
    for (let i = 0; i < steps; i += 1) {
      await drawFault(world.random)(world, losses);
      await world.run(world.random.between(50, 3_000));
    }
    for (const node of world.nodes) node.onPoint = undefined;
  },
  afterwards: demandGoodSignatures,
};

/** Of those who may be faulty some lie, some have a twin, and the others may lose their disks. */
function drawLiars(validators: number, spare: number, random: Random): Partial<WorldOptions> {
  const names = Object.keys(everyAdversary);
  const adversaries = new Map<number, Wrap>();
  const twins: number[] = [];
  for (const number of drawFaulty(validators, random)) {
    const kind = random.fraction();
    if (kind < 0.1) continue; // Its disk is what fails.
    const isTwin = kind < 0.25;
    if (isTwin) adversaries.set(validators + spare + twins.push(number) - 1, unaware(number));
    const wrap = isTwin ? unaware(number) : everyAdversary[random.pick(names)];
    if (wrap !== undefined) adversaries.set(number, wrap);
  }
  return { spare, adversaries, twins };
}

/** As many of one kind as may be faulty, at random places. */
export const many =
  (wrap: Wrap) =>
  (validators: number, random: Random): ReadonlyMap<number, Wrap> =>
    new Map(drawFaulty(validators, random).map((number) => [number, wrap]));

function drawFaulty(validators: number, random: Random): readonly number[] {
  const drawn = new Set<number>();
  const count = Math.floor((validators - 1) / 3);
  while (drawn.size < count) drawn.add(random.below(validators));
  return [...drawn];
}
