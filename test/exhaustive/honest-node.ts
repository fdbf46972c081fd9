/**
 * One honest validator: the real reducer, the simplest host around it, and its journal.
 *
 * Its inputs are numbers, so that a run is a list of numbers: deliveries of what is in the pool, answers that the
 * application owes, a time-out, a crash. The host answers nothing by itself: when an answer comes is a choice.
 * Time stands still but for time-outs: a time-out lets as many deadlines come as it takes to give the view up.
 * @module
 */
import { Consensus } from "../../src/consensus/consensus.ts";
import type { Effect } from "../../src/consensus/effect.ts";
import type { Input } from "../../src/consensus/input.ts";
import type { JournalEntry } from "../../src/consensus/journal-entry.ts";
import { defaultConsensusSettings } from "../../src/consensus/settings.ts";
import type { ViewSnapshot } from "../../src/consensus/view-snapshot.ts";
import type { VotingRules } from "../../src/consensus/voting-rules.ts";
import { validatorIndex, view } from "../../src/protocol/ids.ts";
import type { Proposal, VoteBody } from "../../src/protocol/vote.ts";
import { boundary, certificate, testEpoch, vote } from "../unit/consensus/scene.ts";
import { live, stateText } from "./state-text.ts";
import type { Universe } from "./universe.ts";

/** Input codes. To a code with a range, a bit or a view is added. */
export const inputs = {
  certificate: 0,
  leaderVote: 32,
  timeOut: 64,
  stir: 65,
  proposed: 66,
  declined: 67,
  verified: 70,
  certified: 80,
  crash: 90,
} as const;

/** What a crash finds on the disk: the journal, and how far the ledger is. */
export const crashes = [
  "whole journal",
  "journal up to the last own vote",
  "whole journal, ledger at the last final block",
  "journal up to the last own vote, ledger at the last final block",
  "pruned journal, ledger at the last final block",
] as const;

export interface NodeOptions {
  readonly universe: Universe;
  readonly self: number;
  readonly rules?: VotingRules;
  /** A host that loses its journal: the guard that must matter. */
  readonly forgetful?: boolean;
  /** Whether states may be merged by what the true voting rules make idle; default: if no rule was taken away. */
  readonly forgets?: boolean;
}

/** Deadlines that one time-out may need: starting the timers, repeating, and then giving up. */
const deadlinesMax = 6;

export class HonestNode {
  /** Own votes of all lives, as a mask of bodies. */
  votes = 0;
  consensus: Consensus;
  readonly #options: NodeOptions;
  readonly #universe: Universe;
  #nowMs = 0;
  #journal: readonly JournalEntry[] = [];
  /** Entries up to the turn of the last own vote: what the driver has surely written. */
  #durable = 0;
  #ledgerFinal: Proposal | undefined;
  #stirred = 0;
  readonly #verdicts = new Map<number, { readonly proposal: Proposal; readonly valid: boolean }>();
  readonly #toCertify = new Map<number, Proposal>();
  #snapshot: readonly ViewSnapshot[] = [];

  constructor(options: NodeOptions) {
    this.#options = options;
    this.#universe = options.universe;
    this.consensus = this.#consensus(this.#journal, undefined);
    this.#give({ kind: "start" });
  }

  /** Bodies whose certificate would be looked at. */
  get wantedCertificates(): number {
    let wanted = 0;
    for (const { bit, body } of this.#universe.bodies) {
      if (this.consensus.wantsCertificate(body)) wanted |= 1 << bit;
    }
    return wanted;
  }

  /** Votes of leaders that would tell something. */
  get wantedVotes(): number {
    let wanted = 0;
    const { consensus } = this;
    const snapshot = this.snapshot;
    for (const { bit, body } of this.#universe.bodies) {
      if (body.kind === "finalize" || body.view > consensus.view + 1) continue;
      if (body.view <= consensus.lastFinalView) continue;
      const known = snapshot.find((state) => state.view === body.view);
      const isNew =
        body.kind === "nullify"
          ? known?.leaderNullified !== true && body.view >= consensus.view
          : known?.equivocated !== true && known?.proposal?.blockId !== body.blockId;
      if (isNew) wanted |= 1 << bit;
    }
    return wanted & ~this.#universe.leaderBits(this.#options.self);
  }

