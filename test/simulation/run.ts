/**
 * Runs one seed: which scenario, how many validators, and everything that happens follows from it.
 * @module
 */

import { demandHonestUnblamed } from "./scenarios/demands.ts";
import { Wiretap } from "./scenarios/wiretap.ts";
import { scenarios as listed } from "./scenarios.ts";
import { tellStory } from "./story.ts";
import { Random } from "./world/random.ts";
import type { Scenario } from "./world/scenario.ts";
import { EndOfTime, World } from "./world/world.ts";

export interface RunResult {
  readonly seed: number;
  readonly scenario: string;
  readonly validators: number;
  readonly height: number;
  readonly traceHash: string;
  readonly failure: string | undefined;
  readonly trace: readonly string[];
  /** Of a failing run, or when it was asked for: what happened in its last views, for people. */
  readonly story: string | undefined;
  /** Simulated. */
  readonly ranMs: number;
  readonly events: number;
}

/** Numbers of validators, both included. */
export interface Sizes {
  readonly from: number;
  readonly to: number;
}

export interface RunOptions {
  /** Instead of each scenario's own sizes. */
  readonly sizes?: Sizes | undefined;
  /** Only so much of it, in simulated time: for comparing. */
  readonly endMs?: number | undefined;
  /** Told also of a run that went well. */
  readonly wantsStory?: boolean | undefined;
}

/** The least a network can be to bear one fault. */
const usualSize = 4;
const payEveryMs = 150;
const scenarios: readonly Scenario[] = listed;

/** The round-th seed of a scenario with so many validators, by its own sizes. */
export function seedOf(scenario: Scenario, validators: number, round: number): number {
  const sizes = scenario.validators;
  const size = sizes.indexOf(validators) + sizes.length * round;
  return scenarios.indexOf(scenario) + scenarios.length * size;
}

/** Shows what one seed did; `options` are those that it was run with. */
export function replayCommand(seed: number, options: RunOptions = {}): string {
  const { sizes } = options;
  const nodes = sizes === undefined ? "" : ` --nodes ${sizes.from}..${sizes.to}`;
  return `replay: npm run simulate -- --seeds 1 --from ${seed}${nodes} --trace`;
}

/** What a seed stands for. */
export function planOf(
  seed: number,
  options: RunOptions = {},
): { readonly scenario: Scenario; readonly validators: number } {
  const scenario = scenarios[seed % scenarios.length];
  if (scenario === undefined) throw new RangeError("there is a scenario");
  const round = Math.floor(seed / scenarios.length);
  const choices =
    options.sizes === undefined ? scenario.validators : sizesOf(scenario, options.sizes);
  return { scenario, validators: choices[round % choices.length] ?? usualSize };
}

export async function runSeed(seed: number, options: RunOptions = {}): Promise<RunResult> {
  const { scenario, validators } = planOf(seed, options);
  return await runScenario(scenario, validators, seed, options);
}

export async function runScenario(
  scenario: Scenario,
  validators: number,
  seed: number,
  options: RunOptions = {},
): Promise<RunResult> {
  // Of its own, so that a scenario's choices do not shift the world's.
  const random = new Random(seed + 0.5 * 0x1_0000_0000);
  const adversaries = scenario.adversaries?.(validators, random);
  const world = new World({
    validators,
    ...(adversaries && { adversaries }),
    ...scenario.world?.(validators, random),
    seed,
    endMs: options.endMs,
  });
  const failure = await failureOf(world, scenario);
  const wantsStory = failure !== undefined || options.wantsStory === true;
  const story = wantsStory ? tellStory(world) : undefined;
  for (const node of world.nodes) node.crash();
  return {
    seed,
    scenario: scenario.name,
    validators,
    height: world.checkers.lastHeight,
    traceHash: world.traceHash(),
    failure,
    trace: world.trace,
    story,
    ranMs: world.timeline.nowMs,
    events: world.timeline.eventsRun,
  };
}

async function failureOf(world: World, scenario: Scenario): Promise<string | undefined> {
  const tap = new Wiretap(world);
  try {
    await world.startAll();
    world.client.start(scenario.payEveryMs ?? payEveryMs);
    await scenario.run(world, tap);
    tap.lose(undefined);
    if (scenario.staysHalted !== true) {
      world.client.resume();
      await world.healAndDemandProgress(scenario.healWithinMs);
    }
    await scenario.afterwards?.(world, tap);
    demandHonestUnblamed(world, tap);
    await world.checkEnd();
    return undefined;
  } catch (error) {
    if (error instanceof EndOfTime) return undefined;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function sizesOf(scenario: Scenario, { from, to }: Sizes): readonly number[] {
  const all = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const fitting = all.filter((size) => scenario.fits?.(size) ?? true);
  return fitting.length > 0 ? fitting : scenario.validators;
}
