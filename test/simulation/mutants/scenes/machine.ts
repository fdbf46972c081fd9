/**
 * One validator with its real driver and its real journal, on a disk that forgets and a clock that the script moves.
 *
 * Everybody else is the script. What is judged is what this key signs through all the lives of the machine.
 * @module
 */
import { nativeHasher, nativeVerifier } from "../../../../node/adapters/native-crypto.ts";
import type { Cancel, Clock } from "../../../../src/base/clock.ts";
import { decode } from "../../../../src/codec/codec.ts";
import { Consensus } from "../../../../src/consensus/consensus.ts";
import { type JournalEntry, journalEntryCodec } from "../../../../src/consensus/journal-entry.ts";
import { defaultConsensusSettings } from "../../../../src/consensus/settings.ts";
import type { Signer } from "../../../../src/crypto/ports.ts";
import {
  type BlockId,
  epoch,
  type PublicKey,
  type ValidatorIndex,
  view,
} from "../../../../src/protocol/ids.ts";
import {
  type Proposal,
  signVote,
  type Vote,
  type VoteBody,
  verifyCertificate,
  verifyVote,
  voteSubject,
} from "../../../../src/protocol/vote.ts";
import { ConsensusDriver, type ConsensusHost } from "../../../../src/replica/consensus-driver.ts";
import type { JournalIdentity } from "../../../../src/storage/journal-format.ts";
import {
  type JournalImage,
  type JournalStep,
  MemoryVoteJournal,
} from "../../../../src/storage/memory-vote-journal.ts";
import { boundary, chainId, keyOf, smallSet, smallSigners } from "./speech.ts";

const signers = smallSigners(4);
const validators = smallSet(signers, 0);

/** The machine is the leader of view 4, so that the script leads the views before. */
const position = validators.leader(view(4));
export const otherPositions: readonly ValidatorIndex[] = [1, 2, 3].map((of) =>
  validators.leader(view(of)),
);
const signerAt = (at: ValidatorIndex): Signer => {
  const signer = signers[at];
  if (signer === undefined) throw new Error("every position has a signer");
  return signer;
};
const ownSigner = signerAt(position);
const identity = { hasher: nativeHasher, chainId, consensusKey: keyOf(ownSigner) };

/** Some block of a view; another `name`, another block. */
export function proposal(of: number, name: number, parentView: number): Proposal {
  const blockId = (of * 100 + name).toString(16).padStart(64, "0") as BlockId;
  return { epoch: epoch(0), view: view(of), parentView: view(parentView), blockId };
}

export const nullify = (of: number): VoteBody => ({
  kind: "nullify",
  epoch: epoch(0),
  view: view(of),
});

/** What a new key starts with. */
export const newJournal = (of: Partial<JournalIdentity> = {}): JournalImage =>
  MemoryVoteJournal.create({ ...identity, ...of });

export const otherKey: PublicKey = keyOf(signerAt(otherPositions[0] ?? position));

