/**
 * Everything that can happen to consensus. If it is not in this union, consensus cannot know it.
 *
 * Signatures are checked before: a vote or certificate that arrives here is Verified. Answers of the application
 * carry the proposal that was asked about, so a late one is harmless.
 * @module
 */
import type { BlockId, View } from "../protocol/ids.ts";
import type { Verified } from "../protocol/verified.ts";
import type { Certificate, Proposal, Vote } from "../protocol/vote.ts";

export type Verdict = "valid" | "invalid" | "later";

export type Input =
  /** The first input, once: enter the view that replay led to. */
  | { readonly kind: "start" }
  /** Somebody's vote, or the own one after it became durable. */
  | { readonly kind: "vote"; readonly vote: Verified<Vote> }
  | { readonly kind: "certificate"; readonly certificate: Verified<Certificate> }
  /** The answer to `propose`; undefined = the application declines. */
  | { readonly kind: "proposed"; readonly view: View; readonly blockId: BlockId | undefined }
  /** The answer to `verify`. "later": ask again when `retry` comes. */
  | { readonly kind: "verified"; readonly proposal: Proposal; readonly verdict: Verdict }
  /** The answer to `certify`: the block is held, verified and durably stored; or never will be; or not yet. */
  | {
      readonly kind: "certified";
      readonly proposal: Proposal;
      readonly result: "ok" | "failed" | "later";
    }
  /** Something that a "later" may have waited for: a block was delivered, the clock reached a block's time. */
  | { readonly kind: "retry" }
  /**
   * When the view has, had or will have work (monotonic ms), or undefined while there is none. To be told for each
   * view entered, and when it changes: what was work in one view may be in that view's block.
   * `pacingMs` replaces the setting in this view: 0 while the last blocks were nearly empty.
   */
  | {
      readonly kind: "work";
      readonly view: View;
      readonly sinceMs: number | undefined;
      readonly pacingMs?: number;
    }
  /** The deadline that `deadlineMs` named has come. */
  | { readonly kind: "tick" };
