/**
 * A scene: one consensus reducer, votes and certificates of anybody, and its effects as short lines of text.
 *
 * Lines: "notarize 1 a", "nullify 1", "finalize 1 a" (a vote cast), "again nullify 1", "pass notarize 1 a",
 * "propose 1 on 0", "verify 1 a on 0", "certify 1 a", "final 1 a", "fetch 1 from 2", "enter 2", "because
 * leader-timeout", "fault 3", "stranger nullify 1". Journal entries are kept in `journal`, not among the lines.
 * @module
 */
import { Consensus } from "../../../src/consensus/consensus.ts";
import type { Effect } from "../../../src/consensus/effect.ts";
import type { Input } from "../../../src/consensus/input.ts";
import type { JournalEntry } from "../../../src/consensus/journal-entry.ts";
import {
  type ConsensusSettings,
  defaultConsensusSettings,
} from "../../../src/consensus/settings.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import {
  type AccountId,
  type BlockId,
  type Epoch,
  epoch,
  type PublicKey,
  type ValidatorIndex,
  type View,
  validatorIndex,
  view,
} from "../../../src/protocol/ids.ts";
import { ValidatorSet } from "../../../src/protocol/validator-set.ts";
import { markVerified, type Verified } from "../../../src/protocol/verified.ts";
import type { Certificate, Proposal, Vote, VoteBody } from "../../../src/protocol/vote.ts";

export const testEpoch: Epoch = epoch(0);
const names = new Map<BlockId, string>();

/** A block id from a name, so that lines can show the name. */
export function block(name: string): BlockId {
  let hex = "";
  for (const letter of name) hex += letter.charCodeAt(0).toString(16).padStart(2, "0");
  const id = hex.padEnd(64, "0") as BlockId;
  names.set(id, name);
  return id;
}

export const boundary: BlockId = block("boundary");

const id64 = (value: number): string => value.toString(16).padStart(64, "0");

export function validatorSet(count: number): ValidatorSet {
  const validators = Array.from({ length: count }, (_, position) => ({
    consensusKey: id64(position + 1) as PublicKey,
    operator: id64(position + 1001) as AccountId,
    name: `v${position}`,
    endpoint: "",
  }));
  return new ValidatorSet({ hasher: nobleHasher, validators, epoch: testEpoch, boundary });
}

export function proposal(of: number, name: string, parentView: number = of - 1): Proposal {
  return {
    epoch: testEpoch,
    view: view(of),
    parentView: view(parentView),
    blockId: block(name),
  };
}

export const notarize = (p: Proposal): VoteBody => ({ kind: "notarize", ...p });
export const finalize = (p: Proposal): VoteBody => ({ kind: "finalize", ...p });
export const nullify = (of: number): VoteBody => ({
  kind: "nullify",
  epoch: testEpoch,
  view: view(of),
});

/** A vote whose signature somebody has checked; the bytes tell signers apart, nothing more. */
export function vote(signer: number, body: VoteBody): Verified<Vote> {
  const signature = new Uint8Array(64).fill(signer + 1);
  return markVerified({ body, signer: validatorIndex(signer), signature });
}

export function certificate(body: VoteBody, signers: readonly number[]): Verified<Certificate> {
  const signatures = signers
    .toSorted((a, b) => a - b)
    .map((signer) => ({ signer: validatorIndex(signer), signature: vote(signer, body).signature }));
  return markVerified({ subject: body, signatures });
}

export function bodyLine(body: VoteBody): string {
  if (body.kind === "nullify") return `nullify ${body.view}`;
  return `${body.kind} ${body.view} ${names.get(body.blockId) ?? body.blockId}`;
}

function line(effect: Exclude<Effect, { kind: "journal" | "passed-over" }>): string {
  switch (effect.kind) {
    case "vote":
      return bodyLine(effect.body);
    case "vote-again":
      return `again ${bodyLine(effect.body)}`;
    case "certificate":
    case "certificate-again":
      return `pass ${bodyLine(effect.certificate.subject)}`;
    case "propose":
      return `propose ${effect.view} on ${effect.parent.view}`;
    case "verify":
      return `verify ${effect.proposal.view} ${names.get(effect.proposal.blockId)} on ${effect.parent.view}`;
    case "certify":
      return `certify ${effect.proposal.view} ${names.get(effect.proposal.blockId)}`;
    case "finalized":
      return `final ${effect.proposal.view} ${names.get(effect.proposal.blockId)}`;
    case "pass-on-vote":
      return `show ${effect.vote.signer}'s ${bodyLine(effect.vote.body)}`;
    case "fetch-certificate":
      return `fetch ${effect.view} from ${effect.from ?? "anyone"}`;
    case "fault":
      return `fault ${effect.first.signer}: ${bodyLine(effect.first.body)}, ${bodyLine(effect.second.body)}`;
    case "own-vote-unknown":
      return `stranger ${bodyLine(effect.vote.body)}`;
    case "entered":
      return `enter ${effect.view}`;
    case "nullified":
      return `because ${effect.reason}`;
  }
}

