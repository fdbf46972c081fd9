/**
 * The place of a view's proposal: empty, unverified, verified, or equivocated.
 *
 * A conflicting *vote* of the leader never replaces the proposal, it only marks the slot; a *certificate* does replace
 * it, and marks the slot too.
 * @module
 */
import type { Proposal } from "../protocol/vote.ts";
import { sameProposal } from "./proposals.ts";

/** How far the application's answer to `verify` is. "later" is asked again when something new comes. */
export type Verification = "unasked" | "asked" | "later" | "valid" | "invalid";

export class ProposalSlot {
  verification: Verification = "unasked";
  #proposal: Proposal | undefined;
  #equivocated = false;
  #seenMs: number | undefined;

  get proposal(): Proposal | undefined {
    return this.#proposal;
  }

  get equivocated(): boolean {
    return this.#equivocated;
  }

  get verified(): boolean {
    return this.verification === "valid";
  }

  /** When the proposal was first seen; undefined if that was before a restart. */
  get seenMs(): number | undefined {
    return this.#seenMs;
  }

  /** The leader signed it. */
  offer(proposal: Proposal, nowMs: number | undefined): void {
    if (this.#proposal === undefined) {
      this.#proposal = proposal;
      this.#seenMs = nowMs;
    } else if (!sameProposal(this.#proposal, proposal)) {
      this.#equivocated = true;
    }
  }

  /** A quorum certified it. */
  replace(proposal: Proposal, nowMs: number | undefined): void {
    if (sameProposal(this.#proposal, proposal)) return;
    if (this.#proposal !== undefined) this.#equivocated = true;
    this.#proposal = proposal;
    this.#seenMs ??= nowMs;
    this.verification = "unasked";
  }

  /** We built it, or voted for it before a restart: nothing is left to verify. */
  adopt(proposal: Proposal, nowMs: number | undefined): void {
    this.offer(proposal, nowMs);
    if (sameProposal(this.#proposal, proposal)) this.verification = "valid";
  }
}
