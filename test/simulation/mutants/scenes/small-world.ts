/**
 * A small world: a few reducers with real signatures, and a wire on which nothing moves unless the script says so.
 *
 * Numbers name validators by the first view they lead: 1 leads views 1, 1 + n, … Liars have no code; the script speaks
 * for them. What an honest validator is handed goes the way of real messages: is it wanted, is its signature good.
 * @module
 */
import { createNativeSigner, nativeHasher, nativeVerifier } from "../../../../node/adapters/native-crypto.ts";
import { toHex } from "../../../../src/base/bytes.ts";
import { decode, encode, fixed, struct, vector } from "../../../../src/codec/codec.ts";
import type { Effect } from "../../../../src/consensus/effect.ts";
import type { Input } from "../../../../src/consensus/input.ts";
import type { Signer } from "../../../../src/crypto/ports.ts";
import {
  type AccountId,
  type BlockId,
  type ChainId,
  epoch,
  type PublicKey,
  validatorIndex,
  validatorIndexCodec,
  type View,
  view,
} from "../../../../src/protocol/ids.ts";
import { ValidatorSet } from "../../../../src/protocol/validator-set.ts";
import {
  type Certificate,
  certificateCodec,
  type Proposal,
  type SignerSignature,
  signVote,
  type Vote,
  type VoteBody,
  verifyCertificate,
  verifyVote,
  voteBodyCodec,
  voteSubject,
} from "../../../../src/protocol/vote.ts";
import { SceneOver } from "./finding.ts";
import { Oracle } from "./oracle.ts";
import { nameOf, type Question, SmallNode } from "./small-node.ts";

export type Message =
  | { readonly kind: "vote"; readonly vote: Vote }
  | { readonly kind: "certificate"; readonly certificate: Certificate }
  | { readonly kind: "ask"; readonly view: View };

interface Parcel {
  readonly from: number;
  readonly to: number;
  readonly message: Message;
}

/** Which parcels; what is left out does not matter. */
export interface Which {
  readonly from?: readonly number[];
  readonly to?: readonly number[];
  /** Of a vote, its own kind. */
  readonly kind?: VoteBody["kind"] | "certificate" | "ask";
  readonly view?: number;
}

export interface SmallWorldOptions {
  readonly validators?: number;
  /** At most f of them. */
  readonly liars?: readonly number[];
  readonly epoch?: number;
  /** Without work nobody proposes before the idle interval is over. */
  readonly idle?: boolean;
}

const chainId = "c0".repeat(32) as ChainId;
const boundary = "b0".repeat(32) as BlockId;
/** More inputs than any honest run gives between two moments of time. */
const inputsMax = 5_000;

/** A certificate's bytes without the check that an honest program makes when it writes one. */
const laxCertificate = struct<Certificate>({
  subject: voteBodyCodec,
  signatures: vector(
    struct<SignerSignature>({ signer: validatorIndexCodec, signature: fixed(64) }),
    { lengthMin: 1, lengthMax: 128 },
  ),
});

export class SmallWorld {
  nowMs = 0;
  readonly validators: ValidatorSet;
  readonly oracle: Oracle;
  readonly nodes: SmallNode[] = [];
  readonly boundary: BlockId = boundary;
  /** What honest leaders have proposed, by view. */
  readonly proposals: Map<number, Proposal> = new Map();
  readonly #epoch: number;
  readonly #idle: boolean;
  readonly #signers: readonly Signer[];
  readonly #parents = new Map<BlockId, { readonly parent: BlockId; readonly maker: number }>();
  readonly #blamed = new Set<number>();
  #wire: Parcel[] = [];
  #inputs = 0;
  /** Speaks for a liar whenever a node enters a view, before anybody else can. */
  onEntered: ((node: SmallNode, view: number) => void) | undefined;

