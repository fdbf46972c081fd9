/**
 * Whether the nodes of a local network agree: the one thing that no crash and no partition may break.
 *
 * Each node's tip must be a block of the node with the next higher one: blocks name their parents, so all of them are
 * then on one chain. And what was final once must still be there, whoever has been down in between.
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

/** Tips of earlier verdicts that are still asked for. */
const rememberedMax = 4;

export class Agreement {
  #remembered: readonly Witnessed[] = [];

  /** What contradicts what, in words; empty when all agree. A node that answers no more contradicts nothing. */
  async contradictions(seen: readonly SeenNode[]): Promise<readonly string[]> {
    const tips = seen
      .filter(isAnswering)
      .map(({ name, http, status: { tip } }) => ({ ...tip, name, http }))
      .sort((a, b) => a.height - b.height);
    const highest = tips.at(-1);
    if (highest === undefined) return [];
    const neighbours = tips.slice(1).map((higher, at) => ({ lower: tips[at], higher }));
    const found = await Promise.all([
      ...neighbours.map(({ lower, higher }) => contradiction(lower, higher)),
      ...this.#remembered
        .filter(({ height }) => height <= highest.height)
        .map((earlier) => contradiction(earlier, highest)),
    ]);
    const isNew = this.#remembered.every(({ id }) => id !== highest.id);
    if (isNew) this.#remembered = [...this.#remembered, highest].slice(-rememberedMax);
    return [...new Set(found.filter((words) => words !== undefined))];
  }
}

async function contradiction(
  lower: Witnessed | undefined,
  higher: { readonly name: string; readonly http: string },
): Promise<string | undefined> {
  if (lower === undefined) return undefined;
  const answer = await localClient(higher.http).block(lower.height);
  if (!answer.ok) return undefined;
  const { id, stateRoot } = answer.value;
  const where = `of ${lower.name} and ${higher.name} at height ${lower.height}`;
  if (id !== lower.id) return `the blocks ${where} differ`;
  return stateRoot === lower.stateRoot ? undefined : `the states ${where} differ`;
}
