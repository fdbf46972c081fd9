/**
 * `npm run simulate -- --seeds N [--from SEED] [--nodes A..B]`: whole networks from seeds; exit 0 only if every one was
 * safe and then live. `--crash-boundaries` crashes a node at every one of its effects instead.
 *
 * The seeds are spread over the cores. A failing seed prints the one command that replays it, and the story of its
 * views; `--story` prints it for any seed, `--trace` every line of a run.
 * @module
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type BoundaryReport, boundaryRuns, countBoundaries } from "./crash-boundaries.ts";
import { Progress } from "./progress.ts";
import { type RunResult, replayCommand, type Sizes } from "./run.ts";
import { Shards } from "./shards.ts";

const usage = `usage: npm run simulate -- [--seeds N] [--from SEED | --pick SEED,SEED] [--nodes A..B]
                             [--workers K] [--end MS] [--trace] [--story] [--hashes]
                             [--crash-boundaries]\n`;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "0" },
    pick: { type: "string" },
    nodes: { type: "string" },
    workers: { type: "string", default: String(availableParallelism()) },
    trace: { type: "boolean", default: false },
    story: { type: "boolean", default: false },
    end: { type: "string" },
    hashes: { type: "boolean", default: false },
    "crash-boundaries": { type: "boolean", default: false },
  },
});

const seedsShownMax = 20;

async function simulate(): Promise<boolean> {
  const seeds = seedsAskedFor();
  const count = seeds.length;
  const endMs = values.end === undefined ? undefined : wholeNumber(values.end, 1);
  const options = { sizes: sizesOf(values.nodes), wantsStory: values.story, endMs };
  const progress = new Progress(count, "seeds");
  const coverage = new Map<string, { runs: number; failed: number }>();
  const isShown = values.hashes || values.story || count <= seedsShownMax;
  const shards = new Shards(wholeNumber(values.workers, 1));
  await shards.runSeeds(seeds, { ...options, wantsTrace: values.trace }, (result) => {
    const isGood = result.failure === undefined;
    const row = coverage.get(result.scenario) ?? { runs: 0, failed: 0 };
    coverage.set(result.scenario, { runs: row.runs + 1, failed: row.failed + (isGood ? 0 : 1) });
    progress.done(isGood);
    if (!isGood || isShown) progress.say(tell(result, replayCommand(result.seed, options)));
  });
  progress.end();
  if (count > seedsShownMax) for (const line of coverageLines(coverage)) write(line);
  write(`${progress.summary} safe and live, ${progress.failed} failed, ${progress.rate}`);
  return progress.failed === 0;
}

function tell(result: RunResult, replay: string): string {
  const { seed, scenario, validators, height, ranMs, failure, story, trace, traceHash } = result;
  const facts = `seed ${seed}: ${scenario}, ${validators} validators, height ${height} in ${(ranMs / 1_000).toFixed(1)} s`;
  const lines = [...(values.trace ? trace : [])];
  if (failure === undefined) lines.push(`ok   ${facts}, trace ${traceHash.slice(0, 16)}`);
  else lines.push(`FAIL ${facts}`, failure, replay);
  if (story !== undefined) lines.push(story);
  return lines.join("\n");
}

function coverageLines(
  coverage: ReadonlyMap<string, { readonly runs: number; readonly failed: number }>,
): readonly string[] {
  return [...coverage]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, { runs, failed }]) =>
        `${String(runs).padStart(6)} ${failed > 0 ? `${failed} FAILED ` : ""}${name}`,
    );
}

async function crashEverywhere(): Promise<boolean> {
  const boundaries = await countBoundaries();
  const runs = boundaryRuns(boundaries);
  write(`${boundaries.length} effect boundaries of one node, ${runs.length} crashes`);
  const progress = new Progress(runs.length, "crashes");
  const shards = new Shards(wholeNumber(values.workers, 1));
  await shards.runBoundaries(runs, (report) => {
    progress.done(report.failure === undefined);
    if (report.failure !== undefined) progress.say(tellBoundary(report));
  });
  progress.end();
  for (const [name, times] of tally(boundaries.map(({ point }) => point)))
    write(`${String(times).padStart(6)} ${name}`);
  write(`${progress.summary} survived, ${progress.failed} failed, ${progress.rate}`);
  return progress.failed === 0;
}

const tellBoundary = ({ run, failure, story }: BoundaryReport): string =>
  [
    `FAIL ${run.boundary.script}: boundary ${run.boundary.at} (${run.boundary.point}), ${run.kind}`,
    failure,
    story,
  ].join("\n");

function tally(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names.toSorted()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function seedsAskedFor(): readonly number[] {
  if (values.pick !== undefined) return values.pick.split(",").map((text) => wholeNumber(text, 0));
  const from = wholeNumber(values.from, 0);
  return Array.from({ length: wholeNumber(values.seeds, 1) }, (_, i) => from + i);
}

function sizesOf(text: string | undefined): Sizes | undefined {
  if (text === undefined) return undefined;
  const [from = "", to = from] = text.split("..");
  const sizes = { from: wholeNumber(from, 1), to: wholeNumber(to, 1) };
  return sizes.to < sizes.from ? refuse() : sizes;
}

function wholeNumber(text: string, least: number): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= least ? value : refuse();
}

function refuse(): never {
  process.stderr.write(usage);
  process.exit(2);
}

const write = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const isGood = await (values["crash-boundaries"] ? crashEverywhere() : simulate());
process.exitCode = isGood ? 0 : 1;
