/**
 * Drives the consensus reducer: the only caller of `step`, and the only place where its effects meet the world.
 *
 * A turn: take every waiting input, collect the effects, make the journal entries durable with one write, and only
 * then carry out the rest, in order. A vote that a peer has seen and our disk has not is a vote that we may
 * contradict after a crash; so a failed append ends the replica, it is never "continue without".
 *
 * A turn without an own vote promises nothing: its entries (certificates, certify results) wait and are written with
 * the next own vote, before it, so the journal on disk never holds a vote without everything that led to it. A crash
 * in between loses only what the certificates' own signers will say again: their votes are durable.
 * @module
 */
import { unreachable } from "../base/assert.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import { encode } from "../codec/codec.ts";
import type { Consensus } from "../consensus/consensus.ts";
import type { Effect, NullifyReason } from "../consensus/effect.ts";
import type { Input } from "../consensus/input.ts";
import { type JournalEntry, journalEntryCodec } from "../consensus/journal-entry.ts";
import type { Signer } from "../crypto/ports.ts";
import type { ChainId, Epoch, ValidatorIndex, View } from "../protocol/ids.ts";
import type { Verified } from "../protocol/verified.ts";
import { type Certificate, type Proposal, signVote, type Vote } from "../protocol/vote.ts";
import type { VoteJournal } from "../storage/vote-journal.ts";

/** Where a durable finalization stands. */
export interface Finalized {
  readonly epoch: Epoch;
  readonly view: View;
}

/** What consensus asks of the rest of the replica. */
export interface ConsensusHost {
  propose(view: View, parent: Proposal): void;
  verify(proposal: Proposal, parent: Proposal): void;
  certify(proposal: Proposal): void;
  finalized(proposal: Proposal, certificate: Verified<Certificate>): void;
  fetchCertificate(view: View, from: ValidatorIndex | undefined): void;
  sendVote(vote: Verified<Vote>): void;
  spreadCertificate(certificate: Verified<Certificate>): void;
  sendCertificate(certificate: Verified<Certificate>): void;
  passOnVote(vote: Verified<Vote>): void;
  fault(first: Vote, second: Vote): void;
  entered(view: View, leader: ValidatorIndex): void;
  nullified(view: View, reason: NullifyReason): void;
  passedOver(view: View, leader: ValidatorIndex): void;
  ownVoteUnknown(vote: Vote): void;
  /** After each turn: the place to look whether there is work. */
  turned(): void;
}

/** Entries that may wait for the next own vote: of an observer, or of a validator that only watches. */
const unwrittenMax = 64;
/** Entries in the journal before it is worth pruning. */
const pruneAfterEntries = 400;

export class ConsensusDriver {
  readonly consensus: Consensus;
  readonly #host: ConsensusHost;
  readonly #clock: Clock;
  readonly #chainId: ChainId;
  readonly #voter: { readonly signer: Signer; readonly position: ValidatorIndex } | undefined;
  readonly #journal: VoteJournal | undefined;
  readonly #later: readonly JournalEntry[];
  readonly #fatal: (error: unknown) => void;
  #inputs: Input[] = [];
  #turning = false;
  #stopped = false;
  #mayVote = false;
  #unwritten: Uint8Array[] = [];
  /** At first unknown: what an earlier epoch or an earlier run left counts as much. */
  #entriesSincePrune = pruneAfterEntries;
  #timer: { readonly atMs: number; readonly cancel: Cancel } | undefined;

  constructor(
    options: {
      readonly consensus: Consensus;
      readonly chainId: ChainId;
      readonly voter: { readonly signer: Signer; readonly position: ValidatorIndex } | undefined;
      readonly journal: VoteJournal | undefined;
      /** Entries of later epochs that the last run left: kept until this epoch's end is durable. */
      readonly later?: readonly JournalEntry[];
    },
    dependencies: {
      readonly host: ConsensusHost;
      readonly clock: Clock;
      readonly fatal: (error: unknown) => void;
    },
  ) {
    this.consensus = options.consensus;
    this.#chainId = options.chainId;
    this.#voter = options.voter;
    this.#journal = options.journal;
    this.#later = options.later ?? [];
    this.#host = dependencies.host;
    this.#clock = dependencies.clock;
    this.#fatal = dependencies.fatal;
  }

