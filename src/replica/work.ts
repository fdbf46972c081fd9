/**
 * Work: whether the current view has something to do, and since when.
 *
 * An idle network is quiet: leaders propose, and timers run, only while there is work: a transaction of the own pool
 * that no unfinal ancestor holds, or an ancestor with content that is not final yet. (A block's own finalization
 * normally arrives within `pacing`, so no empty block follows a single payment.) A change of members or parameters that
 * was agreed on counts, too: blocks go on, paced, until the epoch's end brings it. And so does a ledger that has no block
 * yet: nothing can be proven to anybody before the first one is final.
 * @module
 */
export interface WorkFacts {
  /** Waiting transactions that could go into the next block, less those of unfinal ancestors: is there one? */
  readonly poolHasWork: boolean;
  /** A block is wanted whatever waits: there is none yet, or the epoch's end brings what the members have voted for. */
  readonly blockWanted: boolean;
  /** Since when (monotonic ms) an unfinal ancestor with content has stood; undefined without one. */
  readonly contentSinceMs: number | undefined;
  readonly pacingMs: number;
  readonly nowMs: number;
}

export class Work {
  /** Since when there is something to propose. */
  #poolSinceMs: number | undefined;

  /** When there was or will be work (monotonic ms), or undefined. */
  sinceMs(facts: WorkFacts): number | undefined {
    if (facts.poolHasWork || facts.blockWanted) this.#poolSinceMs ??= facts.nowMs;
    else this.#poolSinceMs = undefined;
    const content =
      facts.contentSinceMs === undefined ? undefined : facts.contentSinceMs + facts.pacingMs;
    if (this.#poolSinceMs === undefined) return content;
    return content === undefined ? this.#poolSinceMs : Math.min(content, this.#poolSinceMs);
  }
}
