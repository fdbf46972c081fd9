/**
 * The rules of Simplex, each where its event arrives.
 *
 *   upon entering view v      start its timers when there is work; its leader proposes on the highest certified parent
 *   upon the leader's vote    check the ancestry, verify the block, notarize; what is missing is fetched
 *   upon a notarization       certify it (block held, verified, stored); then enter v + 1 and finalize
 *   upon a nullification      enter v + 1; a running certify goes on
 *   upon a finalization       it and all its ancestors are final; enter v + 1
 *   upon a timer              nullify the current view, and no other
 *
 * (Chan and Pass, "Simplex Consensus: A Simple and Fast Consensus Protocol", TCC 2023; certificates, certify and the
 * targeted fetches as in commonware's simplex.)
 * @module
 */
import { unreachable } from "../base/assert.ts";
import type { View } from "../protocol/ids.ts";
import type { Verified } from "../protocol/verified.ts";
import { type Certificate, joinVotes, type Proposal, type Vote } from "../protocol/vote.ts";
import type { Activity } from "./activity.ts";
import { votesIn } from "./certificate-votes.ts";
import type { CurrentView, SimplexParts } from "./current-view.ts";
import type { Effect } from "./effect.ts";
import type { Input, Verdict } from "./input.ts";
import { certifiedProposal, proposalIn, sameProposal } from "./proposals.ts";
import type { ConsensusSettings } from "./settings.ts";
import { inVoteWindow, wantsCertificate } from "./standing.ts";
import type { ViewState } from "./view-state.ts";
import type { Views } from "./views.ts";
import type { Voter } from "./voter.ts";

type InputOf<Kind extends Input["kind"]> = Extract<Input, { kind: Kind }>;

export class Simplex {
  readonly #settings: ConsensusSettings;
  readonly #views: Views;
  readonly #voter: Voter;
  readonly #activity: Activity;
  readonly #emit: (effect: Effect) => void;
  /** The last final view of which the ledger knows; the journal may know of a higher one. */
  readonly #ledgerFinalView: View;
  readonly #current: CurrentView;
  #nowMs = 0;

  constructor(
    options: { readonly ledgerFinalView: View },
    parts: SimplexParts & { readonly current: CurrentView },
  ) {
    this.#ledgerFinalView = options.ledgerFinalView;
    this.#settings = parts.settings;
    this.#views = parts.views;
    this.#voter = parts.voter;
    this.#activity = parts.activity;
    this.#emit = parts.emit;
    this.#current = parts.current;
  }

  step(input: Input, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#take(input);
    this.#current.progress(nowMs);
  }

  // Inputs.

  #take(input: Input): void {
    switch (input.kind) {
      case "start":
        this.#start();
        break;
      case "vote":
        this.#onVote(input.vote);
        break;
      case "certificate":
        this.#onCertificate(input.certificate);
        break;
      case "proposed":
        this.#onProposed(input);
        break;
      case "verified":
        this.#onVerified(input.proposal, input.verdict);
        break;
      case "certified":
        this.#onCertified(input);
        break;
      case "retry":
        this.#askAgain();
        break;
      case "work":
        this.#onWork(input);
        break;
      case "tick":
        // The host says when a "later" may have changed; asking now and then heals what it missed.
        if (this.#current.tick(this.#nowMs)) this.#askAgain();
        break;
      default:
        unreachable(input);
    }
  }