  /** Inputs are bounded by those who give them: one per verified message, one per answer. */
  give(input: Input): void {
    if (this.#stopped) return;
    this.#inputs.push(input);
    if (!this.#turning) {
      this.#turning = true;
      this.#turn().catch((error: unknown) => this.#fail(error));
    }
  }

  /** What was last allowed; consensus may have stopped voting for good on its own. */
  get mayVote(): boolean {
    return this.#mayVote;
  }

  setMayVote(allowed: boolean): void {
    this.#mayVote = allowed;
    this.consensus.setMayVote(allowed);
    this.give({ kind: "retry" });
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#inputs = [];
  }

  async #turn(): Promise<void> {
    // The rest of the synchronous work that gave the first input may give more: one turn for all of it.
    await undefined;
    while (this.#inputs.length > 0 && !this.#stopped) {
      const effects = this.#stepAll();
      await this.#makeDurable(effects);
      if (this.#stopped) return;
      for (const effect of effects) {
        this.#perform(effect);
        if (this.#stopped) return; // That effect ended the epoch: the next one's driver goes on.
      }
      this.#host.turned();
    }
    this.#turning = false;
    this.#setTimer();
  }

  #stepAll(): Effect[] {
    const inputs = this.#inputs;
    this.#inputs = [];
    const effects: Effect[] = [];
    for (const input of inputs) {
      effects.push(...this.consensus.step(input, this.#clock.monotonicMs()));
    }
    return effects;
  }

  async #makeDurable(effects: readonly Effect[]): Promise<void> {
    if (this.#journal === undefined || this.#journal.state.kind !== "sound") return;
    let isPromise = false;
    for (const effect of effects) {
      if (effect.kind !== "journal") continue;
      this.#unwritten.push(encode(journalEntryCodec, effect.entry));
      isPromise ||= effect.entry.kind === "vote";
    }
    if (!isPromise && this.#unwritten.length < unwrittenMax) return;
    const entries = this.#unwritten;
    this.#unwritten = [];
    await this.#journal.append(entries, this.#position());
    this.#entriesSincePrune += entries.length;
  }

  /**
   * The finalization of view `durable` is safe in the store: only below one may the journal forget. What it holds of
   * earlier epochs goes with the first pruning.
   */
  async prune(durable: Finalized): Promise<void> {
    if (this.#journal === undefined || this.#journal.state.kind !== "sound") return;
    if (this.#stopped || durable.epoch !== this.consensus.epoch) return;
    if (this.#entriesSincePrune < pruneAfterEntries || this.#turning) return;
    this.#entriesSincePrune = 0;
    this.#unwritten = []; // What consensus keeps holds them.
    const kept = [...this.consensus.journalKeep(durable.view), ...this.#later];
    this.#turning = true;
    try {
      await this.#journal.rewrite(
        kept.map((entry) => encode(journalEntryCodec, entry)),
        this.#position(),
      );
    } catch (error) {
      this.#fail(error);
    }
    await this.#turn();
  }

  #position(): { readonly epoch: number; readonly view: number } {
    return { epoch: this.consensus.epoch, view: this.consensus.view };
  }

  #perform(effect: Effect): void {
    const host = this.#host;
    switch (effect.kind) {
      case "journal":
        break; // Durable already.
      case "vote":
      case "vote-again":
        this.#vote(effect);
        break;
      case "certificate":
        host.spreadCertificate(effect.certificate);
        break;
      case "certificate-again":
        host.sendCertificate(effect.certificate);
        break;
      case "propose":
        host.propose(effect.view, effect.parent);
        break;
      case "verify":
        host.verify(effect.proposal, effect.parent);
        break;
      case "certify":
        host.certify(effect.proposal);
        break;
      case "finalized":
        host.finalized(effect.proposal, effect.certificate);
        break;
      case "fetch-certificate":
        host.fetchCertificate(effect.view, effect.from);
        break;
      case "pass-on-vote":
        host.passOnVote(effect.vote);
        break;
      case "fault":
        host.fault(effect.first, effect.second);
        break;
      case "own-vote-unknown":
        host.ownVoteUnknown(effect.vote);
        break;
      case "entered":
        host.entered(effect.view, effect.leader);
        break;
      case "nullified":
        host.nullified(effect.view, effect.reason);
        break;
      case "passed-over":
        host.passedOver(effect.view, effect.leader);
        break;
      default:
        unreachable(effect);
    }
  }

  #vote(effect: Extract<Effect, { kind: "vote" | "vote-again" }>): void {
    if (this.#voter === undefined) return;
    const vote = signVote(effect.body, { ...this.#voter, chainId: this.#chainId });
    this.#host.sendVote(vote);
    this.give({ kind: "vote", vote });
  }

  #setTimer(): void {
    const atMs = this.#stopped ? undefined : this.consensus.deadlineMs;
    if (this.#timer?.atMs === atMs) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (atMs === undefined) return;
    const delayMs = Math.max(0, atMs - this.#clock.monotonicMs());
    const cancel = this.#clock.after(delayMs, () => {
      this.#timer = undefined;
      this.give({ kind: "tick" });
    });
    this.#timer = { atMs, cancel };
  }

  #fail(error: unknown): void {
    this.stop();
    this.#fatal(error);
  }
}
