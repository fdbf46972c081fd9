/**
 * The honest hosts of a small world: they carry out what their reducers ask for, at once and as simply as can be.
 *
 * What a host is handed goes the way of real messages: is it wanted, is its signature good. What it sends lies on the
 * wire until the script delivers it.
 * @module
 */
import { nativeVerifier } from "../../../../node/adapters/native-crypto.ts";
import type { Effect } from "../../../../src/consensus/effect.ts";
import type { Input } from "../../../../src/consensus/input.ts";
import { type BlockId, epoch, view } from "../../../../src/protocol/ids.ts";
import type { ValidatorSet } from "../../../../src/protocol/validator-set.ts";
import {
  type Certificate,
  type Proposal,
  type Vote,
  type VoteBody,
  voteSubject,
} from "../../../../src/protocol/vote.ts";
import { SceneOver } from "./finding.ts";
import { Oracle } from "./oracle.ts";
import { type Parcel, Parcels, type SmallMessage } from "./parcels.ts";
import { nameOf, type Question, SmallNode } from "./small-node.ts";
import { boundary, chainId, Speech } from "./speech.ts";

export interface SmallWorldOptions {
  readonly validators?: number;
  /** At most f of them. */
  readonly liars?: readonly number[];
  readonly epoch?: number;
  /** Without work nobody proposes before the idle interval is over. */
  readonly idle?: boolean;
}

/** More inputs than any honest run gives between two moments of time. */
const inputsMax = 5_000;

export class SmallHosts {
  nowMs = 0;
  readonly validators: ValidatorSet;
  readonly oracle: Oracle;
  readonly nodes: SmallNode[] = [];
  readonly boundary: BlockId = boundary;
  /** What honest leaders have proposed, by view. */
  readonly proposals: Map<number, Proposal> = new Map();
  /** By subject and signer, what honest validators have signed. */
  readonly #signed = new Map<string, Map<number, Vote>>();
  /** Positions of those that an honest validator accuses. */
  readonly blamed: Set<number> = new Set();
  /** Speaks for a liar whenever a node enters a view, before anybody else can. */
  onEntered: ((node: SmallNode, view: number) => void) | undefined;
  protected readonly wire: Parcels = new Parcels();
  readonly #epoch: number;
  readonly #idle: boolean;
  readonly #speech: Speech;
  readonly #parents = new Map<BlockId, { readonly parent: BlockId; readonly maker: number }>();
  #inputs = 0;

  constructor(options: SmallWorldOptions = {}) {
    const { validators: count = 4, liars = [] } = options;
    this.#epoch = options.epoch ?? 0;
    this.#idle = options.idle ?? false;
    this.#speech = new Speech({ validators: count, epoch: this.#epoch });
    this.validators = this.#speech.validators;
    this.oracle = new Oracle({
      validators: this.validators,
      liars: liars.length,
      verifier: nativeVerifier,
      chainId,
      boundary,
    });
    for (let number = 1; number <= count; number += 1) {
      if (!liars.includes(number)) this.addNode(number);
    }
  }

