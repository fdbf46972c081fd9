/**
 * Crashes one validator exactly at each of its effects, restarts it, and demands safety and progress.
 *
 * An effect boundary is a point between two effects of a process: before each step of a journal write, before and after
 * a commit, before and after a vote, certificate or proposal leaves for one peer. A first run of a short script counts
 * those of one node; then one run per boundary, which is the same up to there, ends at it.
 * @module
 */
import { tellStory } from "./story.ts";
import type { SimulatedNode } from "./world/node.ts";
import { demand } from "./world/safety-violation.ts";
import { World, type WorldOptions } from "./world/world.ts";

/** A world in which time passes until the crash. */
class Stage {
  readonly world: World;
  readonly victim: SimulatedNode;
  isOver = false;
  /** Whether the boundaries that pass are among those to crash at. */
  isCounting = true;

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
    const goal = this.world.client.acknowledged.size + count;
    await this.#pay(() => this.world.client.acknowledged.size >= goal);
  }

  /** Until the victim has so many blocks. */
  async grown(height: number): Promise<void> {
    await this.#pay(() => this.victim.height >= height);
  }

  async #pay(isDone: () => boolean): Promise<void> {
    const { client } = this.world;
    const isEnough = (): boolean => this.isOver || isDone();
    client.start(payEveryMs);
    await this.world.run(patienceMs, isEnough);
    client.stop();
    demand(isEnough(), `the script stalls: ${this.victim.describe()}`);
  }
}

/** What happens until, and if nobody crashes beyond, the boundary. */
interface Script {
  readonly world: Partial<WorldOptions>;
  readonly run: (stage: Stage) => Promise<void>;
  /** The boundaries worth crashing at; absent: all. */
  readonly window?: (points: readonly string[]) => readonly number[];
}

/** How the crash goes: a loss of power, of the process alone, of everybody's power, or again soon after the restart. */
export const crashKinds = [
  "loses power, and all that was not synced,",
  "is killed",
  "loses power, and tears its files,",
  "loses power with all others",
  "crashes, and once more when it starts again,",
] as const;
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

const seed = 20_260_101;
const victim = 0;
const listeningMs = 1_200;
const payEveryMs = 100;
const payLaterEveryMs = 250;
/** As short as an epoch may be. */
const epochLength = 10;
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
  "an epoch ends": {
    world: { epochLength },
    run: async (stage) => {
      stage.isCounting = false;
      await stage.world.startAll();
      await stage.run(listeningMs);
      await stage.grown(epochLength - 2);
      stage.isCounting = true;
      await stage.grown(epochLength + 2);
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
    stage.victim.onPoint = (point) => {
      if (stage.isCounting) points.push(point);
    };
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
  const isCounting = (): boolean => stage.isCounting;
  const reached = crashAtPoint(node, { at: boundary.at, isCounting }, () => {
    stage.isOver = true;
    if (kind === "is killed") node.kill();
    else node.crash(kind === "loses power, and all that was not synced," ? "none" : "some");
    if (kind === "loses power with all others") for (const other of world.nodes) other.crash();
  });
  await script.run(stage);
  demand(reached() === boundary.point, `the boundary was not reached: ${reached()}`);
  world.client.start(payLaterEveryMs);
  await world.run(world.random.between(0, downMsMax));
  // The second crash comes within the first effects of the new process.
  const again = { at: (7 * boundary.at) % secondCrashWithin, isCounting: () => true };
  if (kind === "crashes, and once more when it starts again,")
    crashAtPoint(node, again, () => node.crash());
  for (const each of world.nodes) each.start();
  await world.run(2 * listeningMs);
  node.onPoint = undefined;
  await world.healAndDemandProgress();
  await world.checkEnd();
}

/** Crashes at the how-many-eth boundary that counts. The result says which one that was, once it came. */
function crashAtPoint(
  node: SimulatedNode,
  when: { readonly at: number; readonly isCounting: () => boolean },
  crash: () => void,
): () => string | undefined {
  let passed = 0;
  let reached: string | undefined;
  node.onPoint = (point) => {
    if (!when.isCounting()) return;
    if (passed === when.at) {
      reached = point;
      crash();
    }
    passed += 1;
  };
  return () => reached;
}
