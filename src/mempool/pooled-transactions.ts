/**
 * Everything that waits here for a block, by content hash: transactions of accounts and Faults, two pools seen as one.
 * Gossip passes both on in one way, and an announced block is put together from both.
 * @module
 */
import type { ContentHash } from "../protocol/ids.ts";
import type { NamedTransaction } from "../protocol/transaction.ts";
import type { EvidencePool } from "./evidence-pool.ts";
import type { Mempool } from "./mempool.ts";

export class PooledTransactions {
  readonly #mempool: Mempool;
  readonly #evidence: EvidencePool;

  constructor(pools: { readonly mempool: Mempool; readonly evidence: EvidencePool }) {
    this.#mempool = pools.mempool;
    this.#evidence = pools.evidence;
  }

  has(hash: ContentHash): boolean {
    return this.#mempool.has(hash) || this.#evidence.has(hash);
  }

  get(hash: ContentHash): NamedTransaction | undefined {
    return this.#mempool.get(hash) ?? this.#evidence.get(hash);
  }

  bytesOf(hash: ContentHash): Uint8Array | undefined {
    return this.#mempool.bytesOf(hash) ?? this.#evidence.get(hash)?.bytes;
  }

  /** At most so many; evidence first, then the oldest. */
  hashes(limit: number): readonly ContentHash[] {
    const faults = this.#evidence.hashes().slice(0, limit);
    const rest = this.#mempool.hashes(limit - faults.length);
    return faults.length === 0 ? rest : [...faults, ...rest];
  }
}
