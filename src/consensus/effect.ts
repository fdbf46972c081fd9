/**
 * Everything that consensus can ask for, in the order in which it must happen.
 *
 * The host makes all `journal` entries of a turn durable together, and only then carries out the rest: a vote
 * that a peer has seen and our disk has not is a vote that we may contradict after a crash.
 * @module
 */
import type { ValidatorIndex, View } from "../protocol/ids.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Certificate, Proposal, Vote, VoteBody } from "../protocol/vote.ts";
import type { JournalEntry } from "./journal-entry.ts";

/** Why a view was nullified by us; shown in status and metrics. */
export type NullifyReason =
  | "leader-timeout"
  | "certification-timeout"
  | "leader-silent"
  | "leader-nullified"
  | "proposal-missing"
  | "proposal-invalid"
  | "ancestry-invalid"
  | "certification-failed";

export type Effect =
  | { readonly kind: "journal"; readonly entry: JournalEntry }
  /** Sign the body, send it to all validators, and give it back as a `vote` input. */
  | { readonly kind: "vote"; readonly body: VoteBody }
  /**
   * An own vote that is durable already: sign it again (same bytes), send it, and give it back as a `vote` input.
   * After a restart the own tally lacks it, and forgetting that dead-locks a network that crashed at once.
   */
  | { readonly kind: "vote-again"; readonly body: VoteBody }
  /** A certificate is new here: see to it that all validators get it. */
  | { readonly kind: "certificate"; readonly certificate: Verified<Certificate> }
  /** What led us here did not help for a whole interval: send it to all, whatever they seem to have. */
  | { readonly kind: "certificate-again"; readonly certificate: Verified<Certificate> }
  /** Build a block on the parent; answer with `proposed`. Asked at most once a view. */
  | { readonly kind: "propose"; readonly view: View; readonly parent: Proposal }
  /** Check the block of the leader's proposal against its parent; answer with `verified`. */
  | { readonly kind: "verify"; readonly proposal: Proposal; readonly parent: Proposal }
  /** Hold, check and store the block; answer with `certified`. */
  | { readonly kind: "certify"; readonly proposal: Proposal }
  /** The block and all its ancestors are final. */
  | {
      readonly kind: "finalized";
      readonly proposal: Proposal;
      readonly certificate: Verified<Certificate>;
    }
  /** Ask for what moved others past this view: first the validator named, if any, then others. */
  | {
      readonly kind: "fetch-certificate";
      readonly view: View;
      readonly from: ValidatorIndex | undefined;
    }
  /**
   * The leader's own vote, for all to see: others have voted for another proposal of this view, so it may have signed
   * two. Whoever was shown the other one holds the proof then. Once a view.
   */
  | { readonly kind: "pass-on-vote"; readonly vote: Verified<Vote> }
  /** Two votes that an honest validator cannot both have signed. */
  | { readonly kind: "fault"; readonly first: Vote; readonly second: Vote }
  /** A validly signed own vote that the journal does not hold: another copy votes; from now on we do not. */
  | { readonly kind: "own-vote-unknown"; readonly vote: Vote }
  /** The host answers with `work` for this view; otherwise for status, logs and metrics only. */
  | { readonly kind: "entered"; readonly view: View; readonly leader: ValidatorIndex }
  | { readonly kind: "nullified"; readonly view: View; readonly reason: NullifyReason }
  /** A quorum has nullified the view, whoever led it and whatever we did. For status only. */
  | { readonly kind: "passed-over"; readonly view: View; readonly leader: ValidatorIndex };
