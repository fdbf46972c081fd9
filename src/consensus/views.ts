/**
 * All views that still matter: from `viewRetention` below the last final one, up to the current and wherever a
 * certificate points. Views that nothing is known of take no room.
 * @module
 */
import { assert } from "../base/assert.ts";
import { type BlockId, type Epoch, type ValidatorIndex, type View, view } from "../protocol/ids.ts";
import type { ValidatorSet } from "../protocol/validator-set.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Certificate, Proposal } from "../protocol/vote.ts";
import { boundaryProposal, certifiedProposal } from "./proposals.ts";
import type { ConsensusSettings } from "./settings.ts";
import { ViewState } from "./view-state.ts";

export interface ViewsOptions {
  readonly epoch: Epoch;
  readonly boundary: BlockId;
  readonly validators: ValidatorSet;
  readonly settings: ConsensusSettings;
  /** The last final proposal that the ledger holds; undefined = the boundary. */
  readonly lastFinal: Proposal | undefined;
}

export class Views {
  readonly epoch: Epoch;
  readonly validators: ValidatorSet;
  readonly #retention: number;
  readonly #states = new Map<View, ViewState>();
  #current: View;
  #lastFinal: Proposal;
  #lastFinalization: Verified<Certificate> | undefined;
  #highestCertified: Proposal;

  constructor(options: ViewsOptions) {
    this.epoch = options.epoch;
    this.validators = options.validators;
    this.#retention = options.settings.viewRetention;
    this.#lastFinal = options.lastFinal ?? boundaryProposal(options.epoch, options.boundary);
    assert(this.#lastFinal.epoch === options.epoch, "the last final proposal is of this epoch");
    this.#highestCertified = this.#lastFinal;
    this.#current = view(this.#lastFinal.view + 1);
  }

  /** The view that we vote in. */
  get current(): View {
    return this.#current;
  }

  get lastFinal(): Proposal {
    return this.#lastFinal;
  }

  /** Undefined until a finalization came through consensus or its journal. */
  get lastFinalization(): Verified<Certificate> | undefined {
    return this.#lastFinalization;
  }

  /** The highest proposal that is final, or notarized and certified by ourselves. */
  get highestCertified(): Proposal {
    return this.#highestCertified;
  }

  /** The lowest view of which anything is kept. */
  get floor(): View {
    return view(Math.max(0, this.#lastFinal.view - this.#retention));
  }

  leader(of: View): ValidatorIndex {
    return this.validators.leader(of);
  }

  find(of: View): ViewState | undefined {
    return this.#states.get(of);
  }

  /** The state of a view, made if need be: the caller has checked that the view is in the window or proven. */
  at(of: View): ViewState {
    const known = this.#states.get(of);
    if (known !== undefined) return known;
    assert(of >= this.floor, "no state below the window");
    const state = new ViewState({
      epoch: this.epoch,
      view: of,
      leader: this.leader(of),
      quorum: this.validators.quorum,
    });
    this.#states.set(of, state);
    return state;
  }

  get currentState(): ViewState {
    return this.at(this.#current);
  }

  /** States of the views above one, ascending. */
  above(of: View): readonly ViewState[] {
    return [...this.#states.values()]
      .filter((state) => state.view > of)
      .toSorted((a, b) => a.view - b.view);
  }

  /** What may be built on in a view: the last final proposal, or one that is notarized and certified. */
  certified(of: View): Proposal | undefined {
    if (of === this.#lastFinal.view) return this.#lastFinal;
    if (of < this.#lastFinal.view) return undefined;
    const state = this.#states.get(of);
    return state?.certification === "ok" ? state.notarized : undefined;
  }

  isNullified(of: View): boolean {
    return this.#states.get(of)?.nullification !== undefined;
  }

  moveTo(next: View): void {
    assert(next > this.#current, "views only rise");
    this.#current = next;
  }

  recordCertified(proposal: Proposal): void {
    if (proposal.view > this.#highestCertified.view) this.#highestCertified = proposal;
  }

  /** Raises the last final view and forgets what lies below the window. */
  recordFinal(finalization: Verified<Certificate>): void {
    const proposal = certifiedProposal(finalization);
    assert(proposal.view > this.#lastFinal.view, "the last final view only rises");
    this.#lastFinal = proposal;
    this.#lastFinalization = finalization;
    this.recordCertified(proposal);
    for (const known of this.#states.keys()) if (known < this.floor) this.#states.delete(known);
  }

  /** For replay: the ledger already holds this final proposal; here is its certificate. */
  recallFinalization(finalization: Verified<Certificate>): void {
    this.#lastFinalization = finalization;
  }
}
