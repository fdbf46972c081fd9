/**
 * A small world for one question: can a validator that lost its journal vote twice?
 *
 * Validators notarize, certify and finalize heights; epochs are a few heights long, each with a set of its own; one
 * validator is Byzantine and shows any block that was certified. Validator 0 loses its journal at any moment, and its
 * ledger falls back to any earlier height (a backup). Then the real `JournalRecovery` asks, in any order, while the
 * others go on. It must never name an epoch in which validator 0 has voted before.
 *
 * All orders are explored. Two things are left out on purpose: views (a height is certified once, which consensus
 * guarantees) and votes after the recovery (the first epoch it names is judged at once).
 * @module
 */

import { type Epoch, epoch, type PublicKey } from "../../src/protocol/ids.ts";
import { quorumOf } from "../../src/protocol/validator-set.ts";
import { JournalRecovery } from "../../src/replica/journal-recovery.ts";

/** Clauses of the rule, each of which can be left out. */
export type Clause =
  /** q others, not q − 1. */
  | "q others"
  /** Others: the own ledger is no answer. */
  | "not itself"
  /** The epoch of the block after the one shown: who finalized a boundary may vote beyond it. */
  | "the block after"
  /** Greater than the epochs shown, not equal. */
  | "greater"
  /** Who shows a newer epoch than the ledger's is asked again when the ledger is there. */
  | "asked again"
  /** Answers over links of this start: none that was given before the loss. */
  | "fresh answers";

export interface LostJournalOptions {
  readonly epochLength: number;
  readonly heights: number;
  /** By epoch; validator 0 is in all of them. */
  readonly sets: readonly (readonly number[])[];
  readonly liar: number;
  /** One more validator whose ledger a backup took back, when validator 0 loses its journal. */
  readonly alsoRestored?: number;
  readonly without?: Clause;
}

export interface LostJournalResult {
  readonly states: number;
  /** Times that the rule named an epoch. */
  readonly recoveries: number;
  /** The way to an epoch named twice. */
  readonly twice: readonly string[] | undefined;
}

interface Loss {
  /** Heights of the own ledger and answers, in their order. */
  readonly events: readonly (readonly [from: number, height: number])[];
}

interface State {
  /** By validator: the heights it notarized, finalized (masks), and the highest it certified. */
  readonly notarized: readonly number[];
  readonly finalized: readonly number[];
  readonly certified: readonly number[];
  /** The last epoch in which validator 0 has voted, -1 if none. */
  readonly touched: number;
  readonly loss: Loss | undefined;
  readonly parent: State | undefined;
  readonly line: string;
}

const own = 0;
const keys = Array.from({ length: 8 }, (_, at) => at.toString(16).padStart(64, "0") as PublicKey);
const key = (validator: number): PublicKey => keys[validator] ?? ("" as PublicKey);

export function exploreLostJournal(options: LostJournalOptions): LostJournalResult {
  return new LostJournalWorld(options).explore();
}

class LostJournalWorld {
  readonly #options: LostJournalOptions;
  readonly #validators: number;
  readonly #seen = new Set<string>();
  readonly #queue: State[] = [];
  #recoveries = 0;

  constructor(options: LostJournalOptions) {
    this.#options = options;
    this.#validators = Math.max(...options.sets.flat()) + 1;
  }

  explore(): LostJournalResult {
    const none = Array.from({ length: this.#validators }, () => 0);
    this.#add({
      notarized: none,
      finalized: none,
      certified: none,
      touched: -1,
      loss: undefined,
      parent: undefined,
      line: "",
    });
    for (let at = 0; at < this.#queue.length; at += 1) {
      const state = this.#queue[at];
      if (state === undefined) break;
      const flaw = this.#flaw(state);
      if (flaw !== undefined) return this.#result([...way(state), flaw]);
      this.#progress(state);
      this.#recover(state);
    }
    return this.#result(undefined);
  }

  #result(twice: readonly string[] | undefined): LostJournalResult {
    return { states: this.#seen.size, recoveries: this.#recoveries, twice };
  }

