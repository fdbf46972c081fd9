/**
 * `node dist/test/exhaustive/explore.js [--views 3]`: every interleaving of small worlds; exit 0 only if all is safe.
 *
 * One line for each world: how many states, how long. A violation is told as the shortest way to it. Three views take
 * about a quarter of an hour and 4 GB (`node --max-old-space-size=4096`); two take a minute. `--mutants`: the searches
 * that must find something, and those of which it is known that they find nothing.
 * @module
 */
import { parseArgs } from "node:util";
import { finalize, notarize, nullify, proposal } from "../unit/consensus/scene.ts";
import { exploreLostJournal } from "./lost-journal.ts";
import { changedSet, oneSet } from "./lost-journal-worlds.ts";
import { mutants } from "./mutants.ts";
import { exploreBoundary, exploreHops } from "./set-change.ts";
import { story } from "./story.ts";
import { exploreTally } from "./tally.ts";
import { World, type WorldOptions } from "./world.ts";

const { values } = parseArgs({
  options: {
    views: { type: "string", default: "3" },
    mutants: { type: "boolean", default: false },
  },
});
const views = Number(values.views);
if (views !== 1 && views !== 2 && views !== 3) {
  process.stderr.write("usage: node dist/test/exhaustive/explore.js [--views 1|2|3] [--mutants]\n");
  process.exit(2);
}

let unexpected = 0;

function timed<Value>(name: string, explore: () => Value, words: (value: Value) => string): Value {
  const fromMs = performance.now();
  const value = explore();
  const seconds = ((performance.now() - fromMs) / 1_000).toFixed(1);
  process.stdout.write(`${name}: ${words(value)}, ${seconds} s\n`);
  return value;
}

function explored(name: string, options: WorldOptions): string | undefined {
  const world = new World(options);
  const found = timed(
    name,
    () => world.explore(),
    () => {
      const machines = [...new Set(world.seats.map(({ machine }) => machine))];
      const local = machines.map(({ states }) => states.length).join(" + ");
      const steps = machines.reduce((sum, machine) => sum + machine.steps, 0);
      return `${world.table.size} states, ${world.transitions} moves, local states ${local}, ${steps} inputs`;
    },
  );
  if (found === undefined) return undefined;
  for (const line of story(world, found)) process.stdout.write(`    ${line}\n`);
  return found.sentence;
}

function exploreModels(): void {
  for (const [name, options] of [
    ["one set", oneSet] as const,
    ["changing set", changedSet] as const,
  ]) {
    const { twice } = timed(
      `lost journal, ${name}`,
      () => exploreLostJournal(options),
      ({ states, recoveries }) => `${states} states, ${recoveries} recoveries`,
    );
    for (const line of twice ?? []) process.stdout.write(`    ${line}\n`);
    if (twice !== undefined) unexpected += 1;
  }
  for (const [name, explore] of [
    ["boundary", exploreBoundary],
    ["hops", exploreHops],
  ] as const) {
    const { flaw } = timed(
      name,
      () => explore(),
      ({ worlds }) => `${worlds} worlds`,
    );
    if (flaw === undefined) continue;
    process.stdout.write(`    ${flaw}\n`);
    unexpected += 1;
  }
  const [a, b, c] = [proposal(1, "a", 0), proposal(1, "b", 0), proposal(1, "c", 0)];
  for (const bodies of [[a, b, c].map(notarize), [nullify(1), finalize(a), finalize(b)]]) {
    const { flaw } = timed(
      "tally",
      () => exploreTally(bodies),
      ({ states }) => `${states} states`,
    );
    if (flaw === undefined) continue;
    process.stdout.write(`    ${flaw}\n`);
    unexpected += 1;
  }
}

const leads = (liarLeads: number): string =>
  liarLeads === 0 ? "the Byzantine validator leads no view" : `it leads view ${liarLeads}`;

function exploreWorlds(): void {
  for (let liarLeads = 0; liarLeads <= views; liarLeads += 1) {
    const name = `${views} views, ${leads(liarLeads)}`;
    if (explored(name, { views, liarLeads }) !== undefined) unexpected += 1;
  }
  const crashViews = Math.min(2, views);
  for (let liarLeads = 0; liarLeads <= crashViews; liarLeads += 1) {
    const name = `${crashViews} views, crashes at any moment, ${leads(liarLeads)}`;
    const options = { views: crashViews, liarLeads, withCrashes: true, illFormed: true };
    if (explored(name, options) !== undefined) unexpected += 1;
  }
}

function exploreMutants(): void {
  for (const { name, world, finds } of mutants) {
    const sentence = explored(name, world);
    const asExpected = finds === undefined ? sentence === undefined : finds.test(sentence ?? "");
    if (!asExpected) unexpected += 1;
  }
}

const startMs = performance.now();
if (values.mutants) exploreMutants();
else {
  exploreModels();
  exploreWorlds();
}
const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
const verdict = unexpected === 0 ? "all as it should be" : `${unexpected} not as they should be`;
process.stdout.write(`${verdict}, ${seconds} s\n`);
process.exitCode = unexpected === 0 ? 0 : 1;
