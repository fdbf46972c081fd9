/**
 * Scenes of the simulator: whole networks of real replicas, seed after seed until something is found.
 *
 * Some are its own scenarios; the others are made for one sort of guard, as in the small worlds.
 * @module
 */
import { bodiesIn } from "../../scenarios/wiretap.ts";
import type { Wrap } from "../../world/node.ts";
import { demand } from "../../world/safety-violation.ts";
import type { Scenario } from "../../world/scenario.ts";
import type { World } from "../../world/world.ts";
import {
  emptyLastBlock,
  lastBlockAfterCrash,
  lastBlockProposedAgain,
  tooFewVotes,
} from "./epoch-ends.ts";
import type { FindingKind, Scene } from "./finding.ts";
import {
  forgerOf,
  misnamerOf,
  proposalForger,
  type RangeLie,
  rangeLiarOf,
  siblingLeader,
} from "./liars.ts";

/** What the checkers of the simulator say, and of which sort that is. */
const sorts: readonly (readonly [RegExp, FindingKind])[] = [
  [/nullified and finalized|notarized two|finalized two|votes again in epoch/, "double vote"],
  [/two (notarizations|finalizations|final blocks)|finalized and nullified|final twice/, "fork"],
  [/final with two|finalized but not notarized|does not extend|certified something else/, "fork"],
  [/never nullified|never notarized/, "fork"],
  [/certificate .* is not valid/, "false certificate"],
  [/blames|shut out honest|found conflicting votes/, "wrong blame"],
  [/other validators of|a member without|members are/, "wrong set"],
  [
    /epoch \d+ of \d+|only epoch|no progress|not in step|is at \d|was never left|blocks behind|only \d+ blocks/,
    "stall",
  ],
];

function kindOf(failure: string): FindingKind {
  const first = failure.split("\n")[0] ?? "";
  return sorts.find(([words]) => words.test(first))?.[1] ?? "crash";
}

const validators = 4;
/** Within so many seeds a mutant is found; without one, nothing is found in any of them. */
const seedsMax = 3;

/** Runs a scenario on one seed after the other, up to so many, until one fails. */
function simulated(scenario: string | Scenario, from: number): Scene {
  const sentence = typeof scenario === "string" ? scenario : scenario.name;
  const run: Scene["run"] = async () => {
    // Only here, because the other scenes need none of it.
    const { runScenario } = await import("../../run.ts");
    const { fixedSet } = await import("../../scenarios.ts");
    const known = fixedSet.find(({ name }) => name === scenario);
    const chosen = typeof scenario === "string" ? known : scenario;
    if (chosen === undefined) throw new Error(`there is no scenario "${sentence}"`);
    for (let tried = 1; tried <= seedsMax; tried += 1) {
      const seed = from + tried - 1;
      const { failure } = await runScenario(chosen, validators, seed);
      if (failure === undefined) continue;
      const message = `seed ${seed}: ${failure.split("\n")[0]}`;
      return { findings: [{ kind: kindOf(failure), message }], seeds: tried };
    }
    return { findings: [], seeds: seedsMax };
  };
  return { name: `simulator, ${validators} validators: ${sentence}`, run };
}

const liar = (wrap: Wrap) => (): ReadonlyMap<number, Wrap> => new Map([[1, wrap]]);

/** Nobody who is up and linked falls behind by more. */
const lagMax = 4;

function against(name: string, wrap: Wrap): Scenario {
  return {
    name,
    validators: [validators],
    adversaries: liar(wrap),
    run: async (world) => {
      for (let round = 0; round < 80; round += 1) {
        await world.run(100);
        for (const { number, height } of world.honest) {
          const lag = world.checkers.lastHeight - height;
          demand(lag <= lagMax, `node ${number} is ${lag} blocks behind`);
        }
      }
    },
    afterwards: (world) => world.demandSynced(),
  };
}

/** One is away for a while, and asks a liar for what it missed. */
function catchingUp(lie: RangeLie): Scenario {
  return {
    name: `a liar serves those who catch up ${lie}`,
    validators: [validators],
    adversaries: liar(rangeLiarOf(lie)),
    run: async (world) => {
      const late = world.honest.at(-1);
      await world.run(1_500);
      late?.crash();
      await world.run(4_000);
      late?.start();
      await world.run(8_000);
    },
    afterwards: (world) => world.demandSynced(),
  };
}

