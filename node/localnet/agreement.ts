/**
 * Whether the nodes of a local network agree: the one thing that no crash and no partition may break.
 *
 * Each node's tip must be a block of the node with the next higher one: blocks name their parents, so all of them are
 * then on one chain. What was final once must still be there, whoever has been down in between. And a contradiction that
 * was seen once stays one, whoever is gone since.
 *
 * What cannot be compared is never taken for agreement: it is said to be missing.
 * @module
 */
import type { TipJson } from "../../src/api/json.ts";
import { localClient } from "./readiness.ts";
import type { SeenNode } from "./sight.ts";
import { isAnswering } from "./verdict.ts";

interface Witnessed extends TipJson {
  readonly name: string;
  readonly stateRoot: string;
}

interface Standing extends Witnessed {
  readonly index: number;
  readonly http: string;
}

export interface Comparison {
  /** What contradicts what, in words; empty when nothing does. */
  readonly contradictions: readonly string[];
  /** What should have been compared and could not be, in words. */
  readonly missing: readonly string[];
  /** How many pairs of blocks were compared. */
  readonly compared: number;
  /** By index: whether a node's tip is the others' block. Absent: compared with none. */
  readonly agreeing: ReadonlyMap<number, boolean>;
}

type Outcome =
  | { readonly kind: "same" }
  | { readonly kind: "differ"; readonly words: string }
  | { readonly kind: "missing"; readonly words: string };

/** Tips of earlier verdicts that are still asked for. */
const rememberedMax = 4;
/** Contradictions that are still told; each pair of nodes has one. */
const disputesMax = 8;
/** A node that is busy gets another chance before something counts as not compared. */
const tries = 3;
const retryMs = 200;

export class Agreement {
  #remembered: readonly Witnessed[] = [];
  readonly #disputes = new Map<string, string>();

  /** For a verdict: the nodes that answer with each other, and with what was final at earlier verdicts. */
  async judge(seen: readonly SeenNode[]): Promise<Comparison> {
    const tips = tipsOf(seen);
    const highest = tips.at(-1);
    const earlier = this.#remembered.filter(({ height }) => height <= (highest?.height ?? -1));
    const [now, ...before] = await Promise.all([
      this.#compare(tips, tries),
      ...earlier.map(async (tip) => {
        const outcome = highest && (await compareBlocks(tip, highest, tries));
        if (highest !== undefined && outcome?.kind === "differ")
          this.#dispute(tip, highest, outcome);
        return outcome;
      }),
    ]);
    if (highest !== undefined && this.#remembered.every(({ id }) => id !== highest.id)) {
      this.#remembered = [...this.#remembered, highest].slice(-rememberedMax);
    }
    const found = wordsOf("differ", before);
    const contradictions = [...new Set([...now.contradictions, ...found])];
    return {
      ...now,
      contradictions: contradictions.length > 0 ? contradictions : this.#earlierDisputes(),
      missing: [...new Set([...now.missing, ...wordsOf("missing", before)])],
      compared: now.compared + before.filter((outcome) => outcome?.kind === "same").length,
    };
  }

  /** For a look: the nodes that answer with each other, each asked once. */
  async compare(seen: readonly SeenNode[]): Promise<Comparison> {
    return await this.#compare(tipsOf(seen), 1);
  }

  async #compare(tips: readonly Standing[], triesMax: number): Promise<Comparison> {
    const pairs = tips.flatMap((lower, at) => {
      const higher = tips[at + 1];
      return higher === undefined ? [] : [{ lower, higher }];
    });
    const agreeing = new Map<number, boolean>();
    const outcomes = await Promise.all(
      pairs.map(async ({ lower, higher }) => {
        const outcome = await compareBlocks(lower, higher, triesMax);
        if (outcome.kind === "differ") this.#dispute(lower, higher, outcome);
        if (outcome.kind === "missing") return outcome;
        for (const { index } of [lower, higher]) {
          agreeing.set(index, outcome.kind === "same" && agreeing.get(index) !== false);
        }
        return outcome;
      }),
    );
    return {
      contradictions: wordsOf("differ", outcomes),
      missing: wordsOf("missing", outcomes),
      compared: outcomes.filter(({ kind }) => kind !== "missing").length,
      agreeing,
    };
  }

  #dispute(lower: Witnessed, higher: Witnessed, { words }: { readonly words: string }): void {
    const pair = [lower.name, higher.name].sort().join(" ");
    if (!this.#disputes.has(pair) && this.#disputes.size < disputesMax) {
      this.#disputes.set(pair, words);
    }
  }

  #earlierDisputes(): readonly string[] {
    return [...this.#disputes.values()].map((words) => `${words}, as was seen before`);
  }
}

/** Of the nodes that answer, the lowest first. */
const tipsOf = (seen: readonly SeenNode[]): readonly Standing[] =>
  seen
    .filter(isAnswering)
    .map(({ index, name, http, status: { tip } }) => ({ ...tip, index, name, http }))
    .sort((a, b) => a.height - b.height);

const wordsOf = (
  kind: "differ" | "missing",
  outcomes: readonly (Outcome | undefined)[],
): readonly string[] =>
  outcomes.flatMap((outcome) =>
    outcome?.kind === kind && "words" in outcome ? [outcome.words] : [],
  );

/** Whether the higher node has the lower one's tip. */
async function compareBlocks(
  lower: Witnessed,
  higher: Standing,
  triesMax: number,
): Promise<Outcome> {
  const block = lower.height === higher.height ? higher : await blockOf(higher, lower, triesMax);
  const where = `of ${lower.name} and ${higher.name} at height ${lower.height}`;
  if (block === undefined) {
    const words = `${higher.name} did not tell its block at height ${lower.height}, the tip of ${lower.name}`;
    return { kind: "missing", words };
  }
  if (block.id !== lower.id) return { kind: "differ", words: `the blocks ${where} differ` };
  if (block.stateRoot === lower.stateRoot) return { kind: "same" };
  return { kind: "differ", words: `the states ${where} differ` };
}

async function blockOf(
  { http }: Standing,
  { height }: Witnessed,
  triesMax: number,
): Promise<Pick<Witnessed, "id" | "stateRoot"> | undefined> {
  for (let tried = 1; ; tried += 1) {
    const answer = await localClient(http).block(height);
    if (answer.ok) return answer.value;
    if (tried >= triesMax) return undefined;
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
