/**
 * Everything that is known of one view: the ring between the proposal slot (inside) and the views (outside).
 * @module
 */
import type { Epoch, ValidatorIndex, View } from "../protocol/ids.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Certificate, Proposal, VoteBody, VoteKind } from "../protocol/vote.ts";
import { ProposalSlot } from "./proposal-slot.ts";
import { certifiedProposal, proposalIn, sameProposal } from "./proposals.ts";
import { VoteTally } from "./vote-tally.ts";
import type { FinalizeFacts, OwnVotes } from "./voting-rules.ts";

/** How far the application's answer to `certify` is; "ok" and "failed" are durable and last. */
export type Certification = "none" | "asked" | "later" | "ok" | "failed";

export class ViewState {
  readonly epoch: Epoch;
  readonly view: View;
  readonly leader: ValidatorIndex;
  readonly slot: ProposalSlot = new ProposalSlot();
  readonly tally: VoteTally;
  certification: Certification = "none";
  nullification: Verified<Certificate> | undefined;
  finalization: Verified<Certificate> | undefined;
  /** The parent on which we asked for a block, when we lead the view. */
  proposeParent: Proposal | undefined;
  /** Whether the leader's vote was passed on because others voted for another proposal. */
  isLeaderExposed = false;
  /** Kinds of which a validly signed own vote came that our journal does not hold. */
  readonly strangers: Set<VoteKind> = new Set();
  #notarization: Verified<Certificate> | undefined;
  #notarized: Proposal | undefined;
  #own: OwnVotes = { notarized: undefined, nullified: false, finalized: undefined };

  constructor(options: {
    readonly epoch: Epoch;
    readonly view: View;
    readonly leader: ValidatorIndex;
    readonly quorum: number;
  }) {
    this.epoch = options.epoch;
    this.view = options.view;
    this.leader = options.leader;
    this.tally = new VoteTally({ quorum: options.quorum });
  }

  get notarization(): Verified<Certificate> | undefined {
    return this.#notarization;
  }

  /** The proposal that a quorum notarized. */
  get notarized(): Proposal | undefined {
    return this.#notarized;
  }

  get own(): OwnVotes {
    return this.#own;
  }

  holdNotarization(certificate: Verified<Certificate>): void {
    this.#notarization = certificate;
    this.#notarized = certifiedProposal(certificate);
  }

  /** Remembers an own vote; the caller journals it in the same turn. */
  recordOwn(body: VoteBody): void {
    if (body.kind === "nullify") this.#own = { ...this.#own, nullified: true };
    else if (body.kind === "notarize") this.#own = { ...this.#own, notarized: proposalIn(body) };
    else this.#own = { ...this.#own, finalized: proposalIn(body) };
  }

  /** Whether the journal holds this own vote. */
  holdsOwn(body: VoteBody): boolean {
    if (body.kind === "nullify") return this.#own.nullified;
    const held = body.kind === "notarize" ? this.#own.notarized : this.#own.finalized;
    return sameProposal(held, body);
  }

  ownBodies(): readonly VoteBody[] {
    const { notarized, nullified, finalized } = this.#own;
    const bodies: VoteBody[] = [];
    if (notarized !== undefined) bodies.push({ ...notarized, kind: "notarize" });
    if (finalized !== undefined) bodies.push({ ...finalized, kind: "finalize" });
    if (nullified) bodies.push({ kind: "nullify", epoch: this.epoch, view: this.view });
    return bodies;
  }

  finalizeFacts(lastFinalView: View): FinalizeFacts {
    return {
      certified: this.#notarization !== undefined && this.certification === "ok",
      equivocated: this.slot.equivocated,
      aboveLastFinal: this.view > lastFinalView,
    };
  }
}
