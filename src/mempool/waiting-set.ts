/**
 * The waiting transactions with everything that finds them: by content hash, by id, by account and nonce, by fee rate,
 * and what they need of each account together. Adding and removing keep all of it in step.
 * @module
 */
import type { AccountId, ContentHash, TransactionId } from "../protocol/ids.ts";
import { AccountQueue, gappedWorth, type Waiting } from "./account-queue.ts";
import { ClaimBook } from "./claim-book.ts";
import type { ClaimKey, Room } from "./claims.ts";
import { bestFirst, Heap, type HeapNode, worstFirst } from "./heap.ts";

/** One that was taken out, and what else there is to know of it. */
export interface Removed {
  readonly waiting: Waiting;
  readonly finalNonce: number;
  readonly isDoubtful: boolean;
}

export class WaitingSet {
  readonly #byHash = new Map<ContentHash, Waiting>();
  readonly #byId = new Map<TransactionId, Waiting>();
  readonly #queues = new Map<AccountId, AccountQueue>();
  /** Accounts by their first transaction, and by their last. */
  readonly #firsts = new Heap<AccountQueue>(bestFirst);
  readonly #lasts = new Heap<AccountQueue>(worstFirst);
  readonly #reserved = new Map<AccountId, bigint>();
  /** Transactions that an account pays in and does not send. */
  readonly #copaid = new Map<AccountId, Set<Waiting>>();
  /** By each operator whose vote it holds: one at a time. */
  readonly #votes = new Map<AccountId, Waiting>();
  readonly #claims = new ClaimBook();
  /** Something that they rely on has changed, and they were not judged again yet. */
  readonly #doubtful = new Set<Waiting>();
  #bytes = 0;
  #readyAccounts = 0;
  /** No waiting transaction expires before this time. */
  #nextExpiryMs = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.#byHash.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Accounts whose first transaction has their next nonce at the final tip. */
  get readyAccounts(): number {
    return this.#readyAccounts;
  }

  get(contentHash: ContentHash): Waiting | undefined {
    return this.#byHash.get(contentHash);
  }

  getById(id: TransactionId): Waiting | undefined {
    return this.#byId.get(id);
  }

  queue(account: AccountId): AccountQueue | undefined {
    return this.#queues.get(account);
  }

  /** Native units that waiting transactions need of the account together. */
  reserved(account: AccountId): bigint {
    return this.#reserved.get(account) ?? 0n;
  }

  /** The transaction that holds votes of this operator. */
  voteOf(operator: AccountId): Waiting | undefined {
    return this.#votes.get(operator);
  }

  /** Those that hold votes. */
  votes(): readonly Waiting[] {
    return this.#votes.size === 0 ? [] : [...new Set(this.#votes.values())];
  }

  all(): Iterable<Waiting> {
    return this.#byHash.values();
  }

  hashes(limit: number): readonly ContentHash[] {
    const hashes: ContentHash[] = [];
    for (const hash of this.#byHash.keys()) {
      if (hashes.length >= limit) break;
      hashes.push(hash);
    }
    return hashes;
  }

  accountsBestFirst(): readonly HeapNode<AccountQueue>[] {
    return this.#firsts.snapshot();
  }

  /** The last transaction of the account whose last one is worth least, and that worth. */
  worst(): { readonly waiting: Waiting; readonly worth: number } | undefined {
    const queue = this.#lasts.top()?.value;
    return queue?.tail && { waiting: queue.tail, worth: queue.tailWorth };
  }

  /** What one of this nonce that is not here yet would be worth: its rate, unless an earlier one is missing. */
  worthOf({ sender, nonce, rate }: Waiting, finalNonce: number): number {
    const next = this.#queues.get(sender)?.nextAfter(finalNonce) ?? finalNonce;
    return nonce <= next ? rate : gappedWorth;
  }

