/**
 * The oracle: judges every vote and certificate of honest validators from outside, with its own arithmetic.
 *
 * It does not wait for a certificate to be formed. Liars can sign anything at any time, so a subject is certifiable
 * as soon as its honest signers and all liars together are a quorum; S1 to S3 are demanded of what is certifiable.
 * @module
 */
import type { Verifier } from "../../../../src/crypto/ports.ts";
import type { BlockId, ChainId } from "../../../../src/protocol/ids.ts";
import type { ValidatorSet } from "../../../../src/protocol/validator-set.ts";
import {
  type Certificate,
  type Proposal,
  type VoteBody,
  voteSigningBytes,
  voteSubject,
} from "../../../../src/protocol/vote.ts";
import type { Finding, FindingKind } from "./finding.ts";

/** What the scene knows of a validator that votes. */
export interface VoterFacts {
  readonly number: number;
  readonly mayVote: boolean;
  /** Leader's proposals and certified ones that this process was shown for the view. */
  readonly shown: readonly Proposal[];
  /** Its application said so, in this or an earlier life. */
  readonly hasVerified: boolean;
  readonly hasCertified: boolean;
  readonly hasCertifiedParent: boolean;
  readonly lastFinalView: number;
}

interface Own {
  readonly signed: Set<string>;
  readonly cast: Set<string>;
}

interface Subject {
  readonly body: VoteBody;
  readonly signers: Set<number>;
}

export class Oracle {
  readonly findings: Finding[] = [];
  readonly #count: number;
  readonly #liars: number;
  readonly #validators: ValidatorSet;
  readonly #verifier: Verifier;
  readonly #chainId: ChainId;
  readonly #parents = new Map<BlockId, BlockId | undefined>();
  readonly #subjects = new Map<string, Subject>();
  readonly #own = new Map<string, Own>();
  readonly #finals = new Map<number, { readonly proposal: Proposal; readonly by: number }>();