  /** Upon starting: say what replay left unsaid; nothing that is journaled is verified or certified anew. */
  #start(): void {
    const views = this.#views;
    const { lastFinal, lastFinalization } = views;
    if (lastFinal.view > this.#ledgerFinalView && lastFinalization !== undefined) {
      this.#emit({ kind: "finalized", proposal: lastFinal, certificate: lastFinalization });
    }
    this.#current.enter(this.#nowMs);
    for (const state of views.above(lastFinal.view)) {
      if (state.certification === "none") this.#certify(state);
    }
  }

  /** Upon a verified vote: count it; a quorum is a certificate. */
  #onVote(vote: Verified<Vote>): void {
    if (!inVoteWindow(this.#views, vote.body)) return;
    const votes = this.#count(vote);
    if (votes === undefined || !wantsCertificate(this.#views, vote.body)) return;
    const certificate = joinVotes(votes);
    if (certificate !== undefined) this.#record(certificate);
  }

  /** Returns the votes of a quorum that this one completed. */
  #count(vote: Verified<Vote>): readonly Verified<Vote>[] | undefined {
    const { body, signer } = vote;
    const isOwn = signer === this.#voter.self;
    if (isOwn && !this.#voter.recognizes(vote)) return undefined;
    const state = this.#views.at(body.view);
    this.#activity.voted(signer, body.view);
    const { standing, votes, fault } = state.tally.add(vote);
    if (fault !== undefined && !isOwn) this.#emit({ kind: "fault", ...fault });
    if (body.kind === "notarize" && signer === state.leader) {
      state.slot.offer(proposalIn(body), this.#nowMs);
    }
    if (body.kind === "notarize") this.#expose(state);
    return standing === "quorum" ? votes : undefined;
  }

  /**
   * Votes for two proposals in one view: the leader has signed both, or a voter lies. A leader that shows each half of
   * us its own block is proven faulty only if the halves compare what it signed.
   */
  #expose(state: ViewState): void {
    const vote = state.tally.vote(state.leader, "notarize");
    if (state.isLeaderExposed || vote === undefined || state.leader === this.#voter.self) return;
    if (!state.tally.disagrees(vote)) return;
    state.isLeaderExposed = true;
    this.#emit({ kind: "pass-on-vote", vote });
  }

  /** Upon a certificate: its votes are votes like any other (activity, evidence, own key used elsewhere). */
  #onCertificate(certificate: Verified<Certificate>): void {
    if (!wantsCertificate(this.#views, certificate.subject)) return;
    for (const vote of votesIn(certificate)) this.#count(vote);
    this.#record(certificate);
  }

  /** Records a certificate, formed or received, and passes it on once. */
  #record(certificate: Verified<Certificate>): void {
    const { subject } = certificate;
    const state = this.#views.at(subject.view);
    this.#emit({ kind: "journal", entry: { kind: "certificate", certificate } });
    this.#emit({ kind: "certificate", certificate });
    switch (subject.kind) {
      case "notarize":
        // We stay in the view, and its certification timer goes on, until certify says ok.
        state.holdNotarization(certificate);
        state.slot.replace(certifiedProposal(certificate), this.#nowMs);
        this.#certify(state);
        break;
      case "nullify":
        // A certify of this view goes on: others may have certified it and build on it.
        state.nullification = certificate;
        this.#emit({ kind: "passed-over", view: subject.view, leader: state.leader });
        this.#current.leave(subject.view, this.#nowMs);
        break;
      case "finalize":
        this.#finalize(state, certificate);
        break;
      default:
        unreachable(subject);
    }
    this.#askAgain();
  }

  /** Certifies of this view and below are over: their answers are no longer looked at. */
  #finalize(state: ViewState, certificate: Verified<Certificate>): void {
    const proposal = certifiedProposal(certificate);
    state.finalization = certificate;
    state.slot.replace(proposal, this.#nowMs);
    this.#views.recordFinal(certificate);
    this.#emit({ kind: "finalized", proposal, certificate });
    this.#current.leave(proposal.view, this.#nowMs);
  }

  #onCertified({ proposal, result }: InputOf<"certified">): void {
    const state = this.#views.find(proposal.view);
    if (state === undefined || proposal.view <= this.#views.lastFinal.view) return;
    if (state.certification !== "asked" || !sameProposal(state.notarized, proposal)) return;
    state.certification = result;
    if (result === "later") return;
    const ok = result === "ok";
    this.#emit({ kind: "journal", entry: { kind: "certified", proposal, ok } });
    if (ok) {
      this.#views.recordCertified(proposal);
      this.#voter.finalize(state);
      this.#current.leave(proposal.view, this.#nowMs);
    } else if (state.view === this.#views.current) {
      this.#current.nullify("certification-failed", this.#nowMs);
    }
  }

  #onVerified(proposal: Proposal, verdict: Verdict): void {
    const state = this.#views.find(proposal.view);
    if (state?.slot.verification !== "asked") return;
    if (!sameProposal(state.slot.proposal, proposal)) return;
    state.slot.verification = verdict;
    if (verdict === "valid") this.#voter.notarize(state);
    if (verdict === "invalid" && state.view === this.#views.current) {
      this.#current.nullify("proposal-invalid", this.#nowMs);
    }
  }

  #onProposed({ view: of, blockId }: InputOf<"proposed">): void {
    if (of !== this.#views.current) return;
    const state = this.#views.currentState;
    const { proposeParent: parent, slot, own } = state;
    if (parent === undefined || slot.proposal !== undefined || own.nullified) return;
    if (blockId === undefined) {
      this.#current.nullify("proposal-missing", this.#nowMs);
      return;
    }
    slot.adopt({ epoch: state.epoch, view: of, parentView: parent.view, blockId }, this.#nowMs);
    this.#voter.notarize(state);
  }

  #onWork({ view: of, sinceMs, pacingMs = this.#settings.pacingMs }: InputOf<"work">): void {
    if (of !== this.#views.current) return;
    this.#current.setWork(sinceMs === undefined ? undefined : { sinceMs, pacingMs });
  }

  /** Something that a "later" may have waited for has come. */
  #askAgain(): void {
    const { lastFinal, currentState } = this.#views;
    if (currentState.slot.verification === "later") currentState.slot.verification = "unasked";
    for (const state of this.#views.above(lastFinal.view)) {
      if (state.certification === "later") this.#certify(state);
    }
  }

  #certify(state: ViewState): void {
    if (state.notarized === undefined) return;
    state.certification = "asked";
    this.#emit({ kind: "certify", proposal: state.notarized });
  }
}