  /** `finalNonce`: the sender's next nonce at the final tip. Id, nonce and voters must be free. */
  add(waiting: Waiting, finalNonce: number): void {
    const { held, sender } = waiting;
    this.#byHash.set(held.contentHash, waiting);
    this.#byId.set(held.id, waiting);
    this.#bytes += held.bytes.length;
    this.#nextExpiryMs = Math.min(this.#nextExpiryMs, waiting.expiryMs);
    for (const { account, need } of waiting.needs) {
      this.#reserved.set(account, this.reserved(account) + need);
      if (account !== sender) this.#copaidBy(account).add(waiting);
    }
    for (const operator of waiting.voters) this.#votes.set(operator, waiting);
    this.#claims.add(waiting);
    const queue = this.#queues.get(sender) ?? new AccountQueue(sender, finalNonce);
    this.#queues.set(sender, queue);
    this.#reshape(queue, () => {
      queue.finalNonce = finalNonce;
      queue.insert(waiting);
    });
  }

  remove(waiting: Waiting): void {
    const { held, sender } = waiting;
    if (this.#byHash.get(held.contentHash) !== waiting) return;
    this.#byHash.delete(held.contentHash);
    this.#doubtful.delete(waiting);
    this.#byId.delete(held.id);
    this.#bytes -= held.bytes.length;
    for (const { account, need } of waiting.needs) {
      const left = this.reserved(account) - need;
      if (left > 0n) this.#reserved.set(account, left);
      else this.#reserved.delete(account);
      if (account === sender) continue;
      const copaid = this.#copaidBy(account);
      copaid.delete(waiting);
      if (copaid.size === 0) this.#copaid.delete(account);
    }
    for (const operator of waiting.voters) this.#votes.delete(operator);
    this.#claims.remove(waiting);
    const queue = this.#queues.get(sender);
    if (queue === undefined) return;
    this.#reshape(queue, () => queue.remove(waiting));
    if (queue.size === 0) this.#queues.delete(sender);
  }

  /** The account's next nonce at the final tip moved; returns those that come too late for it. */
  advance(account: AccountId, finalNonce: number): readonly Waiting[] {
    const queue = this.#queues.get(account);
    if (queue === undefined) return [];
    this.#reshape(queue, () => {
      queue.finalNonce = finalNonce;
    });
    return queue.below(finalNonce);
  }

  /** Those that no block after this time may hold. Looks at all of them only when there may be one. */
  expired(tipTimestampMs: number): readonly Waiting[] {
    if (this.#nextExpiryMs > tipTimestampMs) return [];
    const expired: Waiting[] = [];
    this.#nextExpiryMs = Number.POSITIVE_INFINITY;
    for (const waiting of this.#byHash.values()) {
      if (waiting.expiryMs <= tipTimestampMs) expired.push(waiting);
      else this.#nextExpiryMs = Math.min(this.#nextExpiryMs, waiting.expiryMs);
    }
    return expired;
  }

  /** Which must go so that the rest of what needs this account is within its balance: its last ones first. */
  beyond(account: AccountId, balance: bigint): readonly Waiting[] {
    const going: Waiting[] = [];
    let reserved = this.reserved(account);
    const own = this.#queues.get(account)?.lastFirst() ?? [];
    for (const waiting of [...own, ...(this.#copaid.get(account) ?? [])]) {
      if (reserved <= balance) break;
      const need = waiting.needs.find((part) => part.account === account)?.need ?? 0n;
      reserved -= need;
      going.push(waiting);
    }
    return going;
  }

  get hasClaims(): boolean {
    return !this.#claims.isEmpty;
  }

  /** What waiting transactions claim of this together. */
  claimed(key: ClaimKey): bigint {
    return this.#claims.total(key);
  }

  /** Which must go so that the rest claims no more than this: each sender's last ones first. */
  beyondRoom({ key, room }: Room): readonly Waiting[] {
    const ahead = ({ sender, nonce }: Waiting) =>
      nonce - (this.#queues.get(sender)?.finalNonce ?? nonce);
    return this.#claims.beyond(key, room, ahead);
  }

  /** Marks those that rely on something which has changed (reliance.ts). */
  doubt(changed: ReadonlySet<number>): void {
    if (changed.size === 0) return;
    for (const waiting of this.#byHash.values()) {
      if (waiting.marks.some((mark) => changed.has(mark))) this.#doubtful.add(waiting);
    }
  }

  /** At most so many of the doubtful ones, which are so no longer. */
  takeDoubtful(limit: number): readonly Waiting[] {
    const taken: Waiting[] = [];
    for (const waiting of this.#doubtful) {
      if (taken.length >= limit) break;
      this.#doubtful.delete(waiting);
      taken.push(waiting);
    }
    return taken;
  }

  isDoubtful(waiting: Waiting): boolean {
    return this.#doubtful.size > 0 && this.#doubtful.has(waiting);
  }

  /** Removes it so that it can be put back. */
  takeOut(waiting: Waiting): Removed {
    const finalNonce = this.#queues.get(waiting.sender)?.finalNonce ?? waiting.nonce;
    const isDoubtful = this.isDoubtful(waiting);
    this.remove(waiting);
    return { waiting, finalNonce, isDoubtful };
  }

  /** Puts back what was taken out a moment ago. */
  restore({ waiting, finalNonce, isDoubtful }: Removed): void {
    this.add(waiting, finalNonce);
    if (isDoubtful) this.#doubtful.add(waiting);
  }

  /** Applies a change to a queue and gives it its places in the heaps anew. */
  #reshape(queue: AccountQueue, change: () => void): void {
    const { head, tail, tailWorth } = queue;
    const wasReady = queue.isReady;
    change();
    this.#readyAccounts += Number(queue.isReady) - Number(wasReady);
    if (queue.head !== head) {
      if (queue.first !== undefined) this.#firsts.remove(queue.first);
      queue.first = queue.head && this.#firsts.insert(queue, queue.head.rate, queue.head.arrival);
    }
    if (queue.tail !== tail || queue.tailWorth !== tailWorth) {
      if (queue.last !== undefined) this.#lasts.remove(queue.last);
      queue.last = queue.tail && this.#lasts.insert(queue, queue.tailWorth, queue.tail.arrival);
    }
  }

  #copaidBy(account: AccountId): Set<Waiting> {
    const known = this.#copaid.get(account);
    if (known !== undefined) return known;
    const copaid = new Set<Waiting>();
    this.#copaid.set(account, copaid);
    return copaid;
  }
}
