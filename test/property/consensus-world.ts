/**
 * A world of four reducers, one of them replaced by a liar, in memory: any order, loss, repetition and crash.
 *
 * The application is the simplest: a block is valid when it stands on the parent it is asked about. Everything that
 * anybody certifies, finalizes or signs is checked at once (consensus-checks.ts).
 * @module
 */
import { Consensus } from "../../src/consensus/consensus.ts";
import type { Effect } from "../../src/consensus/effect.ts";
import type { Input } from "../../src/consensus/input.ts";
import type { JournalEntry } from "../../src/consensus/journal-entry.ts";
import { defaultConsensusSettings } from "../../src/consensus/settings.ts";
import type { VotingRules } from "../../src/consensus/voting-rules.ts";
import { type BlockId, validatorIndex, view } from "../../src/protocol/ids.ts";
import type { Verified } from "../../src/protocol/verified.ts";
import {
  type Certificate,
  joinVotes,
  type Proposal,
  type Vote,
  type VoteBody,
  voteSubject,
} from "../../src/protocol/vote.ts";
import { block, boundary, testEpoch, validatorSet, vote } from "../unit/consensus/scene.ts";
import { SafetyChecks, Violation } from "./consensus-checks.ts";
import { dice } from "./consensus-dice.ts";

interface Node {
  readonly position: number;
  consensus: Consensus;
  journal: readonly JournalEntry[];
  /** What the ledger keeps across a crash. */
  durableFinal: Proposal | undefined;
  life: number;
}

interface Event {
  readonly to: number;
  readonly input: Input;
  /** Own answers die with the process that waits for them. */
  readonly life: number | undefined;
}

export interface WorldOptions {
  readonly seed: number;
  readonly liar?: boolean;
  readonly crashes?: boolean;
  /** Restarts with an empty journal: the guard that must matter. */
  readonly forgetful?: boolean;
  readonly rules?: VotingRules;
}

const count = 4;
const eventsMax = 600;
/** How far a message can overtake others. Without this bound chaos is so wild that next to nothing becomes final. */
const reach = 40;