  constructor(options: SmallWorldOptions = {}) {
    const { validators: count = 4, liars = [] } = options;
    this.#epoch = options.epoch ?? 0;
    this.#idle = options.idle ?? false;
    const signers = Array.from({ length: count }, (_, i) =>
      createNativeSigner(new Uint8Array(32).fill(i + 1)),
    );
    this.#signers = signers.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const validators = this.#signers.map((signer, i) => ({
      consensusKey: keyOf(signer),
      operator: i.toString(16).padStart(64, "0") as AccountId,
      name: `v${i}`,
      endpoint: "",
    }));
    const set = { hasher: nativeHasher, validators, epoch: epoch(this.#epoch), boundary };
    this.validators = new ValidatorSet(set);
    this.oracle = new Oracle({
      validators: this.validators,
      liars: liars.length,
      verifier: nativeVerifier,
      chainId,
      boundary,
    });
    for (let number = 1; number <= count; number += 1) {
      if (!liars.includes(number)) this.#addNode(number);
    }
  }

  #addNode(number: number): SmallNode {
    const machine = { epoch: epoch(this.#epoch), boundary, validators: this.validators };
    const node = new SmallNode({ number, machine });
    this.nodes.push(node);
    return node;
  }

  start(): void {
    for (const node of this.nodes) this.give(node, { kind: "start" });
  }

  /** A second machine with the same key and a journal of its own. */
  twin(number: number): SmallNode {
    const node = this.#addNode(number);
    this.give(node, { kind: "start" });
    return node;
  }

  node(number: number): SmallNode {
    const node = this.nodes.find((one) => one.number === number);
    if (node === undefined) throw new Error(`${number} is a liar`);
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

  /** A vote with a good signature; of an honest validator only what it has signed, or signed in another epoch. */
  vote(number: number, body: VoteBody): Vote {
    const position = this.validators.leader(view(number));
    const signer = this.#signers[position];
    if (signer === undefined) throw new Error("every position has a signer");
    return signVote(body, { signer, chainId, position });
  }

  /** A vote of any place with a signature that is not good. */
  forgedVote(position: number, body: VoteBody): Vote {
    const signature = new Uint8Array(64).fill(1 + position);
    return { body, signer: validatorIndex(position), signature };
  }

  certificate(votes: readonly Vote[]): Certificate {
    const [first] = votes;
    if (first === undefined) throw new Error("a certificate has votes");
    const signatures = votes.map(({ signer, signature }) => ({ signer, signature }));
    return {
      subject: first.body,
      signatures: signatures.toSorted((a, b) => a.signer - b.signer),
    };
  }

  /** Hands messages over as they come over a link: all are looked at before the first one has an effect. */
  hand(node: SmallNode, ...messages: readonly (Vote | Certificate)[]): void {
    const inputs = messages.flatMap((message) =>
      "body" in message ? this.#vote(node, message) : this.#certificate(node, message),
    );
    for (const input of inputs) this.give(node, input);
  }

  /** The script hands a proposal of a lying leader to some, with its block. */
  announce(liar: number, proposal: Proposal, to: readonly number[]): void {
    for (const node of this.nodes.filter(({ number }) => to.includes(number))) {
      node.holds.add(proposal.blockId);
      this.hand(node, this.vote(liar, { kind: "notarize", ...proposal }));
    }
  }

  #vote(node: SmallNode, vote: Vote): readonly Input[] {
    if (!node.isUp || !node.consensus.wantsVote(vote)) return [];
    const verified = verifyVote(vote, this.#verification);
    if (verified === undefined) return [];
    const { body, signer } = vote;
    if (body.kind === "notarize" && signer === this.validators.leader(body.view)) node.show(body);
    return [{ kind: "vote", vote: verified }];
  }

  #certificate(node: SmallNode, certificate: Certificate): readonly Input[] {
    const decoded = decode(certificateCodec, encode(laxCertificate, certificate));
    if (!node.isUp || !decoded.ok) return [];
    const { subject } = decoded.value;
    if (!node.consensus.wantsCertificate(subject)) return [];
    const verified = verifyCertificate(decoded.value, this.#verification);
    if (verified === undefined) return [];
    if (subject.kind !== "nullify") node.show(subject);
    return [{ kind: "certificate", certificate: verified }];
  }

  get #verification(): Parameters<typeof verifyVote>[1] {
    return { verifier: nativeVerifier, chainId, validators: this.validators };
  }

  // What the script lets happen.

  /** Delivers what is on the wire, and what that sets off, as far as it is meant. */
  deliver(which: Which = {}): void {
    for (;;) {
      const at = this.#wire.findIndex((parcel) => this.#isMeant(parcel, which));
      const [parcel] = at < 0 ? [] : this.#wire.splice(at, 1);
      if (parcel === undefined) return;
      for (const node of this.nodes) if (node.number === parcel.to) this.#arrive(node, parcel);
    }
  }

  drop(which: Which = {}): void {
    this.#wire = this.#wire.filter((parcel) => !this.#isMeant(parcel, which));
  }

  /** Time passes, with a tick at each deadline on the way; nothing is delivered. */
  pass(durationMs: number): void {
    const untilMs = this.nowMs + durationMs;
    for (;;) {
      const due = this.#nextDeadline();
      if (due === undefined || due.atMs > untilMs) break;
      if (due.atMs > this.nowMs) this.#setTime(due.atMs);
      this.give(due.node, { kind: "tick" });
    }
    this.#setTime(untilMs);
  }

  /** Everything is delivered at once and time passes, until it is done. */
  flow(durationMs: number, isDone: () => boolean): boolean {
    const untilMs = this.nowMs + durationMs;
    for (;;) {
      this.deliver();
      this.#deliverBlocks();
      if (isDone()) return true;
      if (this.nowMs >= untilMs) return false;
      if (this.#wire.length > 0) continue;
      const dueMs = this.#nextDeadline()?.atMs ?? untilMs;
      const pingMs = (Math.floor(this.nowMs / 500) + 1) * 500;
      this.pass(Math.max(0, Math.min(dueMs, pingMs, untilMs) - this.nowMs));
      if (this.nowMs === pingMs) this.#ping();
    }
  }

  /** From now on messages flow and liars are silent: everyone that is up makes a new view final in this time. */
  demandFinal(withinMs: number): void {
    const up = this.nodes.filter(({ isUp }) => isUp);
    const goal = Math.max(...up.map(({ consensus }) => consensus.view));
    const isDone = (): boolean => up.every(({ consensus }) => consensus.lastFinalView >= goal);
    if (this.flow(withinMs, isDone)) return;
    const stand = up.map(
      ({ number, consensus }) => `${number} in ${consensus.view}, final ${consensus.lastFinalView}`,
    );
    const message = `view ${goal} is not final ${withinMs} ms after messages flow: ${stand.join("; ")}`;
    this.oracle.find("stall", message);
  }

  demandBlame(liar: number): void {
    if (this.#blamed.has(this.validators.leader(view(liar)))) return;
    this.oracle.find("wrong blame", `the faults of validator ${liar} go unseen`);
  }

  demand(isSo: boolean, wanted: string): void {
    if (!isSo) this.oracle.find("stall", wanted);
  }

  /** A node answers what it was slow about. */
  answer(node: SmallNode, input: Input): void {
    if (input.kind === "certified" && input.result === "ok") node.certified.add(nameOf(input.proposal));
    if (input.kind === "verified" && input.verdict === "valid") node.verified.add(nameOf(input.proposal));
    this.give(node, input);
  }

  setMayVote(node: SmallNode, allowed: boolean): void {
    node.mayVote = allowed;
    node.consensus.setMayVote(allowed);
    this.give(node, { kind: "retry" });
  }

  restart(node: SmallNode, options: { readonly mayVote?: boolean } = {}): void {
    try {
      node.restart(options);
    } catch (error) {
      throw new SceneOver("crash", `validator ${node.number} does not start: ${String(error)}`);
    }
    this.give(node, { kind: "start" });
  }

  give(node: SmallNode, input: Input): void {
    node.inbox.push(input);
    for (let next = node.inbox.shift(); next !== undefined; next = node.inbox.shift()) {
      this.#inputs += 1;
      if (this.#inputs > inputsMax) throw new SceneOver("stall", "messages beget messages for ever");
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
    const verified = verifyVote(vote, this.#verification);
    if (verified !== undefined) node.inbox.push({ kind: "vote", vote: verified });
    if (body.kind === "notarize" && node.number === this.#lead(body.view)) node.show(body);
    this.#broadcast(node, { kind: "vote", vote });
  }

  #blame(first: Vote, second: Vote): void {
    this.#blamed.add(first.signer);
    const liar = this.nodes.every(({ position }) => position !== first.signer);
    const isFault = first.signer === second.signer && voteSubject(first.body) !== voteSubject(second.body);
    if (liar && isFault) return;
    this.oracle.find("wrong blame", `position ${first.signer} is accused without a fault`);
  }

  #ask(node: SmallNode, effect: Extract<Effect, { readonly kind: "fetch-certificate" }>): void {
    for (const other of this.nodes) {
      if (other === node || (effect.from ?? other.position) !== other.position) continue;
      const message: Message = { kind: "ask", view: effect.view };
      this.#wire.push({ from: node.number, to: other.number, message });
    }
  }

  #broadcast(node: SmallNode, message: Message): void {
    const numbers = new Set(this.nodes.filter((other) => other !== node).map(({ number }) => number));
    for (const to of numbers) this.#wire.push({ from: node.number, to, message });
  }

  #arrive(node: SmallNode, { from, message }: Parcel): void {
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
      this.#wire.push({ from: node.number, to: from, message: { kind: "certificate", certificate } });
    }
  }

  #isMeant({ from, to, message }: Parcel, which: Which): boolean {
    const body = message.kind === "vote" ? message.vote.body : undefined;
    const subject = message.kind === "certificate" ? message.certificate.subject : body;
    const kind = body?.kind ?? message.kind;
    const of = message.kind === "ask" ? message.view : subject?.view;
    return (
      (which.from?.includes(from) ?? true) &&
      (which.to?.includes(to) ?? true) &&
      (which.kind === undefined || which.kind === kind) &&
      (which.view === undefined || which.view === of)
    );
  }

  /** What hosts do: whoever is behind is sent the best certificate. */
  #ping(): void {
    for (const { consensus: ours, isUp, number: from } of this.nodes) {
      const certificate = isUp ? ours.bestCertificate() : undefined;
      if (certificate === undefined) continue;
      for (const { number: to, consensus } of this.nodes) {
        if (consensus.view >= ours.view && consensus.lastFinalView >= ours.lastFinalView) continue;
        this.#wire.push({ from, to, message: { kind: "certificate", certificate } });
      }
    }
  }

  #deliverBlocks(): void {
    for (const node of this.nodes) {
      for (const id of [...node.missing]) {
        if (!this.nodes.some(({ holds, isUp }) => isUp && holds.has(id))) continue;
        node.missing.delete(id);
        node.holds.add(id);
        this.give(node, { kind: "retry" });
      }
    }
  }

  #nextDeadline(): { readonly node: SmallNode; readonly atMs: number } | undefined {
    let first: { readonly node: SmallNode; readonly atMs: number } | undefined;
    for (const node of this.nodes) {
      const atMs = node.isUp ? node.consensus.deadlineMs : undefined;
      if (atMs !== undefined && (first === undefined || atMs < first.atMs)) first = { node, atMs };
    }
    return first;
  }

  #setTime(atMs: number): void {
    if (atMs > this.nowMs) this.#inputs = 0;
    this.nowMs = Math.max(this.nowMs, atMs);
  }

  /** The number of a view's leader. */
  #lead(of: number): number {
    return ((of - 1) % this.validators.count) + 1;
  }
}

const keyOf = (signer: Signer): PublicKey => toHex(signer.publicKey) as PublicKey;
