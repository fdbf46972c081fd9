/**
 * Crashes one validator exactly at each of its effects, restarts it, and demands safety and progress.
 *
 * An effect boundary is a point between two effects of a process: before each step of a journal write, before and after
 * a commit, before and after a vote, certificate or proposal leaves for one peer. A first run of a short script counts
 * those of one node; then one run per boundary, which is the same up to there, ends at it.
 * @module
 */
import { tellStory } from "./story.ts";
import type { Survivors } from "./world/disk.ts";
import type { SimulatedNode } from "./world/node.ts";
import { demand } from "./world/safety-violation.ts";
import { World, type WorldOptions } from "./world/world.ts";

/** A world in which time passes until the crash. */
class Stage {
  readonly world: World;
  readonly victim: SimulatedNode;
  isOver = false;

  constructor(options: Partial<WorldOptions>) {
    this.world = new World({ validators: 4, ...options, seed });
    const node = this.world.nodes[victim];
    if (node === undefined) throw new RangeError("the victim is a node");
    this.victim = node;
  }

  async run(forMs: number): Promise<void> {
    await this.world.run(forMs, () => this.isOver);
  }

  /** Until so many more payments are acknowledged. */
  async paid(count: number): Promise<void> {
    const { client } = this.world;
    const goal = client.acknowledged.size + count;
    client.start(payEveryMs);
    await this.world.run(patienceMs, () => this.isOver || client.acknowledged.size >= goal);
    client.stop();
    const isPaid = this.isOver || client.acknowledged.size >= goal;
    demand(isPaid, `${count} payments took more than ${patienceMs} ms`);
  }
}

/** What happens until, and if nobody crashes beyond, the boundary. */
interface Script {
  readonly world: Partial<WorldOptions>;
  readonly run: (stage: Stage) => Promise<void>;
  /** The boundaries worth crashing at; absent: all. */
  readonly window?: (points: readonly string[]) => readonly number[];
}

/** How the crash goes: what is left of the unsynced; or all nodes with it; or again, soon after the restart. */
export const crashKinds = ["loses all", "keeps all", "is torn", "with all others", "twice"] as const;
export type CrashKind = (typeof crashKinds)[number];

export interface Boundary {
  readonly script: string;
  /** The how-many-eth of its script. */
  readonly at: number;
  readonly point: string;
}

export interface BoundaryRun {
  readonly boundary: Boundary;
  readonly kind: CrashKind;
}

export interface BoundaryReport {
  readonly run: BoundaryRun;
  readonly failure: string | undefined;
  readonly story: string | undefined;
}

const survivorsIn: Readonly<Record<CrashKind, Survivors>> = {
  "loses all": "none",
  "keeps all": "all",
  "is torn": "some",
  "with all others": "some",
  twice: "some",
};

const seed = 20_260_101;
const victim = 0;
const listeningMs = 1_200;
const payEveryMs = 100;
const downMsMax = 1_500;
const secondCrashWithin = 40;

const patienceMs = 60_000;

const scripts: Readonly<Record<string, Script>> = {
  voting: {
    world: {},
    run: async (stage) => {
      await stage.world.startAll();
      await stage.run(listeningMs);
      await stage.paid(4);
    },
  },
  "catching up": {
    world: { asleep: [victim] },
    run: async (stage) => {
      await stage.world.startAll();
      await stage.run(listeningMs);
      await stage.paid(8);
      stage.victim.start();
      await stage.run(2 * listeningMs);
      await stage.paid(2);
    },
  },
  "the journal is pruned": {
    world: {},
    run: async (stage) => {
      await stage.world.startAll();
      await stage.paid(100);
    },
    window: (points) => {
      const at = points.indexOf("before journal replace");
      return at < 0 ? [] : [at - 1, at, at + 1, at + 2, at + 3, at + 4];
    },
  },
};

/** All boundaries of all scripts. */
export async function countBoundaries(): Promise<readonly Boundary[]> {
  const boundaries: Boundary[] = [];
  for (const [name, script] of Object.entries(scripts)) {
    const stage = new Stage(script.world);
    const points: string[] = [];
    stage.victim.onPoint = (point) => points.push(point);
    await script.run(stage);
    for (const node of stage.world.nodes) node.crash();
    for (const at of script.window?.(points) ?? points.keys()) {
      boundaries.push({ script: name, at, point: points[at] ?? "" });
    }
  }
  return boundaries;
}

/** Every boundary with every kind of crash. */
export const boundaryRuns = (boundaries: readonly Boundary[]): readonly BoundaryRun[] =>
  boundaries.flatMap((boundary) => crashKinds.map((kind) => ({ boundary, kind })));

/** One crash; a safety violation, a stall, or a boundary that is not reached is a failure. */
export async function crashAt(run: BoundaryRun): Promise<BoundaryReport> {
  const script = scripts[run.boundary.script];
  if (script === undefined) throw new RangeError(`no script is called ${run.boundary.script}`);
  const stage = new Stage(script.world);
  let failure: string | undefined;
  try {
    await crashIn(stage, script, run);
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const story = failure === undefined ? undefined : tellStory(stage.world);
  for (const node of stage.world.nodes) node.crash();
  return { run, failure, story };
}

async function crashIn(stage: Stage, script: Script, run: BoundaryRun): Promise<void> {
  const { world, victim: node } = stage;
  const { boundary, kind } = run;
  const reached = crashAtPoint(node, boundary.at, () => {
    stage.isOver = true;
    node.crash(survivorsIn[kind]);
    if (kind === "with all others") for (const other of world.nodes) other.crash();
  });
  await script.run(stage);
  demand(reached() === boundary.point, `the boundary was not reached: ${reached()}`);
  world.client.start(payEveryMs);
  await world.run(world.random.between(0, downMsMax));
  // The second crash comes within the first effects of the new process.
  if (kind === "twice") crashAtPoint(node, (7 * boundary.at) % secondCrashWithin, () => node.crash());
  for (const each of world.nodes) each.start();
  await world.run(2 * listeningMs);
  node.onPoint = undefined;
  await world.healAndDemandProgress();
  await world.checkEnd();
}

/** Crashes at the how-many-eth boundary from now on. The result says which one that was, once it came. */
function crashAtPoint(node: SimulatedNode, at: number, crash: () => void): () => string | undefined {
  let passed = 0;
  let reached: string | undefined;
  node.onPoint = (point) => {
    if (passed === at) {
      reached = point;
      crash();
    }
    passed += 1;
  };
  return () => reached;
}