  /** Inputs that are this node's own affair. */
  answers(withCrashes: boolean): readonly number[] {
    const { view: of, lastFinalView } = this.consensus;
    const state = this.snapshot.find((known) => known.view === of);
    const codes: number[] = [];
    if (of <= this.#universe.views) {
      if (state?.own.nullified !== true) codes.push(inputs.timeOut);
      if (this.#mayStir(state)) codes.push(inputs.stir);
      if (this.#owesBlock(state)) codes.push(inputs.proposed, inputs.declined);
    }
    for (const asked of this.#verdicts.keys()) {
      if (this.#owesVerdict(asked)) codes.push(inputs.verified + asked);
    }
    for (const asked of this.#toCertify.keys()) {
      if (asked > lastFinalView) codes.push(inputs.certified + asked);
    }
    if (withCrashes) for (const [at] of crashes.entries()) codes.push(inputs.crash + at);
    return codes;
  }

  take(code: number): void {
    if (code < inputs.leaderVote) this.#takeCertificate(code - inputs.certificate);
    else if (code < inputs.timeOut) this.#takeLeaderVote(code - inputs.leaderVote);
    else if (code === inputs.timeOut) this.#timeOut();
    else if (code === inputs.stir) this.#stir();
    else if (code === inputs.proposed || code === inputs.declined) this.#propose(code);
    else if (code < inputs.certified) this.#verify(code - inputs.verified);
    else if (code < inputs.crash) this.#certify(code - inputs.certified);
    else this.#crash(code - inputs.crash);
  }

  /** Whether what the voting rules make idle is left out; not with rules that were taken away. */
  get #forgets(): boolean {
    const { rules, forgetful = false, forgets = rules === undefined && !forgetful } = this.#options;
    return forgets;
  }

  /** A certificate of these signers. */
  takeCertificateOf(body: VoteBody, signers: readonly number[]): void {
    this.#give({ kind: "certificate", certificate: certificate(body, signers) });
  }

  takeVoteOf(body: VoteBody, signer: number): void {
    this.#give({ kind: "vote", vote: vote(signer, body) });
  }

  /** Answers "later", and then something new comes. Returns whether the same is asked again. */
  takeLater(code: number): boolean {
    const of = code % 10;
    const isVerify = code < inputs.certified;
    const asked = isVerify ? this.#verdicts.get(of)?.proposal : this.#toCertify.get(of);
    const known = this.snapshot.find((state) => state.view === of);
    if (asked === undefined) return false;
    if (isVerify && (of !== this.consensus.view || known?.notarized !== undefined)) return false;
    if (isVerify) {
      this.#verdicts.delete(of);
      this.#give({ kind: "verified", proposal: asked, verdict: "later" });
    } else {
      this.#toCertify.delete(of);
      this.#give({ kind: "certified", proposal: asked, result: "later" });
    }
    this.#give({ kind: "retry" });
    return true;
  }

  get snapshot(): readonly ViewSnapshot[] {
    if (this.#snapshot.length === 0) this.#snapshot = this.consensus.snapshot();
    return this.#snapshot;
  }

  /** Equal for two nodes exactly if nothing that can happen later tells them apart. */
  fingerprint(withCrashes: boolean): string {
    const { consensus } = this;
    const merging = { universe: this.#universe, forgets: this.#forgets };
    const state = this.snapshot.find((known) => known.view === consensus.view);
    let text = `${this.votes}|${stateText(consensus, this.snapshot, merging)}|${consensus.mayVote ? "" : "-"}`;
    if (this.#mayStir(state)) text += "s";
    for (const [of, { valid }] of [...this.#verdicts].toSorted(([a], [b]) => a - b)) {
      if (!valid && this.#owesVerdict(of)) text += `!${of}`;
    }
    if (!withCrashes) return text;
    text += `|${this.#ledgerFinal?.view ?? 0}`;
    for (const entries of [this.#journal, this.#journal.slice(0, this.#durable)]) {
      const replayed = this.#consensus(entries, this.#ledgerFinal);
      text += `|${stateText(replayed, replayed.snapshot(), merging)}`;
    }
    return text;
  }

  #consensus(entries: readonly JournalEntry[], final: Proposal | undefined): Consensus {
    const { self, rules } = this.#options;
    return new Consensus({
      epoch: testEpoch,
      boundary,
      validators: this.#universe.validators,
      self: validatorIndex(self),
      settings: defaultConsensusSettings,
      lastFinal: final === undefined ? { view: view(0) } : { view: final.view, proposal: final },
      entries,
      ...(rules === undefined ? {} : { rules }),
    });
  }

  #give(input: Input): readonly Effect[] {
    this.#snapshot = [];
    const effects = this.consensus.step(input, this.#nowMs);
    const entries: JournalEntry[] = [];
    for (const effect of effects) if (effect.kind === "journal") entries.push(effect.entry);
    if (entries.length > 0) this.#journal = [...this.#journal, ...entries];
    if (entries.some(({ kind }) => kind === "vote")) this.#durable = this.#journal.length;
    for (const effect of effects) this.#perform(effect);
    return effects;
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case "vote":
      case "vote-again":
        if (effect.body.view <= this.#universe.views) {
          this.votes |= 1 << this.#universe.bitOf(effect.body);
        }
        break;
      case "verify": {
        const { proposal, parent } = effect;
        const valid = this.#universe.isWellFormed(proposal, parent);
        this.#verdicts.set(proposal.view, { proposal, valid });
        break;
      }
      case "certify":
        this.#toCertify.set(effect.proposal.view, effect.proposal);
        break;
      case "entered":
        // A leader's work comes when the explorer says so; the others' only starts timers.
        if (effect.leader !== this.#options.self) this.#work();
        break;
      default:
        break;
    }
  }

  #work(): void {
    const input = { kind: "work", view: this.consensus.view, sinceMs: this.#nowMs, pacingMs: 0 };
    this.#give(input as Input);
  }

  /** A certificate that the pool allows: with our own vote if we cast it, and never with one that we did not. */
  #takeCertificate(bit: number): void {
    const { self, universe } = this.#options;
    const { body } = universe.body(bit);
    const { liar, validators } = universe;
    const signers = new Set<number>([liar]);
    if ((this.votes & (1 << bit)) !== 0) signers.add(self);
    for (let signer = 0; signers.size < validators.quorum; signer += 1) {
      if (signer !== self) signers.add(signer);
    }
    this.takeCertificateOf(body, [...signers]);
  }

  #takeLeaderVote(bit: number): void {
    const { body } = this.#universe.body(bit);
    this.#give({ kind: "vote", vote: vote(this.consensus.leader(body.view), body) });
  }

  /** Whether the answer to `verify` would still be looked at. */
  #owesVerdict(of: number): boolean {
    const known = this.snapshot.find((state) => state.view === of);
    if (known === undefined || known.verification !== "asked") return false;
    if (of <= this.consensus.lastFinalView) return false;
    return !this.#forgets || live(this.consensus, known).verification;
  }

  #mayStir(state: ViewSnapshot | undefined): boolean {
    const { view: of } = this.consensus;
    if (this.consensus.leader(of) !== this.#options.self || this.#stirred >= of) return false;
    return state?.proposal === undefined && state?.own.nullified !== true;
  }

  #stir(): void {
    this.#stirred = this.consensus.view;
    this.#work();
  }

  #timeOut(): void {
    const { view: of } = this.consensus;
    if (this.consensus.leader(of) === this.#options.self) this.#stir();
    for (let deadline = 0; deadline < deadlinesMax; deadline += 1) {
      const { deadlineMs } = this.consensus;
      if (deadlineMs === undefined) return;
      this.#nowMs = Math.max(this.#nowMs, deadlineMs);
      const effects = this.#give({ kind: "tick" });
      if (effects.some(({ kind }) => kind === "nullified")) return;
    }
  }

  #owesBlock(state: ViewSnapshot | undefined): boolean {
    if (state?.proposeParent === undefined || state.own.nullified) return false;
    return state.proposal === undefined;
  }

  #propose(code: number): void {
    const { view: of } = this.consensus;
    const parent = this.snapshot.find((known) => known.view === of)?.proposeParent;
    if (parent === undefined) return;
    const built = code === inputs.declined ? undefined : this.#universe.built(of, parent);
    this.#give({ kind: "proposed", view: of, blockId: built?.proposal.blockId });
  }

  #verify(of: number): void {
    const asked = this.#verdicts.get(of);
    if (asked === undefined) return;
    this.#verdicts.delete(of);
    const verdict = asked.valid ? "valid" : "invalid";
    this.#give({ kind: "verified", proposal: asked.proposal, verdict });
  }

  #certify(of: number): void {
    const proposal = this.#toCertify.get(of);
    if (proposal === undefined) return;
    this.#toCertify.delete(of);
    this.#give({ kind: "certified", proposal, result: "ok" });
  }

  #crash(how: number): void {
    const { lastFinalized, lastFinalView } = this.consensus;
    if (how >= 2 && lastFinalView > 0) this.#ledgerFinal = lastFinalized;
    if (how === 4) this.#journal = this.consensus.journalKeep(this.#ledgerFinal?.view);
    if (how === 1 || how === 3) this.#journal = this.#journal.slice(0, this.#durable);
    if (this.#options.forgetful === true) this.#journal = [];
    this.#durable = this.#journal.length;
    this.#stirred = 0;
    this.#verdicts.clear();
    this.#toCertify.clear();
    this.consensus = this.#consensus(this.#journal, this.#ledgerFinal);
    this.#give({ kind: "start" });
  }
}
