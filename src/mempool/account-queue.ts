/**
 * The waiting transactions of one sender, in the order of their nonces.
 * @module
 */
import type { HeldTransaction } from "../protocol/held-transaction.ts";
import type { AccountId } from "../protocol/ids.ts";
import type { HeldClaim } from "./claims.ts";
import type { HeapNode } from "./heap.ts";

/** One waiting transaction: its bytes and what the pool asks of it, not its decoded form. */
export interface Waiting {
  readonly held: HeldTransaction;
  readonly sender: AccountId;
  readonly nonce: number;
  readonly expiryMs: number;
  /** Native base units a byte; infinite for what only votes. */
  readonly rate: number;
  readonly arrival: number;
  /** By the wall clock. */
  readonly receivedMs: number;
  /** The operators whose votes it holds. */
  readonly voters: readonly AccountId[];
  /** Of the accounts whose rules it relies on (reliance.ts). */
  readonly marks: readonly number[];
  /** Native units that it needs of each account that it spends from. */
  readonly needs: readonly { readonly account: AccountId; readonly need: bigint }[];
  /** Of all else of which there is only so much. */
  readonly claims: readonly HeldClaim[];
}

/** Below every fee rate. */
export const gappedWorth = -1;

export class AccountQueue {
  readonly account: AccountId;
  /** The account's next nonce at the final tip. */
  finalNonce: number;
  /** Its places in the pool's heaps, by its first and by its last transaction. */
  first: HeapNode<AccountQueue> | undefined;
  last: HeapNode<AccountQueue> | undefined;
  readonly #waiting: Waiting[] = [];

  constructor(account: AccountId, finalNonce: number) {
    this.account = account;
    this.finalNonce = finalNonce;
  }

  get size(): number {
    return this.#waiting.length;
  }

  get head(): Waiting | undefined {
    return this.#waiting[0];
  }

  get tail(): Waiting | undefined {
    return this.#waiting.at(-1);
  }

  /** Whether the first of them could be in the block after the final tip. */
  get isReady(): boolean {
    return this.head?.nonce === this.finalNonce;
  }

  /** Whether all of them could follow one another into blocks: no nonce between is missing. */
  get isGapless(): boolean {
    const { tail } = this;
    return tail === undefined || tail.nonce === this.finalNonce + this.#waiting.length - 1;
  }

  /** What the last of them is worth when room is needed: a promise that no block can collect yet is worth least. */
  get tailWorth(): number {
    return this.isGapless ? (this.tail?.rate ?? 0) : gappedWorth;
  }

  at(nonce: number): Waiting | undefined {
    const found = this.from(nonce);
    return found?.nonce === nonce ? found : undefined;
  }

  /** The first with this nonce or a higher one. */
  from(nonce: number): Waiting | undefined {
    return this.#waiting[this.#indexFrom(nonce)];
  }

  /** The next nonce counting what waits without a gap from `nonce` on. */
  nextAfter(nonce: number): number {
    let next = nonce;
    for (let i = this.#indexFrom(nonce); this.#waiting[i]?.nonce === next; i += 1) next += 1;
    return next;
  }

  /** Those with a lower nonce. */
  below(nonce: number): readonly Waiting[] {
    return this.#waiting.slice(0, this.#indexFrom(nonce));
  }

  lastFirst(): readonly Waiting[] {
    return this.#waiting.toReversed();
  }

  /** Its nonce must not be taken. */
  insert(waiting: Waiting): void {
    this.#waiting.splice(this.#indexFrom(waiting.nonce), 0, waiting);
  }

  remove(waiting: Waiting): void {
    const index = this.#indexFrom(waiting.nonce);
    if (this.#waiting[index] === waiting) this.#waiting.splice(index, 1);
  }

  /** At most 64 wait, and mostly at the end: a walk from there is the shortest way. */
  #indexFrom(nonce: number): number {
    let index = this.#waiting.length;
    while (index > 0 && (this.#waiting[index - 1]?.nonce ?? 0) >= nonce) index -= 1;
    return index;
  }
}
