/**
 * What one view holds, as a value: for tests that must tell two states of a reducer apart, or know them equal.
 *
 * All that decides what is done next is in it, but: times (a test lets timers fire whenever it likes), signatures, and
 * the tallies, of which only the leader's nullify decides anything before there is a quorum.
 * @module
 */
import type { View } from "../protocol/ids.ts";
import type { Proposal } from "../protocol/vote.ts";
import type { Verification } from "./proposal-slot.ts";
import type { Certification, ViewState } from "./view-state.ts";
import type { OwnVotes } from "./voting-rules.ts";

export interface ViewSnapshot {
  readonly view: View;
  readonly proposal: Proposal | undefined;
  readonly verification: Verification;
  readonly equivocated: boolean;
  readonly notarized: Proposal | undefined;
  readonly certification: Certification;
  readonly isNullified: boolean;
  readonly isFinal: boolean;
  readonly own: OwnVotes;
  readonly proposeParent: Proposal | undefined;
  readonly leaderNullified: boolean;
}

export function viewSnapshot(state: ViewState): ViewSnapshot {
  const { slot, tally } = state;
  return {
    view: state.view,
    proposal: slot.proposal,
    verification: slot.verification,
    equivocated: slot.equivocated,
    notarized: state.notarized,
    certification: state.certification,
    isNullified: state.nullification !== undefined,
    isFinal: state.finalization !== undefined,
    own: state.own,
    proposeParent: state.proposeParent,
    leaderNullified: tally.vote(state.leader, "nullify") !== undefined,
  };
}
