/**
 * `node dist/test/exhaustive/explore.js [--views N] [--quick]`: every interleaving of a small world; exit 0 only if safe.
 *
 * Prints a line for each world: how many states, how long. A violation is printed as the shortest way to it.
 * @module
 */
import { parseArgs } from "node:util";
import { mutants } from "./mutants.ts";
import { story } from "./story.ts";
import { World, type WorldOptions } from "./world.ts";

const { values } = parseArgs({
  options: {
    views: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    mutants: { type: "boolean", default: false },
  },
});
const views = Number(values.views);

let unsafe = 0;
const startMs = performance.now();

function explored(name: string, options: WorldOptions): string | undefined {
  const fromMs = performance.now();
  const world = new World(options);
  const found = world.explore();
  const seconds = ((performance.now() - fromMs) / 1_000).toFixed(1);
  const machines = [...new Set(world.seats.map(({ machine }) => machine))];
  const local = machines.map(({ states }) => states.length).join(" + ");
  const steps = machines.reduce((sum, machine) => sum + machine.steps, 0);
  process.stdout.write(
    `${name}: ${world.table.size} states, ${world.transitions} votes cast, local states ${local}, ` +
      `${steps} reducer inputs, ${seconds} s${found === undefined ? "" : `: ${found.sentence}`}\n`,
  );
  if (found === undefined) return undefined;
  for (const line of story(world, found)) process.stdout.write(`    ${line}\n`);
  return found.sentence;
}

const leads = (liarLeads: number): string =>
  liarLeads === 0 ? "the Byzantine validator leads no view" : `it leads view ${liarLeads}`;

if (values.mutants) {
  for (const { name, world, finds } of mutants) {
    const sentence = explored(name, world);
    const asExpected = finds === undefined ? sentence === undefined : finds.test(sentence ?? "");
    if (!asExpected) unsafe += 1;
  }
} else {
  for (let liarLeads = 0; liarLeads <= views; liarLeads += 1) {
    const name = `${views} views, ${leads(liarLeads)}`;
    if (explored(name, { views, liarLeads }) !== undefined) unsafe += 1;
  }
  const crashViews = Math.min(2, views);
  for (let liarLeads = 0; liarLeads <= crashViews && !values.quick; liarLeads += 1) {
    const name = `${crashViews} views, crashes at any moment, ${leads(liarLeads)}`;
    const options = { views: crashViews, liarLeads, withCrashes: true, illFormed: true };
    if (explored(name, options) !== undefined) unsafe += 1;
  }
}
const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
process.stdout.write(
  `${unsafe === 0 ? "safe" : `${unsafe} not as they should be`}, ${seconds} s\n`,
);
process.exitCode = unsafe === 0 ? 0 : 1;
