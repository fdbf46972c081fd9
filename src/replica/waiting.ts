/**
 * What waits here and could be in the next block: transactions and evidence that no unfinal ancestor holds already.
 * @module
 */
import type { Ledger } from "../ledger/ledger.ts";
import type { EvidencePool } from "../mempool/evidence-pool.ts";
import type { Mempool } from "../mempool/mempool.ts";
import type { Block } from "../protocol/block.ts";
import type { BlockId, ContentHash, Epoch } from "../protocol/ids.ts";
import { readAccount, type StateReader } from "../protocol/state.ts";
import type { NamedTransaction } from "../protocol/transaction.ts";

/** With this many more waiting than unfinal blocks hold, one of them is ready: a shortcut, never an answer "no". */
const gappedMax = 4_096;

export class Waiting {
  readonly #ledger: Ledger;
  readonly #mempool: Mempool;
  readonly #evidence: EvidencePool;

  constructor(dependencies: {
    readonly ledger: Ledger;
    readonly mempool: Mempool;
    readonly evidence: EvidencePool;
  }) {
    this.#ledger = dependencies.ledger;
    this.#mempool = dependencies.mempool;
    this.#evidence = dependencies.evidence;
  }

  /** The unfinal blocks up to this one, newest first. */
  pathTo(id: BlockId): readonly Block[] {
    const ledger = this.#ledger;
    const path: Block[] = [];
    let position = ledger.position(id);
    while (position?.block !== undefined && position.id !== ledger.tip.id) {
      path.push(position.block);
      position = ledger.position(position.header.parent);
    }
    return path;
  }

  /** For a block of this epoch on this parent: evidence first, then the pool's order. */
  *candidatesOn(parent: BlockId, epoch: Epoch): Iterable<NamedTransaction> {
    const state = this.#ledger.state(parent);
    yield* this.#evidence.candidates(state, epoch);
    yield* this.#ready(state, contentOf(this.pathTo(parent)));
  }

  /** Whether something waits that none of these blocks holds and that could come next, in a block of this epoch. */
  hasMoreThan(path: readonly Block[], epoch: Epoch): boolean {
    const state = this.#ledger.state(path[0]?.id ?? this.#ledger.tip.id);
    if (this.#evidence.hasCandidates(state, epoch)) return true;
    const mempool = this.#mempool;
    if (!mempool.hasReady) return false;
    const count = path.reduce((sum, { transactions }) => sum + transactions.length, 0);
    // More waits than the unfinal blocks could hold, or they hold nothing: no need to look closer.
    if (count === 0 || mempool.size > count + gappedMax) return true;
    for (const _ of this.#ready(state, contentOf(path))) return true;
    return false;
  }

  #ready(state: StateReader, held: ReadonlySet<ContentHash>): Iterable<NamedTransaction> {
    return this.#mempool.candidates(
      (hash) => held.has(hash),
      (account) => readAccount(state, account).nonce,
    );
  }
}

function contentOf(blocks: readonly Block[]): ReadonlySet<ContentHash> {
  const hashes = new Set<ContentHash>();
  for (const { transactions } of blocks) {
    for (const { contentHash } of transactions) hashes.add(contentHash);
  }
  return hashes;
}
