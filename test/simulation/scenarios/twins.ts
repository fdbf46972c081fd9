/**
 * Twins: one validator key on two machines. With the guards of the honest code one of them, or both, falls silent; and
 * where both are kept from noticing, masks decide who hears which of them (Bano and others, "Twins: BFT Systems Made
 * Robust", OPODIS 2021).
 * @module
 */
import { unaware } from "../adversaries/unsuspecting.ts";
import type { Wrap } from "../world/node.ts";
import type { Random } from "../world/random.ts";
import { demand } from "../world/safety-violation.ts";
import type { Scenario } from "../world/scenario.ts";
import type { World } from "../world/world.ts";

const faultyMax = (validators: number): number => Math.floor((validators - 1) / 3);

export const twins: readonly Scenario[] = [
  {
    name: "a key is on two machines, and they find out: one at least falls silent",
    validators: [4, 7],
    world: () => ({ twins: [1] }),
    run: async (world) => {
      await world.run(15_000);
      const [first, second] = [world.nodes[1], world.twinOf(1)];
      const voting = [first, second].filter(
        (node) => node?.queries?.status().voting.kind === "voting",
      );
      demand(voting.length <= 1, "both machines of one key go on voting");
    },
  },
  {
    name: "twins that do not notice, under masks drawn anew every second or so",
    validators: [4, 7],
    ...withTwins(),
    run: async (world) => {
      for (let i = 0; i < 20; i += 1) {
        for (const twin of twinsOf(world)) world.maskTwins(twin, drawnMasks(world));
        await world.run(world.random.between(100, 2_000));
        if (world.random.chance(0.3)) world.wire.heal();
      }
    },
  },
  {
    name: "twins that do not notice, each heard by one half all the time",
    validators: [4, 7, 10],
    ...withTwins(),
    run: async (world) => {
      const others = world.honest.map(({ number }) => number);
      const halves = {
        first: others.filter((_, at) => at % 2 === 0),
        second: others.filter((_, at) => at % 2 === 1),
      };
      for (const twin of twinsOf(world)) world.maskTwins(twin, halves);
      await world.run(20_000);
    },
  },
  {
    name: "twins that do not notice, while the halves that hear them are partitioned in turns",
    validators: [4, 7],
    ...withTwins(),
    run: async (world) => {
      for (let i = 0; i < 8; i += 1) {
        const { first, second } = drawnMasks(world);
        const machines = twinsOf(world);
        const others = machines.map((twin) => world.twinOf(twin).number);
        world.wire.partition([
          [...first, ...machines],
          [...second, ...others],
        ]);
        await world.run(world.random.between(300, 4_000));
        world.wire.heal();
        await world.run(world.random.between(0, 1_500));
      }
    },
  },
];

/** As many keys as may be faulty are on two machines each; neither machine hears of what the other signs. */
function withTwins(): Pick<Scenario, "world" | "adversaries"> {
  const numbers = (validators: number): readonly number[] =>
    Array.from({ length: faultyMax(validators) }, (_, number) => number);
  return {
    world: (validators) => ({ twins: numbers(validators) }),
    adversaries: (validators) => {
      const wraps = new Map<number, Wrap>();
      for (const [at, number] of numbers(validators).entries()) {
        wraps.set(number, unaware(number));
        wraps.set(validators + at, unaware(number));
      }
      return wraps;
    },
  };
}

const twinsOf = (world: World): readonly number[] =>
  Array.from({ length: faultyMax(world.validators.count) }, (_, number) => number);

/** Each other node hears one of the two, or both, or none. */
function drawnMasks({ random, honest }: World): {
  readonly first: readonly number[];
  readonly second: readonly number[];
} {
  const first: number[] = [];
  const second: number[] = [];
  for (const { number } of honest) {
    const which = draw(random);
    if (which !== "second" && which !== "none") first.push(number);
    if (which !== "first" && which !== "none") second.push(number);
  }
  return { first, second };
}

const draw = (random: Random): "first" | "second" | "both" | "none" =>
  random.pick(["first", "first", "second", "second", "both", "none"]);