  protected addNode(number: number): SmallNode {
    const machine = { epoch: epoch(this.#epoch), boundary, validators: this.validators };
    const node = new SmallNode({ number, machine });
    this.nodes.push(node);
    return node;
  }

  // What anybody says.

  block(parent: BlockId, maker: number): BlockId {
    const id = (this.#parents.size + 1).toString(16).padStart(64, "0") as BlockId;
    this.#parents.set(id, { parent, maker: this.#lead(maker) });
    this.oracle.block(id, parent);
    return id;
  }

  proposal(of: number, parentView: number, blockId: BlockId): Proposal {
    return { epoch: epoch(this.#epoch), view: view(of), parentView: view(parentView), blockId };
  }

  nullify(of: number, inEpoch: number = this.#epoch): VoteBody {
    return { kind: "nullify", epoch: epoch(inEpoch), view: view(of) };
  }

  /** With a good signature; of an honest validator only what it has signed, or signed in another epoch. */
  vote(number: number, body: VoteBody): Vote {
    return this.#speech.vote(number, body);
  }

  /** Of any place, with a signature that is not good. */
  forgedVote(position: number, body: VoteBody): Vote {
    return this.#speech.forgedVote(position, body);
  }

  certificate(votes: readonly Vote[]): Certificate {
    return this.#speech.certificate(votes);
  }

  /** What honest validators have signed, subject by subject, the newest last. */
  signedSubjects(): readonly (readonly Vote[])[] {
    return [...this.#signed.values()].map((votes) => [...votes.values()]);
  }

  /** Hands messages over as they come over a link: all are looked at before the first one has an effect. */
  hand(node: SmallNode, ...messages: readonly (Vote | Certificate)[]): void {
    const inputs = messages.flatMap((message) =>
      "body" in message ? this.#vote(node, message) : this.#certificate(node, message),
    );
    for (const input of inputs) this.give(node, input);
  }

  #vote(node: SmallNode, vote: Vote): readonly Input[] {
    if (!node.isUp || !node.consensus.wantsVote(vote)) return [];
    const verified = this.#speech.verifyVote(vote);
    if (verified === undefined) return [];
    const { body, signer } = vote;
    if (body.kind === "notarize" && signer === this.validators.leader(body.view)) node.show(body);
    return [{ kind: "vote", vote: verified }];
  }

  #certificate(node: SmallNode, certificate: Certificate): readonly Input[] {
    const { subject } = certificate;
    if (!node.isUp || !node.consensus.wantsCertificate(subject)) return [];
    const verified = this.#speech.verifyCertificate(certificate);
    if (verified === undefined) return [];
    if (subject.kind !== "nullify") node.show(subject);
    return [{ kind: "certificate", certificate: verified }];
  }

  give(node: SmallNode, input: Input): void {
    node.inbox.push(input);
    for (let next = node.inbox.shift(); next !== undefined; next = node.inbox.shift()) {
      this.#inputs += 1;
      if (this.#inputs > inputsMax)
        throw new SceneOver("stall", "messages beget messages for ever");
      if (node.isUp) this.#step(node, next);
    }
  }

  // How.

  #step(node: SmallNode, input: Input): void {
    let effects: readonly Effect[];
    try {
      effects = node.consensus.step(input, this.nowMs);
    } catch (error) {
      this.oracle.find("crash", `validator ${node.number} ends itself: ${String(error)}`);
      node.crash();
      return;
    }
    for (const effect of effects) {
      if (effect.kind === "journal" && effect.entry.kind === "certificate") {
        this.oracle.certificate(effect.entry.certificate);
      }
    }
    if (!node.write(effects)) return;
    for (const effect of effects) this.#perform(node, effect);
  }

  #perform(node: SmallNode, effect: Effect): void {
    switch (effect.kind) {
      case "vote":
      case "vote-again":
        this.#sign(node, effect.body, effect.kind === "vote");
        return;
      case "certificate":
      case "certificate-again":
        this.#broadcast(node, { kind: "certificate", certificate: effect.certificate });
        return;
      case "pass-on-vote":
        this.#broadcast(node, { kind: "vote", vote: effect.vote });
        return;
      case "finalized":
        this.oracle.certificate(effect.certificate);
        this.oracle.final(node.number, effect.proposal);
        node.ledgerFinal = effect.proposal;
        return;
      case "fetch-certificate":
        this.#ask(node, effect);
        return;
      case "fault":
        this.#blame(effect.first, effect.second);
        return;
      case "own-vote-unknown":
        node.mayVote = false;
        return;
      case "entered":
        this.onEntered?.(node, effect.view);
        node.inbox.push({
          kind: "work",
          view: effect.view,
          sinceMs: this.#idle ? undefined : this.nowMs,
        });
        return;
      case "propose":
      case "verify":
      case "certify":
        this.#application(node, effect);
        return;
      default:
        return;
    }
  }

  #application(node: SmallNode, effect: Extract<Effect, { readonly kind: Question }>): void {
    if (effect.kind === "propose") {
      const { view: of, parent } = effect;
      if (node.touched.has(of)) {
        this.oracle.find("forbidden vote", `validator ${node.number} proposes view ${of} anew`);
      }
      const blockId = this.block(parent.blockId, of);
      node.holds.add(blockId);
      const proposal = this.proposal(of, parent.view, blockId);
      this.proposals.set(of, proposal);
      node.verified.add(nameOf(proposal));
      if (!node.slow.has("propose")) node.inbox.push({ kind: "proposed", view: of, blockId });
      return;
    }
    if (node.slow.has(effect.kind)) return;
    const { proposal } = effect;
    const block = this.#parents.get(proposal.blockId);
    const isHeld = node.holds.has(proposal.blockId);
    if (!isHeld) node.missing.add(proposal.blockId);
    if (effect.kind === "certify") {
      if (isHeld) node.certified.add(nameOf(proposal));
      node.inbox.push({ kind: "certified", proposal, result: isHeld ? "ok" : "later" });
      return;
    }
    const isValid =
      block?.parent === effect.parent.blockId && block.maker === this.#lead(proposal.view);
    const verdict = isHeld ? (isValid ? "valid" : "invalid") : "later";
    if (verdict === "valid") node.verified.add(nameOf(proposal));
    node.inbox.push({ kind: "verified", proposal, verdict });
  }

  #sign(node: SmallNode, body: VoteBody, isNew: boolean): void {
    this.oracle.signed(body, node.voter(body), isNew);
    node.touched.add(body.view);
    const vote = this.vote(node.number, body);
    const subject = voteSubject(body);
    this.#signed.set(subject, (this.#signed.get(subject) ?? new Map()).set(vote.signer, vote));
    const verified = this.#speech.verifyVote(vote);
    if (verified !== undefined) node.inbox.push({ kind: "vote", vote: verified });
    if (body.kind === "notarize" && node.number === this.#lead(body.view)) node.show(body);
    this.#broadcast(node, { kind: "vote", vote });
  }

  #blame(first: Vote, second: Vote): void {
    this.blamed.add(first.signer);
    const liar = this.nodes.every(({ position }) => position !== first.signer);
    const isFault =
      first.signer === second.signer && voteSubject(first.body) !== voteSubject(second.body);
    if (liar && isFault) return;
    this.oracle.find("wrong blame", `position ${first.signer} is accused without a fault`);
  }

  #ask(node: SmallNode, effect: Extract<Effect, { readonly kind: "fetch-certificate" }>): void {
    for (const other of this.nodes) {
      if (other === node || (effect.from ?? other.position) !== other.position) continue;
      this.wire.add(node.number, other.number, { kind: "ask", view: effect.view });
    }
  }

