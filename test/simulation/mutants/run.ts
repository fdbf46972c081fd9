/**
 * `npm run mutants`: shows each mutant to the scene that must see it; exit 0 only if every one is seen.
 *
 *   --only TEXT   mutants whose name, file or scene has this text
 *   --jobs N      processes at a time; default 2
 *   --markdown    the table as in docs/verification.md
 *
 * Each scene is first shown the code as it is, and must find nothing; then with what stands before a guard, the same.
 * @module
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Answer, Job } from "./child.ts";
import type { Mutant } from "./mutant.ts";
import type { Finding } from "./scenes/finding.ts";
import { allMutants, mutantGroups } from "./table/all-mutants.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    jobs: { type: "string", default: "2" },
    markdown: { type: "boolean", default: false },
  },
});

/** Far more than any scene takes. */
const childMs = 120_000;
const child = fileURLToPath(new URL("./child.js", import.meta.url));

interface Outcome {
  readonly answers: readonly Answer[];
  /** Undefined: it went as it should. */
  readonly flaw: string | undefined;
}

function runJob(job: Job): Promise<Outcome> {
  return new Promise((resolve) => {
    const process = spawn(globalThis.process.execPath, [child, JSON.stringify(job)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    let complaint = "";
    process.stdout.on("data", (chunk: Uint8Array) => {
      out += new TextDecoder().decode(chunk);
    });
    process.stderr.on("data", (chunk: Uint8Array) => {
      complaint += new TextDecoder().decode(chunk);
    });
    const timer = setTimeout(() => process.kill("SIGKILL"), childMs);
    process.on("close", (code) => {
      clearTimeout(timer);
      const lines = out.split("\n").filter((line) => line !== "");
      const answers = lines.map((line) => JSON.parse(line) as Answer);
      const flaw = code === 0 ? undefined : `the process ended with ${code}\n${complaint}`;
      resolve({ answers, flaw });
    });
  });
}

interface Verdict {
  readonly mutant: Mutant;
  readonly caught: Finding | undefined;
  readonly seeds: number;
  readonly flaw: string | undefined;
}

async function judge(mutant: Mutant): Promise<Verdict> {
  const { patch, behind = [], by, expects, says = "" } = mutant;
  if (behind.length > 0) {
    const control = await runJob({ patches: behind, scenes: [by] });
    const found = control.answers[0]?.findings[0];
    if (control.flaw !== undefined || found !== undefined) {
      const seen = found && `${found.kind}: ${found.message}`;
      const flaw = `what stands before it is not enough by itself: ${control.flaw ?? seen}`;
      return { mutant, caught: undefined, seeds: 0, flaw };
    }
  }
  const { answers, flaw } = await runJob({ patches: [...behind, patch], scenes: [by] });
  const [answer] = answers;
  const caught = answer?.findings.find(
    ({ kind, message }) => kind === expects && message.includes(says),
  );
  const others = answer?.findings.map(({ kind, message }) => `${kind}: ${message}`).join("; ");
  const survived = `survives: no ${expects} found${others ? `, but ${others}` : ""}`;
  const wrong = flaw ?? (caught === undefined ? survived : undefined);
  return { mutant, caught, seeds: answer?.seeds ?? 0, flaw: wrong };
}

function say({ mutant, caught, seeds, flaw }: Verdict): void {
  const name = `${mutant.patch.file.replace(/^src\//, "")}: ${mutant.name}`;
  if (flaw !== undefined) {
    process.stdout.write(`SURVIVES ${name}\n         ${mutant.by}\n         ${flaw}\n`);
    return;
  }
  const tried = seeds === 1 ? "" : ` (${seeds} seeds)`;
  process.stdout.write(`caught   ${name}\n         ${mutant.by}${tried}\n`);
  process.stdout.write(`         ${caught?.kind}: ${caught?.message}\n`);
}

const markdown = (text: string): string => text.replaceAll("|", "\\|");

function tableOf(verdicts: readonly Verdict[]): string {
  const lines: string[] = [];
  for (const { title, mutants } of mutantGroups) {
    const rows = verdicts.filter(({ mutant }) => mutants.includes(mutant));
    if (rows.length === 0) continue;
    lines.push(`### ${title}`, "", "| mutant | seen in | found | seeds |", "| --- | --- | --- | --- |");
    for (const { mutant, caught, seeds } of rows) {
      const hidden = mutant.behind === undefined ? "" : " ⁺";
      const found = caught === undefined ? "**survives**" : `${caught.kind}: ${caught.message}`;
      lines.push(`| ${[`${mutant.name}${hidden}`, mutant.by, found, seeds].map(String).map(markdown).join(" | ")} |`);
    }
    lines.push("");
  }
  return lines.join("\n");
}

async function sane(scene: string): Promise<boolean> {
  const { answers, flaw } = await runJob({ patches: [], scenes: [scene] });
  const [found] = answers.flatMap(({ findings }) => findings);
  if (found !== undefined) process.stdout.write(`NOT CLEAN as it is: ${scene}: ${found.message}\n`);
  if (flaw !== undefined) process.stdout.write(`DOES NOT RUN as it is: ${scene}: ${flaw}\n`);
  return found === undefined && flaw === undefined;
}

/** So many at a time; the answers in the order of what they are about. */
async function inParallel<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const jobs = Math.max(1, Number(values.jobs) || 2);
  const queue = [...items.entries()];
  const answers: Answer[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      answers[next[0]] = await ask(next[1]);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return answers;
}

const startMs = performance.now();
const chosen = allMutants.filter(({ name, patch, by }) =>
  `${name} ${patch.file} ${by}`.includes(values.only),
);
const scenes = [...new Set(chosen.map(({ by }) => by))];
const isSane = (await inParallel(scenes, sane)).every((isClean) => isClean);
const verdicts = await inParallel(isSane ? chosen : [], async (mutant) => {
  const verdict = await judge(mutant);
  if (!values.markdown) say(verdict);
  return verdict;
});
const survivors = verdicts.filter(({ flaw }) => flaw !== undefined);
if (values.markdown) process.stdout.write(`${tableOf(verdicts)}\n`);
const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
const count = `${verdicts.length - survivors.length} of ${verdicts.length} mutants caught`;
const sanity = isSane ? `${scenes.length} scenes are clean without them` : "SCENES ARE NOT CLEAN";
process.stdout.write(`${count}, ${sanity}, ${seconds} s\n`);
process.exitCode = survivors.length === 0 && isSane && verdicts.length > 0 ? 0 : 1;
