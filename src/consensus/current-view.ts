/**
 * The current view: its timers, and everything that its state allows us to do now.
 *
 * Only the current view has timers, is proposed in, verified in and nullified. `progress` runs after every input, so
 * that no order of inputs forgets a step.
 * @module
 */
import { type View, view } from "../protocol/ids.ts";
import type { Activity } from "./activity.ts";
import { checkAncestry, chooseParent } from "./ancestry.ts";
import type { Effect, NullifyReason } from "./effect.ts";
import type { Fetches } from "./fetches.ts";
import type { ConsensusSettings } from "./settings.ts";
import { entryCertificate } from "./standing.ts";
import type { ViewState } from "./view-state.ts";
import { ViewTimers, type Work } from "./view-timers.ts";
import type { Views } from "./views.ts";
import type { Voter } from "./voter.ts";

const never: number = Number.POSITIVE_INFINITY;

export interface SimplexParts {
  readonly settings: ConsensusSettings;
  readonly views: Views;
  readonly voter: Voter;
  readonly activity: Activity;
  readonly fetches: Fetches;
  /** Appends to the effects of the current step. */
  readonly emit: (effect: Effect) => void;
}

export class CurrentView {
  readonly #settings: ConsensusSettings;
  readonly #views: Views;
  readonly #voter: Voter;
  readonly #activity: Activity;
  readonly #fetches: Fetches;
  readonly #emit: (effect: Effect) => void;
  #timers: ViewTimers;
  #proposeAtMs = never;
  /** What a restart or a ban on voting left unsaid is said as soon as we may vote. */
  #owesVotes = true;

  constructor(parts: SimplexParts) {
    this.#settings = parts.settings;
    this.#views = parts.views;
    this.#voter = parts.voter;
    this.#activity = parts.activity;
    this.#fetches = parts.fetches;
    this.#emit = parts.emit;
    this.#timers = new ViewTimers({ settings: parts.settings, enteredMs: 0 });
  }

  /** Upon entering the view that `views` names. */
  enter(nowMs: number): void {
    const { current, currentState } = this.#views;
    this.#timers = new ViewTimers({ settings: this.#settings, enteredMs: nowMs });
    if (currentState.own.nullified) this.#timers.retryLater(nowMs);
    this.#emit({ kind: "entered", view: current, leader: currentState.leader });
  }

  setWork(work: Work | undefined): void {
    this.#timers.setWork(work);
  }

  /** Voting is allowed again: the current view gets its full time. */
  votingAllowed(): void {
    this.#owesVotes = true;
    this.#timers.restart();
  }

  /** When a `tick` is due, monotonic ms; infinite if never. */
  get deadlineMs(): number {
    if (!this.#voter.mayVote) return never;
    const timers = this.#timers;
    const hasProposal = this.#views.currentState.slot.proposal !== undefined;
    const giveUpMs =
      timers.retryAtMs === never ? timers.giveUp(hasProposal).atMs : timers.retryAtMs;
    return Math.min(
      giveUpMs,
      timers.startsMs,
      timers.repeatAtMs,
      this.#fetches.deadlineMs,
      this.#proposeAtMs,
    );
  }

  /** Upon a timer: give the current view up, or repeat what did not help. Returns whether anything was repeated. */
  tick(nowMs: number): boolean {
    if (!this.#voter.mayVote) return false;
    const state = this.#views.currentState;
    const timers = this.#timers;
    const repeats = nowMs >= timers.repeatAtMs;
    if (repeats) {
      this.#voter.repeat();
      this.#sendEntryCertificate();
      timers.repeatLater(nowMs);
      if (state.own.nullified) timers.retryLater(nowMs);
    }
    if (timers.retryAtMs === never) {
      const { atMs, reason } = timers.giveUp(state.slot.proposal !== undefined);
      if (nowMs >= atMs) {
        this.nullify(reason, nowMs);
        timers.retryLater(nowMs);
      }
      return repeats;
    }
    if (nowMs < timers.retryAtMs) return repeats;
    this.#voter.repeatNullify(state);
    this.#sendEntryCertificate();
    timers.retryLater(nowMs);
    return true;
  }

  /** Does what the current view now allows. Runs after every input, so that no order of inputs forgets it. */
  progress(nowMs: number): void {
    if (this.#owesVotes && this.#voter.mayVote) {
      this.#owesVotes = false;
      this.#voter.repeat();
      for (const state of this.#views.above(this.#views.lastFinal.view)) {
        this.#voter.finalize(state);
      }
    }
    const state = this.#views.currentState;
    const leads = state.leader === this.#voter.self;
    this.#timers.advance(nowMs, state.slot.proposal !== undefined, () => {
      return !leads && this.#activity.isSilent(state.leader);
    });
    this.#voter.notarize(state);
    if (state.tally.vote(state.leader, "nullify") !== undefined) {
      this.nullify("leader-nullified", nowMs);
    }
    this.#proposeAtMs = never;
    const missing = leads ? this.#tryPropose(state, nowMs) : this.#tryVerify(state, nowMs);
    const from = leads ? undefined : state.leader;
    for (const of of this.#fetches.want(missing, from, nowMs)) {
      this.#emit({ kind: "fetch-certificate", view: of, from });
    }
  }