  #broadcast(node: SmallNode, message: SmallMessage): void {
    const numbers = new Set(
      this.nodes.filter((other) => other !== node).map(({ number }) => number),
    );
    for (const to of numbers) this.wire.add(node.number, to, message);
  }

  protected arrive(node: SmallNode, { from, message }: Parcel): void {
    if (!node.isUp) return;
    if (message.kind === "certificate") this.hand(node, message.certificate);
    if (message.kind === "vote") {
      const { body } = message.vote;
      const sender = this.nodes.find(({ number }) => number === from);
      // The leader's vote brings the block.
      if (body.kind === "notarize" && this.#lead(body.view) === sender?.number) {
        if (sender.holds.has(body.blockId)) node.holds.add(body.blockId);
      }
      this.hand(node, message.vote);
    }
    if (message.kind === "ask") {
      const certificate = node.consensus.certificateFor(message.view);
      if (certificate === undefined) return;
      this.wire.add(node.number, from, { kind: "certificate", certificate });
    }
  }

  /** What hosts do: whoever is behind is sent the best certificate. */
  protected ping(): void {
    for (const { consensus: ours, isUp, number: from } of this.nodes) {
      const certificate = isUp ? ours.bestCertificate() : undefined;
      if (certificate === undefined) continue;
      for (const { number: to, consensus } of this.nodes) {
        if (consensus.view >= ours.view && consensus.lastFinalView >= ours.lastFinalView) continue;
        this.wire.add(from, to, { kind: "certificate", certificate });
      }
    }
  }

  protected deliverBlocks(): void {
    for (const node of this.nodes) {
      for (const id of [...node.missing]) {
        if (!this.nodes.some(({ holds, isUp }) => isUp && holds.has(id))) continue;
        node.missing.delete(id);
        node.holds.add(id);
        this.give(node, { kind: "retry" });
      }
    }
  }

  protected nextDeadline(): { readonly node: SmallNode; readonly atMs: number } | undefined {
    let first: { readonly node: SmallNode; readonly atMs: number } | undefined;
    for (const node of this.nodes) {
      const atMs = node.isUp ? node.consensus.deadlineMs : undefined;
      if (atMs !== undefined && (first === undefined || atMs < first.atMs)) first = { node, atMs };
    }
    return first;
  }

  protected setTime(atMs: number): void {
    if (atMs > this.nowMs) this.#inputs = 0;
    this.nowMs = Math.max(this.nowMs, atMs);
  }

  /** The number of a view's leader. */
  #lead(of: number): number {
    return ((of - 1) % this.validators.count) + 1;
  }
}
