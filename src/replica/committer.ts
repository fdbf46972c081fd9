/**
 * Commits final blocks: one height after the other, each one atomic synced batch, in the background of the next view.
 *
 * In memory a block is final at once; clients hear of it only when it is durable. A failed write ends the replica.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { ExecutedBlock, Ledger } from "../ledger/ledger.ts";
import type { Block } from "../protocol/block.ts";
import type { BlockId } from "../protocol/ids.ts";
import type { Certificate } from "../protocol/vote.ts";
import type { Finality } from "../storage/chain-codecs.ts";
import type { ChainStore } from "../storage/chain-store.ts";

export interface Committed {
  readonly block: Block;
  readonly finalization: Certificate | undefined;
  /** Milliseconds that the batch took. */
  readonly commitMs: number;
}

export class Committer {
  readonly #d: {
    readonly ledger: Ledger;
    readonly chain: ChainStore;
    readonly clock: Clock;
    readonly committed: (committed: Committed) => void;
    readonly fatal: (error: unknown) => void;
  };
  readonly #waiting = new Set<BlockId>();
  #queue: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(dependencies: {
    readonly ledger: Ledger;
    readonly chain: ChainStore;
    readonly clock: Clock;
    readonly committed: (committed: Committed) => void;
    readonly fatal: (error: unknown) => void;
  }) {
    this.#d = dependencies;
  }

  /** Final in memory and not yet durable. */
  isWaiting(id: BlockId): boolean {
    return this.#waiting.has(id);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** A path of newly final blocks, oldest first; the certificate finalizes the last of them. */
  commit(path: readonly ExecutedBlock[], certificate: Certificate): void {
    for (const [i, executed] of path.entries()) {
      this.#waiting.add(executed.block.id);
      const covering = path.slice(i + 1).map(({ block }) => block.header);
      const finality = { certificate, covering };
      this.#queue = this.#queue.then(() => this.#commitOne(executed, finality));
    }
  }

  /** Resolves when everything given so far is durable. */
  settled(): Promise<void> {
    return this.#queue;
  }

  async #commitOne(executed: ExecutedBlock, finality: Finality): Promise<void> {
    if (this.#stopped) return;
    const { block, changes, history } = executed;
    const startMs = this.#d.clock.monotonicMs();
    try {
      await this.#d.chain.commit({ block, changes, frontier: history, finality });
    } catch (error) {
      this.#stopped = true;
      this.#d.fatal(error);
      return;
    }
    this.#waiting.delete(block.id);
    this.#d.ledger.durable(block.header.height);
    const finalization = finality.covering.length === 0 ? finality.certificate : undefined;
    const commitMs = this.#d.clock.monotonicMs() - startMs;
    this.#d.committed({ block, finalization, commitMs });
  }
}