export class World {
  nowMs = 0;
  readonly nodes: Node[] = [];
  readonly liar: number | undefined;
  readonly #options: WorldOptions;
  readonly #dice: () => number;
  readonly #set = validatorSet(count);
  #events: Event[] = [];
  #healed = false;
  readonly #proposals: Proposal[] = [];
  readonly #checks: SafetyChecks;
  readonly #seenVotes = new Map<string, Verified<Vote>>();

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#dice = dice(options.seed);
    this.#checks = new SafetyChecks({ quorum: this.#set.quorum });
    this.liar = options.liar === true ? this.#below(count) : undefined;
    for (let position = 0; position < count; position += 1) {
      if (position === this.liar) continue;
      const consensus = this.#consensus(position, [], undefined);
      const node = { position, consensus, journal: [], durableFinal: undefined, life: 0 };
      this.nodes.push(node);
      this.#give(node, { kind: "start" });
    }
  }

  get finals(): ReadonlyMap<number, Proposal> {
    return this.#checks.finals;
  }

  /** Any of: an event in any order, loss, repetition, time, lies, a crash. */
  chaos(steps: number): void {
    for (let step = 0; step < steps; step += 1) {
      const roll = this.#dice();
      if (roll < 0.88) this.#oneEvent();
      else if (roll < 0.92) this.#time(Math.floor(this.#dice() ** 4 * 1_500));
      else if (roll < 0.97 && this.liar !== undefined) this.#lie(this.liar);
      else if (roll < 0.973 && this.#options.crashes === true) this.#restart(this.#anyNode());
      else if (roll < 0.99) this.#give(this.#anyNode(), { kind: "retry" });
      else if (roll < 0.993) this.#ping();
    }
  }

  /** Everything is delivered in order, time passes; the liar is silent. Until all are final above the given view. */
  heal(aboveView: number, limitMs: number): boolean {
    this.#healed = true;
    const untilMs = this.nowMs + limitMs;
    for (const node of this.nodes) this.#give(node, { kind: "retry" });
    while (this.nowMs < untilMs) {
      while (this.#events.length > 0) this.#oneEvent();
      if (this.nodes.every(({ consensus }) => consensus.lastFinalView > aboveView)) return true;
      this.#time(10);
      if (this.nowMs % 1_000 < 10) this.#ping();
    }
    return false;
  }

  get highestView(): number {
    return Math.max(...this.nodes.map(({ consensus }) => consensus.view));
  }

  #below(bound: number): number {
    return Math.floor(this.#dice() * bound);
  }

  #pick<Value>(values: readonly Value[]): Value | undefined {
    return values[this.#below(values.length)];
  }

  #anyNode(): Node {
    const node = this.#pick(this.nodes);
    if (node === undefined) throw new Error("a world has nodes");
    return node;
  }

  #consensus(position: number, entries: readonly JournalEntry[], final?: Proposal): Consensus {
    const { rules } = this.#options;
    return new Consensus({
      epoch: testEpoch,
      boundary,
      validators: this.#set,
      self: validatorIndex(position),
      settings: defaultConsensusSettings,
      lastFinal: final === undefined ? { view: view(0) } : { view: final.view, proposal: final },
      entries,
      ...(rules === undefined ? {} : { rules }),
    });
  }

  #oneEvent(): void {
    const at = this.#healed ? 0 : this.#below(Math.min(reach, this.#events.length));
    const event = this.#events[at];
    if (event === undefined) return;
    // Delivered and kept = repeated; dropped = lost. Own answers are neither.
    const repeated = !this.#healed && event.life === undefined && this.#dice() < 0.1;
    if (!repeated) this.#events.splice(at, 1);
    const lost = !this.#healed && event.life === undefined && this.#dice() < 0.1;
    const node = this.nodes.find(({ position }) => position === event.to);
    if (lost || node === undefined) return;
    if (event.life === undefined || event.life === node.life) this.#give(node, event.input);
  }

  #time(durationMs: number): void {
    this.nowMs += durationMs;
    for (const node of this.nodes) {
      for (let ticks = 0; ; ticks += 1) {
        const { deadlineMs } = node.consensus;
        if (deadlineMs === undefined || deadlineMs > this.nowMs) break;
        if (ticks > 20) throw new Violation(`node ${node.position} ticks for ever`);
        this.#give(node, { kind: "tick" });
      }
    }
  }

  /** What the pings of a real host come to: whoever is behind gets the best certificate. */
  #ping(): void {
    for (const { consensus: ours } of this.nodes) {
      const certificate = ours.bestCertificate();
      if (certificate === undefined) continue;
      for (const { position, consensus } of this.nodes) {
        const behind = consensus.view < ours.view || consensus.lastFinalView < ours.lastFinalView;
        if (behind) this.#send(position, { kind: "certificate", certificate });
      }
    }
  }

  #send(to: number, input: Input, life?: number): void {
    if (this.#events.length >= eventsMax) {
      const oldest = this.#events.findIndex((event) => event.life === undefined);
      if (oldest >= 0) this.#events.splice(oldest, 1);
    }
    this.#events.push({ to, input, life });
  }

  #sendAll(from: number, input: Input): void {
    for (const { position } of this.nodes) if (position !== from) this.#send(position, input);
  }

  #give(node: Node, input: Input): void {
    if (input.kind === "vote" && !node.consensus.wantsVote(input.vote)) return;
    const effects = node.consensus.step(input, this.nowMs);
    const entries = effects.flatMap((effect) => (effect.kind === "journal" ? [effect.entry] : []));
    for (const entry of entries) {
      if (entry.kind === "certificate") this.#checks.certificate(entry.certificate);
    }
    if (this.#options.crashes === true && !this.#healed && this.#dice() < 0.003) {
      // Dies while writing: some entries of the turn are on the disk, nothing of it was sent.
      node.journal = [...node.journal, ...entries.slice(0, this.#below(entries.length + 1))];
      this.#restart(node);
      return;
    }
    node.journal = [...node.journal, ...entries];
    for (const effect of effects) this.#perform(node, effect);
  }

  #restart(node: Node): void {
    node.life += 1;
    if (this.#options.forgetful === true) node.journal = [];
    node.consensus = this.#consensus(node.position, node.journal, node.durableFinal);
    this.#give(node, { kind: "start" });
  }

  #perform(node: Node, effect: Effect): void {
    const { position, life } = node;
    switch (effect.kind) {
      case "vote":
      case "vote-again": {
        const signed = vote(position, effect.body);
        this.#checks.signed(position, effect.body);
        if (effect.body.kind === "notarize") this.#proposals.push(effect.body);
        this.#seenVotes.set(`${position}/${voteSubject(effect.body)}`, signed);
        this.#sendAll(position, { kind: "vote", vote: signed });
        this.#send(position, { kind: "vote", vote: signed }, life);
        return;
      }
      case "certificate":
        this.#sendAll(position, { kind: "certificate", certificate: effect.certificate });
        return;
      case "propose": {
        const blockId = this.#block(effect.parent.blockId);
        this.#send(position, { kind: "proposed", view: effect.view, blockId }, life);
        return;
      }
      case "verify": {
        const good = this.#checks.parents.get(effect.proposal.blockId) === effect.parent.blockId;
        const verdict = this.#hesitates() ? "later" : good ? "valid" : "invalid";
        this.#send(position, { kind: "verified", proposal: effect.proposal, verdict }, life);
        return;
      }
      case "certify": {
        const result = this.#hesitates() ? "later" : "ok";
        this.#send(position, { kind: "certified", proposal: effect.proposal, result }, life);
        return;
      }
      case "finalized":
        this.#checks.final(effect.proposal);
        if (this.#dice() < 0.7) this.#commit(node);
        return;
      case "fetch-certificate":
        this.#fetch(position, effect.view, effect.from);
        return;
      case "fault":
        if (effect.first.signer !== this.liar)
          throw new Violation("a fault of an honest validator");
        return;
      case "own-vote-unknown":
        if (this.#options.forgetful !== true) throw new Violation("an own vote is unknown");
        return;
      case "entered":
        if (this.#healed || this.#dice() < 0.8) {
          const input = { kind: "work", view: effect.view, sinceMs: this.nowMs } as const;
          this.#send(position, input, life);
        }
        return;
      default:
        return;
    }
  }

  #commit(node: Node): void {
    node.durableFinal = node.consensus.lastFinalized;
    const prunes = this.#options.crashes === true && this.#dice() < 0.3;
    if (prunes) node.journal = node.consensus.journalKeep();
  }

  #hesitates(): boolean {
    return !this.#healed && this.#dice() < 0.1;
  }

  #fetch(position: number, of: Proposal["view"], from: number | undefined): void {
    const asked = this.nodes.filter((other) => from === undefined || other.position === from);
    for (const { consensus } of asked) {
      const certificate = consensus.certificateFor(of);
      if (certificate !== undefined) this.#send(position, { kind: "certificate", certificate });
    }
  }

  #block(parent: BlockId): BlockId {
    const id = block(`b${this.#checks.parents.size}`);
    this.#checks.parents.set(id, parent);
    return id;
  }

  /** The liar signs anything, to anybody. */
  #lie(liar: number): void {
    const victims = this.nodes.filter(() => this.#dice() < 0.6);
    if (this.#dice() < 0.15) {
      const certificate = this.#anyCertificate();
      if (certificate === undefined) return;
      for (const { position } of victims)
        this.#send(position, { kind: "certificate", certificate });
      return;
    }
    const body = this.#anyBody(liar);
    const lie = vote(liar, body);
    this.#seenVotes.set(`${liar}/${voteSubject(body)}`, lie);
    for (const { position } of victims) this.#send(position, { kind: "vote", vote: lie });
  }

  #anyBody(liar: number): VoteBody {
    const about = Math.max(1, this.#anyNode().consensus.view + this.#below(4) - 2);
    const roll = this.#dice();
    if (roll < 0.3) return { kind: "nullify", epoch: testEpoch, view: view(about) };
    const recent = this.#proposals.slice(-6);
    const known = roll < 0.8 ? this.#pick(recent) : undefined;
    const proposal = known ?? this.#invention(about, this.#set.leader(view(about)) === liar);
    return { kind: roll < 0.55 ? "finalize" : "notarize", ...proposal };
  }

  #invention(about: number, leads: boolean): Proposal {
    const parentView = view(Math.max(0, about - 1 - this.#below(4)));
    const parent =
      this.#checks.finals.get(parentView) ?? this.#proposals.find((p) => p.view === parentView);
    const blockId = this.#block(parent?.blockId ?? boundary);
    const proposal = { epoch: testEpoch, view: view(about), parentView, blockId };
    if (leads) this.#proposals.push(proposal);
    return proposal;
  }

  /** One that was seen, or one joined from what anybody signed: the liar collects votes better than anyone. */
  #anyCertificate(): Verified<Certificate> | undefined {
    const bySubject = new Map<string, Verified<Vote>[]>();
    for (const seen of this.#seenVotes.values()) {
      const subject = voteSubject(seen.body);
      bySubject.set(subject, [...(bySubject.get(subject) ?? []), seen]);
    }
    const quorums = [...bySubject.values()].filter((votes) => votes.length >= this.#set.quorum);
    const joined = joinVotes(this.#pick(quorums.slice(-8)) ?? []);
    if (joined !== undefined) this.#checks.certificate(joined);
    return joined ?? this.#pick([...this.#checks.certificates.values()].slice(-8));
  }
}
