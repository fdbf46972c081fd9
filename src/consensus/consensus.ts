/**
 * Consensus: inputs in, effects out, nothing else. The door to everything in this folder.
 *
 * It reads no clock, no socket, no disk and no random source, so a run is replayed exactly by replaying its inputs.
 * `step` is the only writer of its state; the questions change nothing. The rules are in simplex.ts, the safety in
 * voting-rules.ts.
 *
 * What the host owes it: `start` first; all `journal` effects of a turn durable before any other is carried out; a
 * `vote` input for each `vote` and `vote-again`; `work` for each view entered; a `tick` when `deadlineMs` has come.
 * @module
 */
import { assert } from "../base/assert.ts";
import { type BlockId, type Epoch, type ValidatorIndex, type View, view } from "../protocol/ids.ts";
import type { ValidatorSet } from "../protocol/validator-set.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Certificate, Proposal, Vote, VoteBody } from "../protocol/vote.ts";
import { Activity } from "./activity.ts";
import { CurrentView } from "./current-view.ts";
import type { Effect } from "./effect.ts";
import { Fetches } from "./fetches.ts";
import type { Input } from "./input.ts";
import type { JournalEntry } from "./journal-entry.ts";
import { replay } from "./replay.ts";
import { assertSettings, type ConsensusSettings } from "./settings.ts";
import { Simplex } from "./simplex.ts";
import {
  certificateFor,
  entryCertificate,
  inVoteWindow,
  journalKeep,
  newestVotesOf,
  wantsCertificate,
} from "./standing.ts";
import { type ViewSnapshot, viewSnapshot } from "./view-snapshot.ts";
import { Views } from "./views.ts";
import { Voter } from "./voter.ts";
import { type VotingRules, votingRules } from "./voting-rules.ts";

export interface ConsensusOptions {
  readonly epoch: Epoch;
  /** The block at view 0 of the epoch: certified and final. */
  readonly boundary: BlockId;
  readonly validators: ValidatorSet;
  /** Undefined for an observer, which follows without voting. */
  readonly self: ValidatorIndex | undefined;
  readonly settings: ConsensusSettings;
  /** The newest final proposal that the ledger holds. At view 0 it is the boundary. */
  readonly lastFinal: { readonly view: View; readonly proposal?: Proposal };
  /** The journal, oldest first. */
  readonly entries: readonly JournalEntry[];
  readonly mayVote?: boolean;
  /** For tests that take a rule away. */
  readonly rules?: VotingRules;
}

export class Consensus {
  readonly epoch: Epoch;
  readonly #views: Views;
  readonly #voter: Voter;
  readonly #activity: Activity;
  readonly #fetches: Fetches;
  readonly #current: CurrentView;
  readonly #simplex: Simplex;
  #started = false;
  #effects: Effect[] = [];

