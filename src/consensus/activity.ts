/**
 * Who votes: so that a view of a leader who does not is given up at once.
 *
 * Judged by views, never by seconds: after an idle pause everybody looks silent.
 * @module
 */
import { type ValidatorIndex, type View, view } from "../protocol/ids.ts";

export class Activity {
  readonly #skipViews: number;
  readonly #lastVotes = new Map<ValidatorIndex, View>();
  /** The last views that we were in and left by a certificate of theirs, ascending. */
  #left: readonly View[] = [];

  constructor(options: { readonly skipViews: number }) {
    this.#skipViews = options.skipViews;
  }

  /** A verified vote was seen, alone or in a certificate. */
  voted(signer: ValidatorIndex, of: View): void {
    if (of > this.lastVoteView(signer)) this.#lastVotes.set(signer, of);
  }

  left(of: View): void {
    this.#left = [...this.#left, of].slice(-this.#skipViews);
  }

  /** The highest view with a vote of this validator; 0 without one. */
  lastVoteView(signer: ValidatorIndex): View {
    return this.#lastVotes.get(signer) ?? view(0);
  }

  /** No vote of it in any of the last `skipViews` views that we left. */
  isSilent(leader: ValidatorIndex): boolean {
    const [oldest] = this.#left;
    if (oldest === undefined || this.#left.length < this.#skipViews) return false;
    return this.lastVoteView(leader) < oldest;
  }
}