export interface SceneOptions {
  /** Default: the leader of view 4, so that views 1 to 3 are led by others. */
  readonly self?: number | "observer";
  readonly count?: number;
  readonly entries?: readonly JournalEntry[];
  readonly settings?: Partial<ConsensusSettings>;
  readonly lastFinal?: Proposal;
  readonly mayVote?: boolean;
  readonly nowMs?: number;
}

export class Scene {
  readonly set: ValidatorSet;
  readonly self: number;
  readonly journal: JournalEntry[];
  readonly consensus: Consensus;
  readonly started: readonly string[];
  nowMs: number;

  constructor(options: SceneOptions = {}) {
    this.set = validatorSet(options.count ?? 4);
    const self = options.self ?? this.set.leader(view(4));
    this.self = self === "observer" ? -1 : self;
    this.journal = [...(options.entries ?? [])];
    this.nowMs = options.nowMs ?? 0;
    this.consensus = new Consensus({
      epoch: testEpoch,
      boundary,
      validators: this.set,
      self: self === "observer" ? undefined : validatorIndex(self),
      settings: { ...defaultConsensusSettings, ...options.settings },
      lastFinal:
        options.lastFinal === undefined
          ? { view: view(0) }
          : { view: options.lastFinal.view, proposal: options.lastFinal },
      entries: options.entries ?? [],
      mayVote: options.mayVote ?? true,
    });
    this.started = this.give({ kind: "start" });
  }

  /** A new scene from this one's journal: what a crash leaves. */
  restarted(options: SceneOptions = {}): Scene {
    return new Scene({ self: this.self, entries: this.journal, nowMs: this.nowMs, ...options });
  }

  effects(input: Input): readonly Effect[] {
    const effects = this.consensus.step(input, this.nowMs);
    for (const effect of effects) if (effect.kind === "journal") this.journal.push(effect.entry);
    return effects;
  }

  give(input: Input): readonly string[] {
    return this.effects(input).flatMap((effect) =>
      effect.kind === "journal" || effect.kind === "passed-over" ? [] : [line(effect)],
    );
  }

  /** Gives back every own vote of the lines' turn. */
  returned(body: VoteBody): readonly string[] {
    return this.vote(this.self, body);
  }

  leader(of: number): ValidatorIndex {
    return this.consensus.leader(view(of));
  }

  /** The validators but the given ones, ascending. */
  others(...without: readonly number[]): readonly number[] {
    const all = Array.from({ length: this.set.count }, (_, position) => position);
    return all.filter((position) => position !== this.self && !without.includes(position));
  }

  vote(signer: number, body: VoteBody): readonly string[] {
    return this.give({ kind: "vote", vote: vote(signer, body) });
  }

  /** The leader of the proposal's view announces it. */
  announce(p: Proposal): readonly string[] {
    return this.vote(this.leader(p.view), notarize(p));
  }

  certificate(body: VoteBody): Verified<Certificate> {
    return certificate(body, this.others().slice(0, this.set.quorum));
  }

  receive(body: VoteBody): readonly string[] {
    return this.give({ kind: "certificate", certificate: this.certificate(body) });
  }

  verified(p: Proposal, verdict: "valid" | "invalid" | "later" = "valid"): readonly string[] {
    return this.give({ kind: "verified", proposal: p, verdict });
  }

  certified(p: Proposal, result: "ok" | "failed" | "later" = "ok"): readonly string[] {
    return this.give({ kind: "certified", proposal: p, result });
  }

  /** Notarization received and certified: the view is left by it. */
  certify(p: Proposal): readonly string[] {
    return [...this.receive(notarize(p)), ...this.certified(p)];
  }

  noWork(): readonly string[] {
    return this.give({ kind: "work", view: this.consensus.view, sinceMs: undefined });
  }

  work(sinceMs: number = this.nowMs, pacingMs?: number): readonly string[] {
    const input = { kind: "work", view: this.consensus.view, sinceMs } as const;
    return this.give(pacingMs === undefined ? input : { ...input, pacingMs });
  }

  /** Lets time pass, with a tick at each deadline on the way. */
  pass(durationMs: number): readonly string[] {
    const untilMs = this.nowMs + durationMs;
    const lines: string[] = [];
    for (let ticks = 0; ticks < 1_000; ticks += 1) {
      const { deadlineMs } = this.consensus;
      if (deadlineMs === undefined || deadlineMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, deadlineMs);
      lines.push(...this.give({ kind: "tick" }));
      const next = this.consensus.deadlineMs;
      if (next !== undefined && next <= this.nowMs && next === deadlineMs) {
        throw new Error(`the deadline ${next} does not move`);
      }
    }
    this.nowMs = untilMs;
    return lines;
  }

  get view(): View {
    return this.consensus.view;
  }
}
