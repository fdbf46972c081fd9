/**
 * A verdict as the seal says it: a word, and what it means.
 * @module
 */
import { agoText, countText, durationText, manyText } from "../words/formats.ts";
import type { Verdict } from "./claims.ts";
import type { LastingStanding } from "./use-verdict.ts";

export interface SealWords {
  readonly title: string;
  readonly meaning: string;
}

/** A network that does nothing makes a block every ten seconds. */
const agedMs = 60_000;

/** Whether what is proven is of another time than now, by the reader's clock. */
export const isAged = (verdict: Verdict, nowMs: number): boolean =>
  verdict.kind === "proven" &&
  verdict.asOfMs !== undefined &&
  Math.abs(nowMs - verdict.asOfMs) > agedMs;

export function standingWords(
  { verdict, before, isLong }: LastingStanding,
  nowMs: number,
): SealWords {
  if (isLong && verdict.kind !== "false") return longWords(verdict);
  switch (verdict.kind) {
    case "checking": {
      const meaning = "what this page shows, in your browser …";
      if (before === undefined) return { title: "Checking", meaning };
      return { title: "Checking", meaning: `anew; proven before at #${countText(before)}` };
    }
    case "proven":
      return provenWords(verdict, nowMs);
    case "false":
      return { title: "Not true", meaning: verdict.why };
    case "open":
      return { title: "Not proven", meaning: verdict.why };
    case "word":
      return { title: "This node's word", meaning: verdict.why };
  }
}

/** An honest node may be slow, but not for so long. */
function longWords(verdict: Verdict): SealWords {
  const why = verdict.kind === "open" ? ` ${verdict.why}` : "";
  const meaning = `for more than half a minute, though any node can prove what is true within seconds: do not rely on this page, and ask another node.${why}`;
  return { title: "Still not proven", meaning };
}

function provenWords(verdict: Extract<Verdict, { kind: "proven" }>, nowMs: number): SealWords {
  const { height, signers, validatorCount, tookMs, nodes, asOfMs } = verdict;
  const final = `final at #${countText(height)}, signed by ${signers} of ${validatorCount} validators`;
  const liars = nodes.filter(({ tone }) => tone === "bad").length;
  const warned = liars === 0 ? "" : `. But ${manyText(liars, "other node")} contradicted it`;
  const meaning = `${final}, checked here in ${durationText(tookMs)}${warned}`;
  if (asOfMs === undefined || !isAged(verdict, nowMs)) return { title: "Proven", meaning };
  const age = `By your clock that block is of ${agoText(asOfMs, nowMs)}: this node is behind, the network stands still, or the clock is wrong`;
  const title = asOfMs < nowMs ? "Proven, but old" : "Proven, of a later time";
  return { title, meaning: `${meaning}. ${age}` };
}
