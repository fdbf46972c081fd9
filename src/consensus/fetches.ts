/**
 * The certificates that the current view waits for: each asked for once, and again after `retryIntervalMs`.
 * @module
 */
import type { ValidatorIndex, View } from "../protocol/ids.ts";

interface Asked {
  readonly from: ValidatorIndex | undefined;
  readonly atMs: number;
}

export class Fetches {
  readonly #retryIntervalMs: number;
  #asked = new Map<View, Asked>();

  constructor(options: { readonly retryIntervalMs: number }) {
    this.#retryIntervalMs = options.retryIntervalMs;
  }

  /** Names all that is missing now; returns what is to be asked for, and forgets what is missing no more. */
  want(missing: readonly View[], from: ValidatorIndex | undefined, nowMs: number): readonly View[] {
    const before = this.#asked;
    this.#asked = new Map();
    const toAsk: View[] = [];
    for (const view of missing) {
      const known = before.get(view);
      if (
        known !== undefined &&
        known.from === from &&
        nowMs < known.atMs + this.#retryIntervalMs
      ) {
        this.#asked.set(view, known);
      } else {
        this.#asked.set(view, { from, atMs: nowMs });
        toAsk.push(view);
      }
    }
    return toAsk;
  }

  isMissing(view: View): boolean {
    return this.#asked.has(view);
  }

  get deadlineMs(): number {
    let deadlineMs = Number.POSITIVE_INFINITY;
    for (const { atMs } of this.#asked.values()) {
      deadlineMs = Math.min(deadlineMs, atMs + this.#retryIntervalMs);
    }
    return deadlineMs;
  }
}
