/**
 * The safety of a run, judged from outside the code under test: S1 to S3, and what honest validators never sign.
 * @module
 */
import type { BlockId } from "../../src/protocol/ids.ts";
import type { Verified } from "../../src/protocol/verified.ts";
import {
  type Certificate,
  type Proposal,
  type VoteBody,
  voteSubject,
} from "../../src/protocol/vote.ts";
import { boundary } from "../unit/consensus/scene.ts";

export class Violation extends Error {}

export class SafetyChecks {
  /** Of every block that anybody made. */
  readonly parents: Map<BlockId, BlockId | undefined> = new Map([[boundary, undefined]]);
  readonly certificates: Map<string, Verified<Certificate>> = new Map();
  readonly finals: Map<number, Proposal> = new Map();
  readonly #quorum: number;
  readonly #notarized = new Map<number, Proposal>();
  readonly #nullified = new Set<number>();
  readonly #signed = new Map<string, string>();

  constructor(options: { readonly quorum: number }) {
    this.#quorum = options.quorum;
  }

  /** An honest validator, through all of its lives, votes once and keeps its promises. */
  signed(position: number, body: VoteBody): void {
    const name = `${position}/${body.view}/`;
    const subject = voteSubject(body);
    const before = this.#signed.get(name + body.kind);
    if (before !== undefined && before !== subject) throw new Violation(`two votes: ${subject}`);
    this.#signed.set(name + body.kind, subject);
    if (this.#signed.has(`${name}nullify`) && this.#signed.has(`${name}finalize`)) {
      throw new Violation(`nullified and finalized: ${subject}`);
    }
  }

  certificate(certificate: Certificate): void {
    const { subject, signatures } = certificate;
    const signers = new Set(signatures.map(({ signer }) => signer));
    if (signers.size < this.#quorum) throw new Violation("a certificate below the quorum");
    const text = voteSubject(subject);
    this.certificates.set(text, certificate as Verified<Certificate>);
    if (subject.kind === "notarize") {
      if (differs(this.#notarized.get(subject.view), subject)) {
        throw new Violation(`S1: two notarizations in view ${subject.view}`);
      }
      this.#notarized.set(subject.view, subject);
      this.#checkDescent(subject);
    } else if (subject.kind === "nullify") {
      this.#nullified.add(subject.view);
    } else {
      this.final(subject);
    }
    if (this.#nullified.has(subject.view) && this.finals.has(subject.view)) {
      throw new Violation(`S2: view ${subject.view} is nullified and final`);
    }
  }

  final(proposal: Proposal): void {
    const known = this.finals.get(proposal.view);
    if (differs(known, proposal)) throw new Violation(`two final blocks in view ${proposal.view}`);
    if (differs(this.#notarized.get(proposal.view), proposal)) {
      throw new Violation(`S1: view ${proposal.view} is final with another block than notarized`);
    }
    if (known !== undefined) return;
    this.finals.set(proposal.view, proposal);
    for (const other of this.finals.values()) this.#checkDescent(other);
    for (const other of this.#notarized.values()) this.#checkDescent(other);
  }

  /** S3: everything certified descends from every final block of a lower view. */
  #checkDescent(proposal: Proposal): void {
    const ancestors = new Set<BlockId>();
    let at: BlockId | undefined = proposal.blockId;
    while (at !== undefined) {
      ancestors.add(at);
      at = this.parents.get(at);
    }
    for (const final of this.finals.values()) {
      if (final.view <= proposal.view && !ancestors.has(final.blockId)) {
        throw new Violation(`S3: view ${proposal.view} does not descend from view ${final.view}`);
      }
    }
  }
}

/** Block or parent: agreement is on both. */
function differs(known: Proposal | undefined, proposal: Proposal): boolean {
  if (known === undefined) return false;
  return known.blockId !== proposal.blockId || known.parentView !== proposal.parentView;
}
