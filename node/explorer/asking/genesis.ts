/**
 * The node's answer about its genesis, one for all: what the foot of a page names is what the checks hold the node to.
 * @module
 */
import type { GenesisJson } from "../../../src/api/json.ts";
import { paths } from "../../../src/api/paths.ts";
import { ask } from "./node-api.ts";

let kept: { readonly round: number; readonly answer: Promise<GenesisJson> } | undefined;

/** `round`: of the checks; with another one the node is asked again. Rejects as `ask` does, and is not kept then. */
export function genesisAt(round: number): Promise<GenesisJson> {
  if (kept?.round === round) return kept.answer;
  const asked = { round, answer: ask(paths.genesis()) };
  kept = asked;
  asked.answer.catch(() => {
    if (kept === asked) kept = undefined;
  });
  return asked.answer;
}
