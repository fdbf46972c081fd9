/**
 * One honest validator of a small world: its reducer, its journal, and the simplest application.
 *
 * A block is valid when its view's leader made it on the parent that is asked about. The application answers at once,
 * or, for what is named in `slow`, when the script says so.
 * @module
 */
import { Consensus } from "../../../../src/consensus/consensus.ts";
import type { Effect } from "../../../../src/consensus/effect.ts";
import type { Input } from "../../../../src/consensus/input.ts";
import type { JournalEntry } from "../../../../src/consensus/journal-entry.ts";
import { defaultConsensusSettings } from "../../../../src/consensus/settings.ts";
import {
  type BlockId,
  type Epoch,
  type ValidatorIndex,
  view,
} from "../../../../src/protocol/ids.ts";
import type { ValidatorSet } from "../../../../src/protocol/validator-set.ts";
import type { Proposal, VoteBody } from "../../../../src/protocol/vote.ts";
import type { VoterFacts } from "./oracle.ts";

export type Question = "propose" | "verify" | "certify";

export interface Machine {
  readonly epoch: Epoch;
  readonly boundary: BlockId;
  readonly validators: ValidatorSet;
}

export class SmallNode {
  /** Which views it leads: those that are equal to it modulo the count. */
  readonly number: number;
  readonly position: ValidatorIndex;
  readonly #machine: Machine;
  consensus: Consensus;
  isUp = true;
  /** On disk. */
  journal: readonly JournalEntry[] = [];
  ledgerFinal: Proposal | undefined;
  readonly holds: Set<BlockId> = new Set();
  readonly certified: Set<string> = new Set();
  readonly verified: Set<string> = new Set();
  /** Views in which it has voted, in any life. */
  readonly touched: Set<number> = new Set();
  /** In memory. */
  mayVote = true;
  readonly slow: Set<Question> = new Set();
  readonly missing: Set<BlockId> = new Set();
  inbox: Input[] = [];
  shown: Map<number, Proposal[]> = new Map();
  /** Dies in the turn that journals such a vote: `keep` of its entries are on disk, nothing of it was sent. */
  dies: { readonly at: VoteBody["kind"]; readonly keep: number } | undefined;

  constructor(options: { readonly number: number; readonly machine: Machine }) {
    this.number = options.number;
    this.#machine = options.machine;
    this.position = options.machine.validators.leader(view(options.number));
    this.consensus = this.#consensus();
  }

  #consensus(): Consensus {
    const { epoch, boundary, validators } = this.#machine;
    const final = this.ledgerFinal;
    return new Consensus({
      epoch,
      boundary,
      validators,
      self: this.position,
      settings: defaultConsensusSettings,
      lastFinal: final === undefined ? { view: view(0) } : { view: final.view, proposal: final },
      entries: this.journal,
      mayVote: this.mayVote,
    });
  }

  crash(): void {
    this.isUp = false;
    this.inbox = [];
    this.shown = new Map();
    this.missing.clear();
    this.dies = undefined;
  }

  /** A new process on what is on disk. The caller gives `start`. */
  restart(options: { readonly mayVote?: boolean } = {}): void {
    this.crash();
    this.mayVote = options.mayVote ?? true;
    this.consensus = this.#consensus();
    this.isUp = true;
  }

  /** Makes a turn's entries durable. False: it died instead, before anything was sent. */
  write(effects: readonly Effect[]): boolean {
    const entries = effects.flatMap((effect) => (effect.kind === "journal" ? [effect.entry] : []));
    const { dies } = this;
    const isLast =
      dies !== undefined &&
      entries.some((entry) => entry.kind === "vote" && entry.body.kind === dies.at);
    this.journal = [...this.journal, ...(isLast ? entries.slice(0, dies.keep) : entries)];
    if (isLast) this.crash();
    return !isLast;
  }

  show(proposal: Proposal): void {
    const known = this.shown.get(proposal.view) ?? [];
    this.shown.set(proposal.view, [...known, proposal]);
  }

  voter(body: VoteBody): VoterFacts {
    const final = this.ledgerFinal;
    const facts = {
      number: this.number,
      mayVote: this.mayVote,
      shown: this.shown.get(body.view) ?? [],
      lastFinalView: final?.view ?? 0,
      hasVerified: false,
      hasCertified: false,
      hasCertifiedParent: false,
    };
    if (body.kind === "nullify") return facts;
    const { parentView } = body;
    const isFinal = parentView === (final?.view ?? 0);
    const certifiedParent = [...this.certified].some((name) => name.startsWith(`${parentView}/`));
    return {
      ...facts,
      hasVerified: this.verified.has(nameOf(body)),
      hasCertified: this.certified.has(nameOf(body)),
      hasCertifiedParent: isFinal || certifiedParent,
    };
  }
}

export const nameOf = ({ view, parentView, blockId }: Proposal): string =>
  `${view}/${parentView}/${blockId}`;
