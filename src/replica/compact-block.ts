/**
 * A block that was announced by its header and its transactions' hashes, on the way to being whole: most transactions
 * are in the pool already, the others come from a peer, asked for by their places.
 * @module
 */
import type { Hasher } from "../crypto/ports.ts";
import type { Block, Header } from "../protocol/block.ts";
import type { BlockId, ChainId, ContentHash } from "../protocol/ids.ts";
import { type NamedTransaction, openTransaction } from "../protocol/transaction.ts";

export interface CompactBlockDependencies {
  readonly chainId: ChainId;
  readonly hasher: Hasher;
  /** A transaction of the pool. */
  readonly pooled: (hash: ContentHash) => NamedTransaction | undefined;
}

export class CompactBlock {
  readonly #d: CompactBlockDependencies;
  readonly #id: BlockId;
  readonly #header: Header;
  readonly #hashes: readonly ContentHash[];
  /** Transactions that a peer sent, by place. */
  readonly #sent = new Map<number, NamedTransaction>();

  /** Id, header and hashes were found to belong together. */
  constructor(
    dependencies: CompactBlockDependencies,
    { id, header, hashes }: { id: BlockId; header: Header; hashes: readonly ContentHash[] },
  ) {
    this.#d = dependencies;
    this.#id = id;
    this.#header = header;
    this.#hashes = hashes;
  }

  /** Places whose transactions are neither here nor in the pool. */
  missing(): readonly number[] {
    const places: number[] = [];
    for (const [place, hash] of this.#hashes.entries()) {
      if (!this.#sent.has(place) && this.#d.pooled(hash) === undefined) places.push(place);
    }
    return places;
  }

  /** The transactions that are missing, in order. False: one is not what its place says. */
  deliver(bodies: readonly Uint8Array[]): boolean {
    const missing = this.missing();
    if (bodies.length !== missing.length) return false;
    for (const [i, bytes] of bodies.entries()) {
      const place = missing[i];
      const opened = openTransaction(this.#d.hasher, this.#d.chainId, bytes);
      if (place === undefined || !opened.ok) return false;
      if (opened.value.contentHash !== this.#hashes[place]) return false;
      this.#sent.set(place, opened.value);
    }
    return true;
  }

  /** Undefined while something is missing. */
  whole(): Block | undefined {
    const transactions: NamedTransaction[] = [];
    for (const [place, hash] of this.#hashes.entries()) {
      const transaction = this.#sent.get(place) ?? this.#d.pooled(hash);
      if (transaction === undefined) return undefined;
      transactions.push(transaction);
    }
    return { id: this.#id, header: this.#header, transactions };
  }
}