  constructor(options: {
    readonly validators: ValidatorSet;
    readonly liars: number;
    readonly verifier: Verifier;
    readonly chainId: ChainId;
    readonly boundary: BlockId;
  }) {
    this.#validators = options.validators;
    this.#count = options.validators.count;
    this.#liars = options.liars;
    this.#verifier = options.verifier;
    this.#chainId = options.chainId;
    this.#parents.set(options.boundary, undefined);
    if (options.liars > Math.trunc((this.#count - 1) / 3)) throw new Error("too many liars");
  }

  /** n − ⌊(n − 1) / 3⌋, on purpose not taken from the code under test. */
  get quorum(): number {
    return this.#count - Math.trunc((this.#count - 1) / 3);
  }

  block(id: BlockId, parent: BlockId): void {
    this.#parents.set(id, parent);
  }

  find(kind: FindingKind, message: string): void {
    if (this.findings.some((known) => known.kind === kind && known.message === message)) return;
    this.findings.push({ kind, message });
  }

  /** An honest key signs. `isNew`: as a vote cast, not as the repetition of one. */
  signed(body: VoteBody, voter: VoterFacts, isNew: boolean): void {
    const text = voteSubject(body);
    const own = this.#ownOf(voter.number, body.view);
    const who = `validator ${voter.number}`;
    this.#checkOwn(who, own, body);
    if (isNew && own.cast.has(body.kind)) {
      this.find("double vote", `${who} casts ${body.kind} of view ${body.view} a second time`);
    }
    this.#checkPromises(who, own, body, voter);
    own.signed.add(text);
    if (isNew) own.cast.add(body.kind);
    const subject = this.#subjects.get(text) ?? { body, signers: new Set() };
    subject.signers.add(voter.number);
    this.#subjects.set(text, subject);
    this.#checkViews();
  }

  #checkOwn(who: string, own: Own, body: VoteBody): void {
    const text = voteSubject(body);
    for (const other of own.signed) {
      if (other === text) continue;
      const kind = other.slice(0, other.indexOf("/"));
      if (kind === body.kind) {
        this.find("double vote", `${who} signs two ${kind} votes in view ${body.view}`);
      }
      const both = [kind, body.kind].toSorted().join();
      if (both === "finalize,nullify") {
        this.find("double vote", `${who} nullifies and finalizes view ${body.view}`);
      }
    }
  }

  #checkPromises(who: string, own: Own, body: VoteBody, voter: VoterFacts): void {
    const { view } = body;
    const breaks = (what: string): void =>
      this.find("forbidden vote", `${who} ${what} (view ${view})`);
    if (!voter.mayVote) breaks("votes while it must not");
    if (view <= voter.lastFinalView) breaks("votes in a view that is over");
    if (body.kind === "nullify") return;
    const others = voter.shown.filter((known) => !isSame(known, body));
    if (others.length > 0 && !own.signed.has(voteSubject(body))) {
      breaks(`${body.kind === "notarize" ? "notarizes" : "finalizes"} though it saw two proposals`);
    }
    if (body.kind === "finalize") {
      if (!voter.hasCertified) breaks("finalizes a block that it does not hold");
      return;
    }
    const isRepeated = own.signed.has(voteSubject(body));
    if (!isRepeated && [...own.signed].some((text) => text.startsWith("nullify"))) {
      breaks("notarizes after nullifying");
    }
    if (!isRepeated && !voter.hasVerified) breaks("notarizes a block that it has not verified");
    if (!isRepeated && !voter.hasCertifiedParent) breaks("notarizes on an uncertified parent");
  }

  /** A certificate that an honest validator forms, takes or passes on. */
  certificate(certificate: Certificate): void {
    const { subject, signatures } = certificate;
    const message = voteSigningBytes(this.#chainId, subject);
    const signers = new Set<number>();
    for (const { signer, signature } of signatures) {
      const key = this.#validators.keyAt(signer);
      if (key !== undefined && this.#verifier.verify(signature, message, key)) signers.add(signer);
    }
    if (signers.size >= this.quorum) return;
    const named = `the ${subject.kind} certificate of view ${subject.view}`;
    this.find("false certificate", `${named} has ${signers.size} signers of ${this.quorum}`);
  }

  /** An honest validator takes a block for final. */
  final(number: number, proposal: Proposal): void {
    const known = this.#finals.get(proposal.view);
    if (known === undefined) this.#finals.set(proposal.view, { proposal, by: number });
    for (const { proposal: other, by } of this.#finals.values()) {
      const [low, high] = other.view <= proposal.view ? [other, proposal] : [proposal, other];
      if (low.view === high.view ? isSame(low, high) : this.#descends(high.blockId, low.blockId)) {
        continue;
      }
      const views = `views ${low.view} and ${high.view}`;
      this.find("fork", `validators ${by} and ${number} hold conflicting final blocks (${views})`);
    }
    if (this.#isCertifiable(`nullify/${proposal.epoch}/${proposal.view}`)) {
      this.find("fork", `S2: view ${proposal.view} is final and nullified`);
    }
  }

  /** Whether an honest validator has taken this block for final. */
  isFinal(block: BlockId): boolean {
    return [...this.#finals.values()].some(({ proposal }) => proposal.blockId === block);
  }

  /** S1 to S3 on everything certifiable. */
  #checkViews(): void {
    const certifiable = [...this.#subjects.values()].filter(({ signers }) =>
      this.#isQuorum(signers),
    );
    const finals = certifiable.flatMap(({ body }) => (body.kind === "finalize" ? [body] : []));
    const notarized = new Map<number, Proposal>();
    for (const { body } of certifiable) {
      if (body.kind !== "notarize") continue;
      const other = notarized.get(body.view);
      if (other !== undefined) this.find("fork", `S1: two notarizations in view ${body.view}`);
      notarized.set(body.view, body);
    }
    for (const final of finals) {
      if (this.#isCertifiable(`nullify/${final.epoch}/${final.view}`)) {
        this.find("fork", `S2: view ${final.view} can be finalized and nullified`);
      }
      const same = notarized.get(final.view);
      if (same === undefined || !isSame(same, final)) {
        this.find("fork", `S1: view ${final.view} can be finalized without its notarization`);
      }
      this.#checkDescent(final);
    }
  }

  /** S3, of every honest vote: no honest validator helps to build past a final block. */
  #checkDescent(final: Proposal): void {
    for (const { body } of this.#subjects.values()) {
      if (body.kind !== "notarize" || body.view <= final.view) continue;
      if (this.#descends(body.blockId, final.blockId)) continue;
      const what = `an honest vote in view ${body.view} builds past view ${final.view}`;
      this.find("fork", `S3: ${what}, which can be finalized`);
    }
  }

  #descends(block: BlockId, ancestor: BlockId): boolean {
    for (let at: BlockId | undefined = block; at !== undefined; at = this.#parents.get(at)) {
      if (at === ancestor) return true;
    }
    return false;
  }

  #isCertifiable(text: string): boolean {
    const subject = this.#subjects.get(text);
    return subject !== undefined && this.#isQuorum(subject.signers);
  }

  #isQuorum(signers: ReadonlySet<number>): boolean {
    return signers.size + this.#liars >= this.quorum;
  }

  #ownOf(number: number, view: number): Own {
    const key = `${number}/${view}`;
    const known = this.#own.get(key) ?? { signed: new Set<string>(), cast: new Set<string>() };
    this.#own.set(key, known);
    return known;
  }
}

function isSame(a: Proposal, b: Proposal): boolean {
  return a.view === b.view && a.parentView === b.parentView && a.blockId === b.blockId;
}
