/**
 * What happened in each view, as it was seen from outside: for the story that is told of a run.
 * @module
 */
import type { VoteKind } from "../../../src/protocol/vote.ts";
import { type SignedVote, subjectOf } from "./vote-record.ts";

/** Older views are forgotten. */
const viewsMax = 400;
const complaintsMax = 6;

export interface ViewStory {
  readonly epoch: number;
  readonly view: number;
  readonly firstMs: number;
  /** When each validator first signed what: by subject, then validator. */
  readonly votes: Map<string, { readonly kind: VoteKind; readonly by: Map<number, number> }>;
  /** Why a node gave the view up. */
  readonly reasons: Map<number, string>;
  final: { readonly height: number; readonly atMs: number } | undefined;
}

export class Chronicle {
  /** In the order in which they were first heard of. */
  readonly #views = new Map<string, ViewStory>();
  readonly #complaints = new Map<number, string[]>();

  get views(): readonly ViewStory[] {
    return [...this.#views.values()];
  }

  /** The last warnings and errors of a node, oldest first. */
  complaintsOf(node: number): readonly string[] {
    return this.#complaints.get(node) ?? [];
  }

  voted(nowMs: number, validator: number, vote: SignedVote): void {
    const { votes } = this.#view(nowMs, vote.epoch, vote.view);
    const subject = subjectOf(vote);
    const tally = votes.get(subject) ?? { kind: vote.kind, by: new Map<number, number>() };
    votes.set(subject, tally);
    if (!tally.by.has(validator)) tally.by.set(validator, nowMs);
  }

  gaveUp(nowMs: number, node: number, at: { epoch: number; view: number; reason: string }): void {
    this.#view(nowMs, at.epoch, at.view).reasons.set(node, at.reason);
  }

  final(nowMs: number, block: { epoch: number; view: number; height: number }): void {
    const view = this.#view(nowMs, block.epoch, block.view);
    view.final ??= { height: block.height, atMs: nowMs };
  }

  complained(nowMs: number, node: number, text: string): void {
    const own = this.#complaints.get(node) ?? [];
    this.#complaints.set(node, [...own.slice(1 - complaintsMax), `${seconds(nowMs)} ${text}`]);
  }

  #view(nowMs: number, epoch: number, view: number): ViewStory {
    const key = `${epoch}/${view}`;
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const votes: ViewStory["votes"] = new Map();
    const reasons: ViewStory["reasons"] = new Map();
    const story: ViewStory = { epoch, view, firstMs: nowMs, votes, reasons, final: undefined };
    this.#views.set(key, story);
    if (this.#views.size > viewsMax) {
      for (const oldest of this.#views.keys()) {
        this.#views.delete(oldest);
        break;
      }
    }
    return story;
  }
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`;