/** Blocks take a second to be stored, and then all lose power: whatever was certified must be somewhere. */
const slowStores: Scenario = {
  name: "blocks are stored slowly, and all lose power at once",
  healWithinMs: 15_000,
  validators: [validators],
  run: async (world) => {
    await world.run(2_000);
    for (const { disk } of world.nodes) {
      disk.speed = { commitMsMin: 700, commitMsMax: 900, syncMsMin: 0.15, syncMsMax: 0.75 };
    }
    for (let round = 0; round < 3; round += 1) {
      await world.run(world.random.between(3_000, 4_000));
      for (const node of world.nodes) node.crash("none");
      for (const node of world.nodes) node.start();
    }
  },
};

/** While no finalize vote arrives, a liar builds beside the chain; then they all arrive. */
const siblings: Scenario = {
  name: "a liar proposes its parent's sibling",
  validators: [validators],
  adversaries: liar(siblingLeader),
  run: async (world, tap) => {
    await world.run(2_000);
    tap.lose((message) => bodiesIn(message).some(({ kind }) => kind === "finalize"));
    await world.run(3_000);
    tap.lose(undefined);
    await world.run(5_000);
  },
};

/** Every vote that a validator signs after a moment, by epoch. */
function epochsSigned(world: World, validator: number, from: number): readonly number[] {
  const words = new RegExp(`validator ${validator} signs \\w+ (\\d+)/`);
  return world.trace.slice(from).flatMap((line) => {
    const found = words.exec(line)?.[1];
    return found === undefined ? [] : [Number(found)];
  });
}

/** A validator must not vote in any epoch in which it may have voted before it lost something. */
function loses(
  name: string,
  epochLength: number,
  lose: (world: World, node: World["nodes"][number]) => void,
): Scenario {
  return {
    name,
    validators: [validators],
    world: () => ({ epochLength }),
    run: async (world) => {
      const [node] = world.nodes;
      if (node === undefined) return;
      await world.run(5_000);
      const last = Math.max(...epochsSigned(world, 0, 0));
      const from = world.trace.length;
      // Its links are closed: peers must not take it for a second machine.
      node.kill();
      lose(world, node);
      node.start();
      await world.run(12_000);
      const again = epochsSigned(world, 0, from).find((epoch) => epoch <= last);
      demand(again === undefined, `validator 0 votes again in epoch ${again}`);
    },
  };
}

const losesJournal = loses("a validator loses its journal", 200, (_, node) => {
  for (const key of node.stored.keys) key.journal = undefined;
});
const losesDisk = loses("a validator loses its disk", 200, (_, node) => node.stored.wipe());
const losesLedger = loses(
  "a validator loses its ledger and keeps its journal",
  10,
  (world, node) => {
    node.stored.store = undefined;
    // Nobody tells it how far the others are.
    world.wire.partition([[0], [1, 2, 3]]);
  },
);

const rangeLies: readonly RangeLie[] = [
  "a forged finalization",
  "a finalization of something else",
  "another body",
  "blocks that are no chain",
  "headers that are no chain",
];

/** Seeds begin where mutants were found. */
export const networkScenes: readonly Scene[] = [
  simulated("as many as may are offline", 0),
  simulated(against("a liar forges votes", forgerOf("votes")), 0),
  simulated(against("a liar forges certificates", forgerOf("certificates")), 0),
  simulated(against("a liar forges proposals", proposalForger), 0),
  simulated(against("a liar shows another header by a block's name", misnamerOf("header")), 0),
  simulated(against("a liar shows another body by a block's name", misnamerOf("body")), 0),
  ...rangeLies.map((lie) => simulated(catchingUp(lie), 1)),
  simulated(siblings, 0),
  simulated(slowStores, 0),
  simulated(losesJournal, 0),
  simulated(losesDisk, 0),
  simulated(losesLedger, 0),
  simulated(lastBlockProposedAgain, 0),
  simulated(lastBlockAfterCrash, 0),
  simulated(emptyLastBlock, 0),
  simulated(tooFewVotes, 0),
  simulated("epochs pass", 0),
  simulated("one joins and leads views", 0),
  simulated("one leaves and is offline when it does", 0),
  simulated("one is away for several epochs", 0),
  simulated("a proven equivocator is out at the end of the next epoch at the latest", 0),
];
