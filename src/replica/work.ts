/**
 * Work: whether the current view has something to do, and since when. Consensus is told whenever that changes.
 *
 * An idle network is quiet: leaders propose, and timers run, only while there is work: a transaction of the own pool
 * that no unfinal ancestor holds, or an ancestor with content that is not final yet. (A block's own finalization
 * normally arrives within `pacing`, so no empty block follows a single payment.) A change of members or parameters that
 * was agreed on counts, too: blocks go on, paced, until the epoch's end brings it. And so does a ledger that has no block
 * yet: nothing can be proven to anybody before the first one is final.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Input } from "../consensus/input.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Block } from "../protocol/block.ts";
import type { BlockId } from "../protocol/ids.ts";
import type { Epochs } from "./epochs.ts";
import type { Waiting } from "./waiting.ts";

/** After a block with fewer transactions the next one need not wait to fill. */
const nearlyEmptyTransactions = 32;

export interface WorkDependencies {
  readonly epochs: Epochs;
  readonly ledger: Ledger;
  readonly waiting: Waiting;
  readonly clock: Clock;
  readonly pacingMs: number;
  readonly give: (input: Input) => void;
}

export class Work {
  readonly #d: WorkDependencies;
  /** Since when there is something to propose, monotonic ms. */
  #poolSinceMs: number | undefined;
  #poolHasWork = false;
  /** When each unfinal block with content was first seen executed, monotonic ms. */
  readonly #contentSinceMs = new Map<BlockId, number>();
  /** The view, start and pacing that consensus was told last. */
  #given = "";

  constructor(dependencies: WorkDependencies) {
    this.#d = dependencies;
  }

  /** A candidate got further; it may be executed now. */
  candidateChanged(id: BlockId): void {
    const block = this.#d.ledger.position(id)?.block;
    if (block !== undefined && this.#mustBecomeFinal(block) && !this.#contentSinceMs.has(id)) {
      this.#contentSinceMs.set(id, this.#d.clock.monotonicMs());
    }
  }

  /** Blocks up to this height are final: forgets them, and those that cannot become so any more. */
  becameFinal(upTo: number): void {
    for (const id of [...this.#contentSinceMs.keys()]) {
      const left = this.#d.ledger.position(id);
      if (left === undefined || left.header.height <= upTo) this.#contentSinceMs.delete(id);
    }
  }

  /** A fresh consensus runs, which was told nothing. */
  beganEpoch(): void {
    this.#given = "";
  }

  /** The pool has taken one more: that can only make work where there was none. */
  poolGrew(): void {
    if (!this.#poolHasWork) this.update();
  }

  /** Tells consensus since when there is work, if that changed. */
  update(): void {
    const { epochs, ledger, pacingMs, waiting } = this.#d;
    const { consensus } = epochs;
    const { blockId } = consensus.highestCertified;
    const path = waiting.pathTo(blockId);
    this.#poolHasWork = waiting.hasMoreThan(path, epochs.epoch);
    // Members have agreed on a change: the epoch goes to its end without waiting for payments.
    const isDecided = ledger.position(blockId) !== undefined && ledger.changePending(blockId);
    // And a new ledger makes its first block at once: nothing can be proven to anybody before that is final.
    const blockWanted = isDecided || ledger.tip.header.height === 0;
    const sinceMs = this.#sinceMs(path, blockWanted);
    const nearlyEmpty = (path[0]?.transactions.length ?? 0) < nearlyEmptyTransactions;
    const { epoch, view } = consensus;
    const work = { view, sinceMs, pacingMs: nearlyEmpty && !blockWanted ? 0 : pacingMs };
    const given = `${epoch}/${view}/${sinceMs}/${work.pacingMs}`;
    if (given === this.#given) return;
    this.#given = given;
    this.#d.give({ kind: "work", ...work });
  }

  /** When there was or will be work (monotonic ms), or undefined. @param path unfinal, newest first. */
  #sinceMs(path: readonly Block[], blockWanted: boolean): number | undefined {
    const contentMs = this.#contentSince(path);
    if (this.#poolHasWork || blockWanted) this.#poolSinceMs ??= this.#d.clock.monotonicMs();
    else this.#poolSinceMs = undefined;
    const content = contentMs === undefined ? undefined : contentMs + this.#d.pacingMs;
    if (this.#poolSinceMs === undefined) return content;
    return content === undefined ? this.#poolSinceMs : Math.min(content, this.#poolSinceMs);
  }

  /** Since when (monotonic ms) an unfinal ancestor with content has stood; undefined without one. */
  #contentSince(path: readonly Block[]): number | undefined {
    let sinceMs: number | undefined;
    for (const block of path) {
      if (!this.#mustBecomeFinal(block)) continue;
      // One that the last run executed is seen here first.
      const seenMs = this.#contentSinceMs.get(block.id) ?? this.#d.clock.monotonicMs();
      this.#contentSinceMs.set(block.id, seenMs);
      sinceMs = Math.min(seenMs, sinceMs ?? seenMs);
    }
    return sinceMs;
  }

  /** Blocks that leaders go on for: with content, or the last of an epoch, behind which the next one waits. */
  #mustBecomeFinal({ header, transactions }: Block): boolean {
    return transactions.length > 0 || header.height === this.#d.epochs.lastHeight;
  }
}