  constructor(options: ConsensusOptions) {
    const { epoch, settings, lastFinal, self } = options;
    assertSettings(settings);
    assert(lastFinal.view === 0 || lastFinal.proposal !== undefined, "a final view has a proposal");
    this.epoch = epoch;
    const known = lastFinal.view === 0 ? undefined : lastFinal.proposal;
    this.#views = new Views({ ...options, lastFinal: known });
    replay(this.#views, options.entries);
    const { mayVote = true, rules = votingRules } = options;
    const emit = (effect: Effect): void => {
      this.#effects.push(effect);
    };
    this.#voter = new Voter({ self, mayVote, rules }, { views: this.#views, emit });
    this.#activity = new Activity(settings);
    this.#fetches = new Fetches(settings);
    const parts = {
      settings,
      views: this.#views,
      voter: this.#voter,
      activity: this.#activity,
      fetches: this.#fetches,
      emit,
    };
    this.#current = new CurrentView(parts);
    this.#simplex = new Simplex(
      { ledgerFinalView: lastFinal.view },
      { ...parts, current: this.#current },
    );
  }

  /** Takes one input at a monotonic time. The effects are to be carried out in their order, journal first. */
  step(input: Input, nowMs: number): readonly Effect[] {
    assert(this.#started !== (input.kind === "start"), "start is the first input, and comes once");
    this.#started = true;
    this.#effects = [];
    this.#simplex.step(input, nowMs);
    return this.#effects;
  }

  /** When the next `tick` is due (monotonic ms; already past = at once), or undefined. */
  get deadlineMs(): number | undefined {
    if (!this.#started) return undefined;
    const { deadlineMs } = this.#current;
    return Number.isFinite(deadlineMs) ? deadlineMs : undefined;
  }

  /** Forbids or allows voting. It acts with the next input: follow it with `retry`. */
  setMayVote(allowed: boolean): void {
    const before = this.#voter.mayVote;
    this.#voter.allowed = allowed;
    if (this.#voter.mayVote && !before) this.#current.votingAllowed();
  }

  /** Whether we are a validator, allowed to vote, and no unknown own vote was seen. */
  get mayVote(): boolean {
    return this.#voter.mayVote;
  }

  // Where we are.

  get view(): View {
    return this.#views.current;
  }

  get lastFinalView(): View {
    return this.#views.lastFinal.view;
  }

  get lastFinalized(): Proposal {
    return this.#views.lastFinal;
  }

  /** Undefined when the ledger was ahead of the journal and no finalization came since. */
  get lastFinalization(): Verified<Certificate> | undefined {
    return this.#views.lastFinalization;
  }

  /** What the next block would stand on: final, or notarized and certified by ourselves. */
  get highestCertified(): Proposal {
    return this.#views.highestCertified;
  }

  leader(of: View): ValidatorIndex {
    return this.#views.leader(of);
  }

  /** The proposal of a view that is kept: certified, or else as its leader announced it. */
  proposalOf(of: View): Proposal | undefined {
    if (of === this.#views.lastFinal.view) return this.#views.lastFinal;
    return this.#views.find(of)?.slot.proposal;
  }

  // What a message is worth: to be asked before a signature is checked.

  /** Whether the vote is in the window and says anything new. */
  wantsVote(vote: Vote): boolean {
    const { body, signer } = vote;
    if (!inVoteWindow(this.#views, body)) return false;
    if (this.#views.validators.at(signer) === undefined) return false;
    if (signer === this.#voter.self && !this.#voter.isJournaled(vote)) {
      return this.#voter.wantsStranger(vote);
    }
    return this.#views.find(body.view)?.tally.wants(vote) ?? true;
  }

  wantsCertificate(subject: VoteBody): boolean {
    return wantsCertificate(this.#views, subject);
  }

  /** Whether the certificate of this view is still waited for. */
  isMissing(of: View): boolean {
    return this.#fetches.isMissing(of);
  }

  // What others may lack.

  /** For a peer behind: the newest finalization if nothing is above it, else what led to the current view. */
  bestCertificate(): Verified<Certificate> | undefined {
    return entryCertificate(this.#views);
  }

  /** For a certificate request: a finalization ≥ view, the notarization if certified, or the nullification. */
  certificateFor(of: View): Verified<Certificate> | undefined {
    return certificateFor(this.#views, of);
  }

  /** Own votes above a view, for a new link; empty while we may not vote. */
  ownVotesAbove(of: View): readonly VoteBody[] {
    return this.#voter.votesAbove(of);
  }

  /** The newest votes held of a validator, to be handed back to it on a new link. */
  votesOf(signer: ValidatorIndex): readonly Verified<Vote>[] {
    return newestVotesOf(this.#views, signer);
  }

  /** The highest view with a vote of this validator since the start; 0 without one. */
  lastVoteView(signer: ValidatorIndex): View {
    return this.#activity.lastVoteView(signer);
  }

  /** Whether this validator's finalize vote of a view is held: it has certified that view. */
  hasFinalized(signer: ValidatorIndex, of: View): boolean {
    return this.#views.find(of)?.tally.vote(signer, "finalize") !== undefined;
  }

  /** Whether none of its votes was seen in the last views that we left: its own view would be given up at once. */
  isSilent(signer: ValidatorIndex): boolean {
    return this.#activity.isSilent(signer);
  }

  /** What a pruned journal must still contain, once the finalization of view `durable` is safe on the disk. */
  journalKeep(durable: View = this.#views.lastFinal.view): readonly JournalEntry[] {
    return journalKeep(this.#views, durable);
  }

  /** Every view that is kept, ascending, as values: for tests that compare states. */
  snapshot(): readonly ViewSnapshot[] {
    return this.#views.above(view(-1)).map(viewSnapshot);
  }
}
