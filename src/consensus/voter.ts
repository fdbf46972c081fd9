/**
 * The voter: casts own votes, each of them journaled in the turn that emits it, and repeats them.
 *
 * Whether a vote is allowed is decided by voting-rules.ts and by nothing else.
 * @module
 */
import type { ValidatorIndex, View } from "../protocol/ids.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Proposal, Vote, VoteBody } from "../protocol/vote.ts";
import type { Effect } from "./effect.ts";
import { certifiedProposal } from "./proposals.ts";
import type { ViewState } from "./view-state.ts";
import type { Views } from "./views.ts";
import type { VotingRules } from "./voting-rules.ts";

/** Own votes are repeated of this many views at most: older ones, a newer finalization will cover. */
const repeatedViewsMax = 64;

export class Voter {
  readonly self: ValidatorIndex | undefined;
  readonly #views: Views;
  readonly #rules: VotingRules;
  readonly #emit: (effect: Effect) => void;
  /** Own votes up to this view may have been pruned from the journal before this start. */
  readonly #journalFloor: View;
  #allowed: boolean;
  #anotherVotes = false;

  constructor(
    options: {
      readonly self: ValidatorIndex | undefined;
      readonly mayVote: boolean;
      readonly rules: VotingRules;
    },
    dependencies: { readonly views: Views; readonly emit: (effect: Effect) => void },
  ) {
    this.self = options.self;
    this.#allowed = options.mayVote;
    this.#rules = options.rules;
    this.#views = dependencies.views;
    this.#emit = dependencies.emit;
    this.#journalFloor = dependencies.views.lastFinal.view;
  }

  get mayVote(): boolean {
    return this.self !== undefined && this.#allowed && !this.#anotherVotes;
  }

  set allowed(allowed: boolean) {
    this.#allowed = allowed;
  }

  notarize(state: ViewState): boolean {
    const { proposal } = state.slot;
    if (!this.mayVote || proposal === undefined) return false;
    if (state.view <= this.#views.lastFinal.view) return false; // Too late to matter.
    if (!this.#rules.mayNotarize(state.own, state.slot)) return false;
    this.#cast(state, { kind: "notarize", ...proposal });
    return true;
  }

  nullify(state: ViewState): boolean {
    if (!this.mayVote || !this.#rules.mayNullify(state.own)) return false;
    this.#cast(state, { kind: "nullify", epoch: state.epoch, view: state.view });
    return true;
  }

  finalize(state: ViewState): boolean {
    if (!this.mayVote || state.notarization === undefined) return false;
    const facts = state.finalizeFacts(this.#views.lastFinal.view);
    if (!this.#rules.mayFinalize(state.own, facts)) return false;
    const proposal: Proposal = certifiedProposal(state.notarization);
    this.#cast(state, { kind: "finalize", ...proposal });
    return true;
  }

  /** A vote of our own key came: true if the journal holds it. If not, another copy votes, and we stop. */
  recognizes(vote: Verified<Vote>): boolean {
    if (this.isJournaled(vote)) return true;
    const { view: of, kind } = vote.body;
    const state = this.#views.at(of);
    if (of <= this.#journalFloor || state.strangers.has(kind)) return false;
    state.strangers.add(kind);
    this.#anotherVotes = true;
    this.#emit({ kind: "own-vote-unknown", vote });
    return false;
  }

  isJournaled(vote: Vote): boolean {
    return this.#views.find(vote.body.view)?.holdsOwn(vote.body) ?? false;
  }

  /** Whether seeing this unknown own vote would tell us something. */
  wantsStranger(vote: Vote): boolean {
    const { view: of, kind } = vote.body;
    return of > this.#journalFloor && this.#views.find(of)?.strangers.has(kind) !== true;
  }

  /** Own votes above a view, ascending, of the newest views; empty while we may not vote. */
  votesAbove(of: View): readonly VoteBody[] {
    if (!this.mayVote) return [];
    const states = this.#views.above(of).filter(({ own }) => ownSomething(own));
    return states
      .slice(-repeatedViewsMax)
      .flatMap((state) =>
        state.ownBodies().filter(({ kind }) => this.#rules.maySendAgain(state.own, kind)),
      );
  }

  repeat(): void {
    for (const body of this.votesAbove(this.#views.lastFinal.view)) {
      this.#emit({ kind: "vote-again", body });
    }
  }

  repeatNullify(state: ViewState): void {
    if (!this.mayVote || !state.own.nullified) return;
    if (!this.#rules.maySendAgain(state.own, "nullify")) return;
    const body = { kind: "nullify", epoch: state.epoch, view: state.view } as const;
    this.#emit({ kind: "vote-again", body });
  }

  #cast(state: ViewState, body: VoteBody): void {
    state.recordOwn(body);
    this.#emit({ kind: "journal", entry: { kind: "vote", body } });
    this.#emit({ kind: "vote", body });
  }
}

function ownSomething(own: ViewState["own"]): boolean {
  return own.notarized !== undefined || own.nullified || own.finalized !== undefined;
}
