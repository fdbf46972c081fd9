/**
 * `npm run mutants`: shows each mutant to the scene that must see it; exit 0 only if every one is seen.
 *
 *   --only TEXT   mutants whose name, file or scene has this text
 *   --jobs N      processes at a time; default 2
 *   --markdown    the table as in docs/verification.md
 *   --chaos N     shows those of consensus to N small worlds in which dice choose, and says what these find by themselves
 *
 * Each scene is first shown the code as it is, and must find nothing; and where a guard stands behind others, it is
 * shown the code without those others, with the same result. So what is found is found for the lack of this guard.
 * @module
 */
import { parseArgs } from "node:util";
import { inParallel, runJob } from "./jobs.ts";
import type { Mutant } from "./mutant.ts";
import { linesOf, tableOf, titleOf, type Verdict } from "./report.ts";
import { allMutants } from "./table/all-mutants.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    jobs: { type: "string", default: "2" },
    markdown: { type: "boolean", default: false },
    chaos: { type: "string" },
  },
});

const limitMs = 120_000;
const seedLimitMs = 2_000;
const jobs = Math.max(1, Number(values.jobs) || 1);
const chosen = allMutants.filter(({ name, patch, by }) =>
  `${name} ${patch.file} ${by}`.includes(values.only),
);

async function judge(mutant: Mutant): Promise<Verdict> {
  const { patch, behind = [], by, expects, says = "" } = mutant;
  const nothing = { mutant, caught: undefined, seeds: 0 };
  if (behind.length > 0) {
    const control = await runJob({ patches: behind, scenes: [by] }, limitMs);
    const [found] = control.answers.flatMap(({ findings }) => findings);
    const seen = control.flaw ?? (found && `${found.kind}: ${found.message}`);
    if (seen !== undefined) {
      return { ...nothing, flaw: `what it stands behind is seen without it: ${seen}` };
    }
  }
  const { answers, flaw } = await runJob({ patches: [...behind, patch], scenes: [by] }, limitMs);
  const [answer] = answers;
  if (flaw !== undefined || answer === undefined) return { ...nothing, flaw: flaw ?? "no answer" };
  const { findings, seeds } = answer;
  const caught = findings.find(({ kind, message }) => kind === expects && message.includes(says));
  if (caught !== undefined) return { mutant, caught, seeds, flaw: undefined };
  const others = findings.map(({ kind, message }) => `${kind}: ${message}`);
  return { ...nothing, flaw: [`no ${expects} is found`, ...others].join("; ") };
}

/** Scenes in which nothing may be found as things are: small ones together, the simulator's each on its own. */
async function findsNothing(scenes: readonly string[]): Promise<boolean> {
  const { answers, flaw } = await runJob({ patches: [], scenes }, limitMs);
  for (const { scene, findings } of answers) {
    const [found] = findings;
    if (found !== undefined) write(`NOT CLEAN without any mutant: ${scene}: ${found.message}\n`);
  }
  if (flaw !== undefined) write(`scenes do not run without any mutant: ${flaw}\n`);
  return flaw === undefined && answers.every(({ findings }) => findings.length === 0);
}

async function showScenes(): Promise<boolean> {
  const scenes = [...new Set(chosen.map(({ by }) => by))];
  const isLarge = (scene: string): boolean => scene.startsWith("simulator");
  const small = scenes.filter((scene) => !isLarge(scene));
  const batches = [...scenes.filter(isLarge).map((scene) => [scene]), small];
  const clean = await inParallel(batches, jobs, findsNothing);
  if (clean.includes(false)) return false;
  const verdicts = await inParallel(chosen, jobs, async (mutant) => {
    const verdict = await judge(mutant);
    if (!values.markdown || verdict.flaw !== undefined) write(linesOf(verdict));
    return verdict;
  });
  if (values.markdown) write(`${tableOf(verdicts)}\n`);
  const caught = verdicts.filter(({ flaw }) => flaw === undefined).length;
  const counts = `${caught} of ${verdicts.length} mutants caught in ${scenes.length} scenes`;
  write(`${counts}, in which nothing is found without them; ${seconds()} s\n`);
  return caught === verdicts.length && caught > 0;
}

/** For information: no scene is made for them, and a guard that stands behind others is no mutant of its own. */
async function showChaos(count: number): Promise<boolean> {
  const isOfConsensus = ({ patch, behind }: Mutant): boolean =>
    behind === undefined && /^src\/(consensus|protocol)\//.test(patch.file);
  const single = chosen.filter(isOfConsensus);
  let found = 0;
  await inParallel(single, jobs, async (mutant) => {
    const job = { patches: [mutant.patch], scenes: [`chaos ${count}`] };
    const { answers, flaw } = await runJob(job, count * seedLimitMs);
    const [finding] = answers[0]?.findings ?? [];
    if (finding !== undefined) found += 1;
    const seen = finding === undefined ? "not found" : `${finding.kind}: ${finding.message}`;
    write(`${titleOf(mutant)}\n         ${flaw ?? seen}\n`);
  });
  write(`${found} of ${single.length} found by dice in ${count} small worlds; ${seconds()} s\n`);
  return true;
}

function write(text: string): void {
  process.stdout.write(text);
}

const startMs = performance.now();
const seconds = (): string => ((performance.now() - startMs) / 1_000).toFixed(0);
const isGood = await (values.chaos === undefined ? showScenes() : showChaos(Number(values.chaos)));
process.exitCode = isGood ? 0 : 1;
