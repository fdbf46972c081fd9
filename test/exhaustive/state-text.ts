/**
 * A reducer's state as a text: equal texts, equal futures. What can never decide anything any more is left out.
 * @module
 */
import type { Consensus } from "../../src/consensus/consensus.ts";
import type { ViewSnapshot } from "../../src/consensus/view-snapshot.ts";
import type { Proposal } from "../../src/protocol/vote.ts";
import type { Universe } from "./universe.ts";

export interface Merging {
  readonly universe: Universe;
  /** Whether to leave out what the true voting rules make idle; not when one of them was taken away. */
  readonly forgets: boolean;
}

export function stateText(
  consensus: Consensus,
  snapshot: readonly ViewSnapshot[],
  { universe, forgets }: Merging,
): string {
  const index = (proposal: Proposal | undefined): number | string =>
    proposal === undefined ? "" : universe.indexOf(proposal);
  let text = `${consensus.view}/${consensus.lastFinalView}/${index(consensus.highestCertified)}`;
  for (const known of snapshot) {
    if (known.view > universe.views) continue;
    const { own } = known;
    text += `;${known.view},${index(own.notarized)},${index(own.finalized)}${own.nullified ? "n" : ""}`;
    if (known.view <= consensus.lastFinalView && forgets) continue;
    const { slot, verification, turn } = forgets ? live(consensus, known) : all;
    if (slot) text += `,${index(known.proposal)}${known.equivocated ? "e" : ""}`;
    if (verification) text += `,${known.verification}`;
    if (turn) text += `,${index(known.proposeParent)}${known.leaderNullified ? "l" : ""}`;
    text += `,${index(known.notarized)}${known.certification}`;
    text += `${known.isNullified ? "N" : ""}${known.isFinal ? "F" : ""}`;
  }
  return text;
}

/** Parts of a view's state that can still decide something. */
export interface Live {
  readonly slot: boolean;
  readonly verification: boolean;
  readonly turn: boolean;
}

const all: Live = { slot: true, verification: true, turn: true };

/**
 * Own votes are for ever, so who has nullified a view never notarizes or finalizes it; an equivocated slot stays so;
 * and only in the current view is a proposal verified or a block asked for.
 */
export function live(consensus: Consensus, known: ViewSnapshot): Live {
  const { own, equivocated, view: of } = known;
  const mayNotarize =
    own.notarized === undefined &&
    !own.nullified &&
    !equivocated &&
    (of >= consensus.view || known.verification === "asked");
  const mayFinalize = own.finalized === undefined && !own.nullified && known.certification !== "ok";
  const turn = of >= consensus.view && !own.nullified;
  return { slot: mayNotarize || mayFinalize, verification: mayNotarize, turn };
}