  /**
   * Upon leading: ask for a block once, on a parent that everybody can accept. Returns the views whose certificate is
   * missing. Pacing is shared: the host counts unfinal ancestors as work only after `pacing`; here the next proposal
   * keeps its distance from the parent's, whatever the work.
   */
  #tryPropose(state: ViewState, nowMs: number): readonly View[] {
    const { slot, own, proposeParent } = state;
    if (!this.#voter.mayVote || own.nullified) return [];
    if (slot.proposal !== undefined || proposeParent !== undefined) return [];
    const choice = chooseParent(this.#views, state.view);
    if (choice.kind === "missing") return choice.views;
    const parentSeenMs = this.#views.find(choice.parent.view)?.slot.seenMs;
    this.#proposeAtMs = this.#timers.proposeAtMs(parentSeenMs);
    if (nowMs < this.#proposeAtMs) return [];
    this.#proposeAtMs = never;
    state.proposeParent = choice.parent;
    this.#emit({ kind: "propose", view: state.view, parent: choice.parent });
    return [];
  }

  /**
   * Upon a proposal: check its whole ancestry, then have it verified. Returns the views whose certificate is missing.
   */
  #tryVerify(state: ViewState, nowMs: number): readonly View[] {
    const { slot, own } = state;
    if (!this.#voter.mayVote || slot.proposal === undefined || slot.equivocated) return [];
    // What a quorum has notarized is checked by certify.
    if (slot.verification !== "unasked" || state.notarization !== undefined) return [];
    const ancestry = checkAncestry(this.#views, slot.proposal);
    if (ancestry.kind === "missing") return ancestry.views;
    if (ancestry.kind === "invalid") this.nullify("ancestry-invalid", nowMs);
    if (ancestry.kind === "sound" && !own.nullified) {
      slot.verification = "asked";
      this.#emit({ kind: "verify", proposal: slot.proposal, parent: ancestry.parent });
    }
    return [];
  }

  /** Upon leaving view `of`, or any view below it. */
  leave(of: View, nowMs: number): void {
    const { current } = this.#views;
    if (of < current) return;
    if (of === current) this.#activity.left(of);
    this.#views.moveTo(view(of + 1));
    this.enter(nowMs);
  }

  /** The current view only. */
  nullify(reason: NullifyReason, nowMs: number): void {
    const state = this.#views.currentState;
    if (!this.#voter.nullify(state)) return;
    this.#timers.retryLater(nowMs);
    this.#emit({ kind: "nullified", view: state.view, reason });
  }

  #sendEntryCertificate(): void {
    const certificate = entryCertificate(this.#views);
    if (certificate !== undefined) this.#emit({ kind: "certificate-again", certificate });
  }
}