  #epochOf(height: number): number {
    return height === 0 ? 0 : Math.floor((height - 1) / this.#options.epochLength);
  }

  #set(of: number): readonly number[] {
    return this.#options.sets[of] ?? [];
  }

  /** Whether q validators of the height's epoch have voted; the liar always has. */
  #isQuorum(votes: readonly number[], height: number): boolean {
    const members = this.#set(this.#epochOf(height));
    let voted = 0;
    for (const at of members) {
      if (at === this.#options.liar || ((votes[at] ?? 0) & (1 << height)) !== 0) voted += 1;
    }
    return voted >= quorumOf(members.length);
  }

  #isFinal({ finalized }: State, height: number): boolean {
    return height === 0 || this.#isQuorum(finalized, height);
  }

  /** What validators do that know their votes. */
  #progress(state: State): void {
    for (let at = 0; at < this.#validators; at += 1) {
      if (at === this.#options.liar || (at === own && state.loss !== undefined)) continue;
      const tip = state.certified[at] ?? 0;
      const next = tip + 1;
      if (next > this.#options.heights) continue;
      this.#notarize(state, at, next);
      if (this.#isQuorum(state.notarized, next)) {
        const certified = state.certified.with(at, next);
        this.#add({ ...state, certified, parent: state, line: `${at} certifies ${next}` });
        if (this.#set(this.#epochOf(next)).includes(at)) {
          const finalized = withBit(state.finalized, at, next);
          const touched = at === own ? this.#epochOf(next) : state.touched;
          const line = `${at} certifies and finalizes ${next}`;
          this.#add({ ...state, certified, finalized, touched, parent: state, line });
        }
      }
      for (let height = next; height <= this.#options.heights; height += 1) {
        if (!this.#isFinal(state, height)) continue;
        const certified = state.certified.with(at, height);
        this.#add({ ...state, certified, parent: state, line: `${at} syncs to ${height}` });
      }
    }
  }

  /** In the epoch of the block after the tip, if its boundary is final. */
  #notarize(state: State, at: number, height: number): void {
    const of = this.#epochOf(height);
    if (!this.#set(of).includes(at)) return;
    const isFirst = height === 1 || this.#epochOf(height - 1) !== of;
    if (isFirst && !this.#isFinal(state, height - 1)) return;
    const notarized = withBit(state.notarized, at, height);
    const touched = at === own ? of : state.touched;
    this.#add({ ...state, notarized, touched, parent: state, line: `${at} notarizes ${height}` });
  }

  #recover(state: State): void {
    const { loss, certified } = state;
    const { liar, alsoRestored, without } = this.#options;
    if (loss === undefined) {
      this.#lose(state);
      return;
    }
    const recovery = this.#replayed(loss);
    if (recovery.votesFrom !== undefined) return;
    const ledger = loss.events.findLast(([from]) => from === own)?.[1] ?? 0;
    for (let height = ledger + 1; height <= this.#options.heights; height += 1) {
      if (this.#isFinal(state, height)) this.#event(state, own, height, `0 syncs to ${height}`);
    }
    for (let from = 1; from < this.#validators; from += 1) {
      if (!recovery.wants(key(from))) continue;
      const shown = new Set<number>();
      if (from !== liar) shown.add(certified[from] ?? 0);
      if (from === alsoRestored)
        for (let at = 0; at < (certified[from] ?? 0); at += 1) shown.add(at);
      // Of all answers from before the loss, the oldest is the worst.
      if (from !== liar && without === "fresh answers") shown.add(0);
      for (let height = 0; from === liar && height <= this.#options.heights; height += 1) {
        if (height === 0 || this.#isQuorum(state.notarized, height)) shown.add(height);
      }
      for (const height of shown) this.#event(state, from, height, `${from} shows ${height}`);
    }
  }

  #lose(state: State): void {
    if (state.touched < 0) return;
    for (let height = 0; height <= (state.certified[own] ?? 0); height += 1) {
      const loss = { events: [[own, height] as const] };
      const line = `0 loses its journal, its ledger is at ${height}`;
      this.#add({ ...state, loss, parent: state, line });
    }
  }

  #event(state: State, from: number, height: number, line: string): void {
    const { loss } = state;
    if (loss === undefined) return;
    if (from !== own && this.#isIgnored(loss, height)) return;
    const events = [...loss.events, [from, height] as const];
    this.#add({ ...state, loss: { ...loss, events }, parent: state, line });
  }

  /** Shows a newer epoch: it changes nothing until the ledger is there. */
  #isIgnored(loss: Loss, height: number): boolean {
    const ledger = loss.events.findLast(([from]) => from === own)?.[1] ?? 0;
    const { without } = this.#options;
    if (without === "asked again") return false;
    const after = without === "the block after" ? height : height + 1;
    return this.#epochOf(after) > this.#epochOf(ledger + 1);
  }

  #flaw({ loss, touched }: State): string | undefined {
    if (loss === undefined) return undefined;
    const { votesFrom } = this.#replayed(loss);
    if (votesFrom === undefined) return undefined;
    this.#recoveries += 1;
    const named = this.#options.without === "greater" ? votesFrom - 1 : votesFrom;
    if (named > touched) return undefined;
    return `it votes again from epoch ${named}, and has voted in epoch ${touched}`;
  }

  /** The real rule, after these events. */
  #replayed({ events }: Loss): JournalRecovery {
    const { without } = this.#options;
    const recovery = new JournalRecovery({ markEpoch: undefined });
    let round: Epoch = epoch(0);
    for (const [from, height] of events) {
      const after = without === "the block after" ? height : height + 1;
      if (from !== own) {
        // Without "asked again" the round's own epoch is the one limit to what counts.
        const shown = this.#epochOf(after);
        recovery.answered(
          key(from),
          epoch(without === "asked again" ? Math.min(shown, round) : shown),
        );
        continue;
      }
      round = epoch(this.#epochOf(height + 1));
      const isFirst = recovery.progress.needed === 0;
      if (without === "asked again" && !isFirst) continue;
      const members = this.#set(round).filter((at) => at !== own || without === "not itself");
      const quorum = quorumOf(this.#set(round).length) - (without === "q others" ? 1 : 0);
      recovery.inEpoch({ epoch: round, others: new Set(members.map(key)), quorum });
      if (without === "not itself") recovery.answered(key(own), round);
    }
    return recovery;
  }

  #add(state: State): void {
    const name = this.#name(state);
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    this.#queue.push(state);
  }

  /**
   * Equal for states with the same future. Who voted for what has its certificate tells nothing any more; answers of
   * one round count in any order; the liar has always voted.
   */
  #name(state: State): string {
    const { liar } = this.#options;
    const masks = (votes: readonly number[]): string => {
      let known = 0;
      for (let height = 1; height <= this.#options.heights; height += 1) {
        if (this.#isQuorum(votes, height)) known |= 1 << height;
      }
      return votes.map((mask, at) => (at === liar ? 0 : mask | known)).join(",");
    };
    const { notarized, finalized, certified, touched, loss } = state;
    const tips = certified.map((tip, at) => (at === own && loss !== undefined ? 0 : tip));
    let text = `${masks(notarized)}|${masks(finalized)}|${tips}|${touched}`;
    if (loss === undefined) return text;
    const since = loss.events.findLastIndex(([from]) => from === own);
    const answers = loss.events.slice(since + 1).map(([from, height]) => `${from}:${height}`);
    const held = loss.events.length - since - 1;
    text += `|${loss.events[since]?.[1]}|${answers.toSorted()}`;
    // Answers that still count from before the ledger's last step.
    const { progress, votesFrom } = this.#replayed(loss);
    if (progress.held !== held || votesFrom !== undefined) text += `|${loss.events.join(";")}`;
    return text;
  }
}

function withBit(masks: readonly number[], at: number, bit: number): readonly number[] {
  return masks.with(at, (masks[at] ?? 0) | (1 << bit));
}

function way(state: State): readonly string[] {
  const lines: string[] = [];
  for (let at: State | undefined = state; at?.parent !== undefined; at = at.parent)
    lines.push(at.line);
  return lines.reverse();
}
