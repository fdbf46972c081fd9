/**
 * The mixture: as many adversaries as may be, drawn at random, while random faults befall everybody. The main body of a
 * long run.
 * @module
 */
import { everyAdversary } from "../adversaries/every.ts";
import type { Wrap } from "../world/node.ts";
import type { Random } from "../world/random.ts";
import type { Scenario } from "../world/scenario.ts";
import type { World } from "../world/world.ts";
import { demandGoodSignatures } from "./demands.ts";

const stepsMin = 8;
const stepsMax = 16;

export const mixture: Scenario = {
  name: "adversaries drawn at random, and random faults",
  validators: [4, 5, 6, 7, 8, 9, 10],
  adversaries: (validators, random) => {
    const names = Object.keys(everyAdversary);
    return chosen(validators, random, () => {
      const wrap = everyAdversary[random.pick(names)];
      if (wrap === undefined) throw new RangeError("every adversary has a name");
      return wrap;
    });
  },
  run: async (world) => {
    const steps = stepsMin + world.random.below(stepsMax - stepsMin);
    for (let i = 0; i < steps; i += 1) {
      world.random.pick(faults)(world);
      await world.run(world.random.between(50, 3_000));
    }
    for (const node of world.nodes) node.skewMs = 0;
  },
  afterwards: demandGoodSignatures,
};

type Adversaries = ReadonlyMap<number, Wrap>;

/** As many of one kind as may be faulty, at random places. */
export const many =
  (wrap: Wrap) =>
  (validators: number, random: Random): Adversaries =>
    chosen(validators, random, () => wrap);

function chosen(validators: number, random: Random, draw: () => Wrap): Adversaries {
  const liars = new Map<number, Wrap>();
  const count = Math.floor((validators - 1) / 3);
  while (liars.size < count) liars.set(random.below(validators), draw());
  return liars;
}

type RandomFault = (world: World) => void;

/** Ordinary things are in it more than once. */
const faults: readonly RandomFault[] = [
  calm,
  calm,
  crashOne,
  crashOne,
  startOne,
  startOne,
  startAll,
  crashAll,
  partition,
  cutOneWay,
  heal,
  heal,
  poorLinks,
  goodLinks,
  wrongClock,
  payMore,
];

function calm(): void {}

function crashOne(world: World): void {
  world.random.pick(world.nodes).crash();
}

function startOne(world: World): void {
  world.random.pick(world.nodes).start();
}

function startAll(world: World): void {
  for (const node of world.nodes) node.start();
}

function crashAll(world: World): void {
  for (const node of world.nodes) node.crash();
}

function partition(world: World): void {
  const groups: number[][] = Array.from({ length: 2 + world.random.below(2) }, () => []);
  for (const { number } of world.nodes) world.random.pick(groups).push(number);
  world.wire.partition(groups);
}

function cutOneWay(world: World): void {
  const count = 1 + world.random.below(world.nodes.length);
  for (let i = 0; i < count; i += 1) {
    const [from, to] = [world.random.pick(world.nodes), world.random.pick(world.nodes)];
    if (from !== to) world.wire.cut(from.number, to.number);
  }
}

function heal(world: World): void {
  world.wire.heal();
}

function poorLinks(world: World): void {
  const { random } = world;
  world.wire.quality = {
    latencyMs: random.between(5, 400),
    jitterMs: random.between(0, 200),
    loss: random.pick([0, 0.02, 0.1, 0.4]),
  };
}

function goodLinks(world: World): void {
  world.wire.quality = { latencyMs: 5, jitterMs: 2, loss: 0 };
}

function wrongClock(world: World): void {
  world.random.pick(world.nodes).skewMs = world.random.between(-20_000, 20_000);
}

function payMore(world: World): void {
  for (let i = 0; i < 5; i += 1) world.client.pay();
}