class ManualClock implements Clock {
  nowMs: number;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  wallMs(): number {
    return this.nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer = { atMs: this.nowMs + Math.max(0, delayMs), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** The next timer at or before a time, taken out. */
  due(untilMs: number): (() => void) | undefined {
    const [next] = this.#timers.toSorted((a, b) => a.atMs - b.atMs);
    if (next === undefined || next.atMs > untilMs) return undefined;
    this.#timers = this.#timers.filter((other) => other !== next);
    this.nowMs = Math.max(this.nowMs, next.atMs);
    return next.run;
  }
}

/** How a disk fails at a step: it stops for ever, as in a crash, or it says no. */
export type StepFault = (step: JournalStep, count: number) => "stops" | "refuses" | undefined;

export class Life {
  readonly sent: VoteBody[] = [];
  readonly journal: MemoryVoteJournal;
  readonly driver: ConsensusDriver;
  steps = 0;
  isDead = false;
  hasFailed = false;
  readonly #clock: ManualClock;

  constructor(image: JournalImage, options: { readonly fault?: StepFault } = {}) {
    this.#clock = new ManualClock(0);
    this.journal = MemoryVoteJournal.open(image, {
      ...identity,
      beforeStep: (step) => {
        this.steps += 1;
        const fault = options.fault?.(step, this.steps);
        if (fault === "refuses") return Promise.reject(new Error("the disk says no"));
        if (fault === undefined) return Promise.resolve();
        this.isDead = true;
        return new Promise(() => {});
      },
    });
    const { state } = this.journal;
    const entries = state.kind === "sound" ? state.entries.map(entryOf) : [];
    const consensus = new Consensus({
      epoch: epoch(0),
      boundary,
      validators,
      self: position,
      settings: defaultConsensusSettings,
      lastFinal: { view: view(0) },
      entries,
      mayVote: false,
    });
    this.driver = new ConsensusDriver(
      {
        consensus,
        chainId: chainId,
        voter: { signer: ownSigner, position },
        journal: this.journal,
      },
      { host: this.#host(), clock: this.#clock, fatal: () => this.#fail() },
    );
  }

  /** Whether the journal is sound: else the validator must not vote. */
  get isSound(): boolean {
    return this.journal.state.kind === "sound";
  }

  async start(): Promise<void> {
    this.driver.give({ kind: "start" });
    if (this.isSound) this.driver.setMayVote(true);
    await settle();
  }

  /** A vote of another validator. */
  async vote(from: ValidatorIndex, body: VoteBody): Promise<void> {
    if (this.isDead) return;
    const vote = signedBy(from, body);
    if (!this.driver.consensus.wantsVote(vote)) return;
    const verified = verifyVote(vote, verification);
    if (verified !== undefined) this.driver.give({ kind: "vote", vote: verified });
    await settle();
  }

  /** The leader of the proposal's view announces it. */
  announce(given: Proposal): Promise<void> {
    return this.vote(validators.leader(given.view), { kind: "notarize", ...given });
  }

  /** A certificate of all others. */
  async certificate(body: VoteBody): Promise<void> {
    if (this.isDead || !this.driver.consensus.wantsCertificate(body)) return;
    const signatures = otherPositions
      .map((from) => signedBy(from, body))
      .map(({ signer, signature }) => ({ signer, signature }))
      .toSorted((a, b) => a.signer - b.signer);
    const verified = verifyCertificate({ subject: body, signatures }, verification);
    if (verified !== undefined) this.driver.give({ kind: "certificate", certificate: verified });
    await settle();
  }

  async pass(durationMs: number): Promise<void> {
    const untilMs = this.#clock.nowMs + durationMs;
    for (;;) {
      const run = this.isDead ? undefined : this.#clock.due(untilMs);
      if (run === undefined) break;
      run();
      await settle();
    }
    this.#clock.nowMs = untilMs;
    await settle();
  }

  async prune(durable: number): Promise<void> {
    if (this.isDead) return;
    // Never ends if the process dies on the way.
    this.driver.prune({ epoch: epoch(0), view: view(durable) }).catch(() => undefined);
    await settle();
  }

  /** The process is gone: what is on the disk. */
  crash(survivors: (unsynced: number) => number): JournalImage {
    this.isDead = true;
    this.driver.stop();
    return this.journal.crash(survivors);
  }

  #fail(): void {
    this.hasFailed = true;
  }

  #host(): ConsensusHost {
    const nothing = (): void => {};
    return {
      propose: (of) => this.driver.give({ kind: "proposed", view: of, blockId: undefined }),
      verify: (given) => this.driver.give({ kind: "verified", proposal: given, verdict: "valid" }),
      certify: (given) => this.driver.give({ kind: "certified", proposal: given, result: "ok" }),
      sendVote: (vote) => {
        if (!this.isDead) this.sent.push(vote.body);
      },
      entered: (of) => this.driver.give({ kind: "work", view: of, sinceMs: this.#clock.nowMs }),
      finalized: nothing,
      fetchCertificate: nothing,
      sendCertificate: nothing,
      spreadCertificate: nothing,
      passedOver: nothing,
      passOnVote: nothing,
      fault: nothing,
      nullified: nothing,
      ownVoteUnknown: nothing,
      turned: nothing,
    };
  }
}

const verification = { verifier: nativeVerifier, chainId: chainId, validators };

const signedBy = (from: ValidatorIndex, body: VoteBody): Vote =>
  signVote(body, { signer: signerAt(from), chainId: chainId, position: from });

function entryOf(bytes: Uint8Array): JournalEntry {
  const decoded = decode(journalEntryCodec, bytes);
  if (!decoded.ok) throw new Error("an entry of a sound journal decodes");
  return decoded.value;
}

/** Two votes of one key that exclude each other, in words. */
export function doubleVote(votes: readonly VoteBody[]): string | undefined {
  for (const first of votes) {
    for (const second of votes) {
      if (first.view !== second.view || voteSubject(first) === voteSubject(second)) continue;
      if (first.kind === second.kind) return `two ${first.kind} votes in view ${first.view}`;
      if (first.kind === "nullify" && second.kind === "finalize") {
        return `nullify and finalize in view ${first.view}`;
      }
    }
  }
  return undefined;
}

/** Lets everything settle that can. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
