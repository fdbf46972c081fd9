/**
 * When an honest validator may vote. Safety lives here, and only here.
 *
 * Each rule is one function, with the sentence of the proof that needs it. It has no state of its own, so it can be
 * read beside the proof and tested alone. `OwnVotes` are the *durable* votes: set in the turn that journals them,
 * restored by replay, and kept until something above the view is final.
 *
 * S1 one notarization a view · S2 finalization(v) and nullification(v) exclude each other · S3 what is notarized above
 * a final block descends from it. (Chan and Pass, Simplex Consensus, TCC 2023.)
 * @module
 */
import type { Proposal, VoteKind } from "../protocol/vote.ts";

/** What this validator has voted in one view. */
export interface OwnVotes {
  readonly notarized: Proposal | undefined;
  readonly nullified: boolean;
  readonly finalized: Proposal | undefined;
}

/** What is known of the view's proposal. */
export interface SlotFacts {
  /** Ancestry checked and block valid, by ourselves. */
  readonly verified: boolean;
  /** Its leader signed, or a quorum certified, another one. */
  readonly equivocated: boolean;
}

export interface FinalizeFacts {
  /** A notarization is held, and its block is held, verified and durably stored. */
  readonly certified: boolean;
  readonly equivocated: boolean;
  readonly aboveLastFinal: boolean;
}

/** S1: two quorums share an honest validator, who notarizes once; S3: and only what it verified. */
export function mayNotarize(own: OwnVotes, slot: SlotFacts): boolean {
  return own.notarized === undefined && !own.nullified && slot.verified && !slot.equivocated;
}

/** S2: who finalized a view never helps others to build past it. Nullifying after notarizing is allowed. */
export function mayNullify(own: OwnVotes): boolean {
  return !own.nullified && own.finalized === undefined;
}

/** S2, the same promise from the other side: who nullified a view never helps to make it final. */
export function mayFinalize(own: OwnVotes, facts: FinalizeFacts): boolean {
  return (
    own.finalized === undefined &&
    !own.nullified &&
    facts.certified &&
    !facts.equivocated &&
    facts.aboveLastFinal
  );
}

/** S2 holds for a repetition as for the first time; the same bytes again are otherwise free. */
export function maySendAgain(own: OwnVotes, kind: VoteKind): boolean {
  if (kind === "finalize") return !own.nullified;
  if (kind === "nullify") return own.finalized === undefined;
  return true;
}

/** The rules as one value, so that a test can take one away and must then see a fork. */
export interface VotingRules {
  readonly mayNotarize: typeof mayNotarize;
  readonly mayNullify: typeof mayNullify;
  readonly mayFinalize: typeof mayFinalize;
  readonly maySendAgain: typeof maySendAgain;
}

export const votingRules: VotingRules = { mayNotarize, mayNullify, mayFinalize, maySendAgain };
