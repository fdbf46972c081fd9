/**
 * The scenarios: what happens to a network before it is healed and must make progress. One sentence each.
 * @module
 */
import { boaster } from "./adversaries/boaster.ts";
import { equivocator } from "./adversaries/equivocator.ts";
import { stateForger } from "./adversaries/state-forger.ts";
import type { Wrap } from "./world/node.ts";
import { World } from "./world/world.ts";

export interface Scenario {
  readonly name: string;
  readonly validators: readonly number[];
  readonly adversaries?: (validators: number) => ReadonlyMap<number, Wrap>;
  readonly run: (world: World) => Promise<void>;
}

export const scenarios: readonly Scenario[] = [
  {
    name: "all online",
    validators: [4, 5, 7],
    run: (world) => world.run(8_000),
  },
  {
    name: "an idle network is quiet, then pays",
    validators: [4],
    run: async (world) => {
      world.client.stop();
      await world.run(35_000);
    },
  },
  {
    name: "one validator is offline",
    validators: [4, 7],
    run: async (world) => {
      world.random.pick(world.nodes).crash();
      await world.run(15_000);
    },
  },
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
    validators: [4, 5],
    run: async (world) => {
      for (let i = 0; i < 4; i += 1) {
        // Up to a second of it they only listen; the rest they vote.
        await world.run(world.random.between(500, 4_500));
        for (const node of world.nodes) node.crash();
        await world.run(world.random.between(0, 500));
        for (const node of world.nodes) node.start();
      }
    },
  },
  {
    name: "crashes at random moments",
    validators: [4, 7],
    run: async (world) => {
      for (let i = 0; i < 10; i += 1) {
        await world.run(world.random.between(10, 2_500));
        const node = world.random.pick(world.nodes);
        if (node.isUp) node.crash();
        else node.start();
      }
    },
  },
  {
    name: "halves are partitioned, then healed",
    validators: [4, 6],
    run: async (world) => {
      await world.run(3_000);
      const numbers = world.nodes.map(({ number }) => number);
      const half = numbers.length / 2;
      world.wire.partition([numbers.slice(0, half), numbers.slice(half)]);
      await world.run(world.random.between(3_000, 20_000));
      world.wire.heal();
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
    name: "clocks are wrong",
    validators: [4],
    run: async (world) => {
      for (const node of world.nodes) node.skewMs = world.random.between(-20_000, 20_000);
      await world.run(10_000);
      for (const node of world.nodes) node.skewMs = 0;
    },
  },
  {
    name: "a leader equivocates",
    validators: [4, 7],
    adversaries: (validators) => new Map([[validators - 1, equivocator]]),
    run: (world) => world.run(15_000),
  },
  {
    name: "a leader proposes blocks with a forged state root",
    validators: [4, 7],
    adversaries: () => new Map([[1, stateForger]]),
    run: (world) => world.run(12_000),
  },
  {
    name: "a validator boasts of blocks that it never delivers",
    validators: [4, 7],
    adversaries: () => new Map([[0, boaster]]),
    run: async (world) => {
      await world.run(6_000);
      const late = world.honest.at(-1);
      late?.crash();
      await world.run(4_000);
      late?.start();
      await world.run(8_000);
      world.demandSynced();
    },
  },
  {
    name: "a leader equivocates while others crash and links lose frames",
    validators: [7],
    adversaries: () => new Map([[2, equivocator]]),
    run: async (world) => {
      world.wire.quality = { latencyMs: 30, jitterMs: 20, loss: 0.05 };
      for (let i = 0; i < 6; i += 1) {
        await world.run(world.random.between(200, 2_000));
        const node = world.random.pick(world.honest);
        if (node.isUp) node.crash();
        else node.start();
      }
    },
  },
];

export interface RunResult {
  readonly seed: number;
  readonly scenario: string;
  readonly validators: number;
  readonly height: number;
  readonly traceHash: string;
  readonly failure: string | undefined;
  readonly trace: readonly string[];
}

/** The round-th seed of a scenario with so many validators. */
export function seedOf(scenario: Scenario, validators: number, round: number): number {
  const sizes = scenario.validators;
  const size = sizes.indexOf(validators) + sizes.length * round;
  return scenarios.indexOf(scenario) + scenarios.length * size;
}

export const replayCommand = (seed: number): string =>
  `replay: npm run simulate -- --seeds 1 --from ${seed} --trace`;

/** One seed: which scenario, how many validators, everything follows from it. */
export async function runSeed(seed: number): Promise<RunResult> {
  const scenario = scenarios[seed % scenarios.length];
  if (scenario === undefined) throw new RangeError("there is a scenario");
  const round = Math.floor(seed / scenarios.length);
  const validators = scenario.validators[round % scenario.validators.length] ?? 4;
  return await runScenario(scenario, validators, seed);
}

export async function runScenario(
  scenario: Scenario,
  validators: number,
  seed: number,
): Promise<RunResult> {
  const adversaries = scenario.adversaries?.(validators);
  const world = new World({ seed, validators, ...(adversaries && { adversaries }) });
  let failure: string | undefined;
  try {
    await world.startAll();
    world.client.start(150);
    await scenario.run(world);
    world.client.resume();
    await world.healAndDemandProgress();
    await world.checkEnd();
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    for (const node of world.nodes) node.crash();
  }
  return {
    seed,
    scenario: scenario.name,
    validators,
    height: world.checkers.lastHeight,
    traceHash: world.traceHash(),
    failure,
    trace: world.trace,
  };
}
