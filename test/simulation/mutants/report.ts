/**
 * What a run of the mutants says: line by line while it goes on, or as the table of docs/verification.md.
 * @module
 */
import type { Mutant } from "./mutant.ts";
import type { Finding } from "./scenes/finding.ts";
import { mutantGroups } from "./table/all-mutants.ts";

export interface Verdict {
  readonly mutant: Mutant;
  readonly caught: Finding | undefined;
  /** Tried until it was found. */
  readonly seeds: number;
  /** Why it does not count as caught; undefined: it does. */
  readonly flaw: string | undefined;
}

/** Its file and what it does. */
export const titleOf = ({ patch, name }: Mutant): string =>
  `${patch.file.replace(/^src\/|\.js$/g, "")}: ${name}`;

export function linesOf({ mutant, caught, seeds, flaw }: Verdict): string {
  const title = titleOf(mutant);
  if (flaw !== undefined) return `SURVIVES ${title}\n         ${mutant.by}\n         ${flaw}\n`;
  const tried = seeds === 1 ? "" : ` (${seeds} seeds)`;
  const found = `${caught?.kind}: ${caught?.message}`;
  return `caught   ${title}\n         ${mutant.by}${tried}\n         ${found}\n`;
}

/** Heights of nodes and names of blocks say nothing in a table. */
const foundMax = 110;

export function tableOf(verdicts: readonly Verdict[]): string {
  const lines: string[] = [];
  for (const { title, mutants } of mutantGroups) {
    const rows = verdicts.filter(({ mutant }) => mutants.includes(mutant));
    if (rows.length === 0) continue;
    lines.push(`#### ${title}`, "");
    lines.push("| mutant | in | shown to | found | seeds |", "| --- | --- | --- | --- | --- |");
    for (const { mutant, caught, seeds } of rows) {
      const file = mutant.patch.file.replace(/^.*\/|\.js$/g, "");
      const hidden = mutant.behind === undefined ? "" : " †";
      const found = caught === undefined ? "**survives**" : foundText(caught);
      const cells = [`${mutant.name}${hidden}`, file, mutant.by, found, String(seeds)];
      lines.push(`| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
    }
    lines.push("");
  }
  return lines.join("\n");
}

function foundText({ kind, message }: Finding): string {
  const plain = message.replace(
    /^seed \d+: |SafetyViolation: |AssertionError: invariant violated: /g,
    "",
  );
  const [first = ""] = plain.split(": node ");
  const short = first.length <= foundMax ? first : `${first.slice(0, foundMax)}…`;
  return `**${kind}**: ${short}`;
}
