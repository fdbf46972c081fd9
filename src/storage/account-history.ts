/**
 * What an account took part in, newest first, and which of its transactions had a nonce.
 *
 * The `a` rows say where to look; what is answered comes from blocks that were checked.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { Hasher } from "../crypto/ports.ts";
import { accountRoles, roles } from "../protocol/account-roles.ts";
import type { Block } from "../protocol/block.ts";
import { type AccountId, type Height, height } from "../protocol/ids.ts";
import type { BlockRows } from "./block-rows.ts";
import {
  type AccountRow,
  accountRowCodec,
  decodeSealed,
  type TransactionPosition,
} from "./chain-codecs.ts";
import { StorageCorruption } from "./corruption.ts";
import { accountRange, accountRangeAbove, parseAccountKeyHeight } from "./keys.ts";
import { ReadAllowance } from "./read-allowance.ts";
import type { Entry, Store } from "./store.ts";
import { type StoredTransaction, transactionIn } from "./stored-transaction.ts";

export interface StoredTransactionPage {
  /** Newest first. */
  readonly items: readonly StoredTransaction[];
  /** Where the next page starts, or undefined at the end. */
  readonly next: TransactionPosition | undefined;
}

/** Transactions in one page. */
const accountPageMax = 500;
const rowsPerRead = 64;
/**
 * Rows that one search by nonce reads. Each says the account's nonce, so that a search takes one for each halving; only
 * rows that an earlier version of this program wrote may say none, and have to be stepped over.
 */
const searchedRowsMax = 2_048;

/** A place in an account's history. */
export interface HistoryPlace {
  readonly height: number;
  readonly index: number;
}

interface NoncedRow {
  readonly height: Height;
  readonly nonce: number;
  readonly touches: AccountRow["touches"];
}

export class AccountHistory {
  readonly #store: Store;
  readonly #hasher: Hasher;
  readonly #blocks: BlockRows;
  readonly #tip: () => Height;

  constructor(options: {
    readonly store: Store;
    readonly hasher: Hasher;
    readonly blocks: BlockRows;
    /** The height up to which blocks are committed. */
    readonly tip: () => Height;
  }) {
    this.#store = options.store;
    this.#hasher = options.hasher;
    this.#blocks = options.blocks;
    this.#tip = options.tip;
  }

  /**
   * At most `limit` transactions at or below a position, or from the newest, newest first. Fewer, and where to go on,
   * when the allowance is spent. Throws StorageCorruption.
   *
   * @param limit 1 to accountPageMax
   */
  async page(
    account: AccountId,
    start: HistoryPlace | undefined,
    limit: number,
    allowance: ReadAllowance = new ReadAllowance(),
  ): Promise<StoredTransactionPage> {
    const tip = { height: this.#tip(), index: Number.MAX_SAFE_INTEGER };
    const from = start === undefined || start.height > tip.height ? tip : start;
    assert(limit >= 1 && limit <= accountPageMax, "a page has 1 to accountPageMax transactions");
    const items: StoredTransaction[] = [];
    // A row holds at least one transaction, so these rows fill the page and show where the next one starts.
    const rows = await this.#store.range(accountRange(account, height(from.height), limit + 2));
    for (const row of rows) {
      const at = parseAccountKeyHeight(row.key);
      const touches = this.#decode(row).touches.filter(
        ({ index }) => at !== from.height || index <= from.index,
      );
      const newest = touches.at(-1);
      if (newest === undefined) continue;
      if (items.length === limit || allowance.isSpent) {
        return { items, next: { height: at, index: newest.index } };
      }
      const block = await this.#block(at, allowance);
      for (const { index } of touches.toReversed()) {
        if (items.length === limit) return { items, next: { height: at, index } };
        items.push(touched(account, block, index));
      }
    }
    return { items, next: undefined };
  }

  /**
   * Where a page starts that ends just before a place: so many newer ones further, or at the newest one. Undefined: none
   * is newer. Reads no block.
   */
  async placeBefore(
    account: AccountId,
    { height: at, index }: HistoryPlace,
    limit: number,
  ): Promise<HistoryPlace | undefined> {
    const upTo = this.#tip();
    if (at > upTo) return undefined;
    // Each row tells of one at least.
    const above = height(Math.max(0, at - 1));
    const rows = await this.#store.range(
      accountRangeAbove(account, { above, upTo, limit: limit + 1 }),
    );
    let newest: HistoryPlace | undefined;
    let count = 0;
    for (const row of rows) {
      const rowHeight = parseAccountKeyHeight(row.key);
      for (const touch of this.#decode(row).touches) {
        if (rowHeight === at && touch.index <= index) continue;
        newest = { height: rowHeight, index: touch.index };
        count += 1;
        if (count === limit) return newest;
      }
    }
    return newest;
  }

  /**
   * Heights of the blocks that touch an account, above one and up to another, lowest first: reads no block.
   *
   * @param span.limit the most heights
   */
  async heights(
    account: AccountId,
    span: { readonly above: Height; readonly upTo: Height; readonly limit: number },
  ): Promise<readonly Height[]> {
    const upTo = height(Math.min(span.upTo, this.#tip()));
    if (span.above >= upTo) return [];
    const rows = await this.#store.range(accountRangeAbove(account, { ...span, upTo }));
    return rows.map(({ key }) => parseAccountKeyHeight(key));
  }

  /**
   * The final transaction of this sender with this nonce. Nonces rise with height, so it is found by halving: about 20
   * reads in a million blocks. Undefined: there is none, or the search was given up. Throws StorageCorruption.
   */
  async byNonce(account: AccountId, nonce: number): Promise<StoredTransaction | undefined> {
    let found: NoncedRow | undefined;
    let low = 0;
    let high = this.#tip() as number;
    const search = { rows: 0 };
    while (low <= high) {
      const middle = Math.ceil((low + high) / 2);
      const row = await this.#noncedRow(account, height(middle), search);
      if (search.rows >= searchedRowsMax) return undefined;
      if (row !== undefined && row.nonce > nonce) {
        high = row.height - 1;
        continue;
      }
      found = row ?? found;
      low = middle + 1;
    }
    if (found === undefined) return undefined;
    const sent = found.touches.filter((touch) => (touch.roles & roles.sender) !== 0);
    const touch = sent[nonce - found.nonce];
    if (touch === undefined) return undefined;
    const block = await this.#block(found.height);
    const stored = touched(account, block, touch.index);
    const { signed } = stored.transaction;
    const transaction = signed.kind === "signed" ? signed.transaction : undefined;
    if (transaction?.sender !== account || transaction.nonce !== nonce) {
      throw misplaced(account, found.height);
    }
    return stored;
  }

  /** The newest row at or below a height that says a nonce, if it is found before the search has read too many. */
  async #noncedRow(
    account: AccountId,
    newest: Height,
    search: { rows: number },
  ): Promise<NoncedRow | undefined> {
    let from = newest;
    for (let limit = 1; search.rows < searchedRowsMax; limit = rowsPerRead) {
      const rows = await this.#store.range(accountRange(account, from, limit));
      search.rows += rows.length;
      for (const row of rows) {
        from = parseAccountKeyHeight(row.key);
        const { nonce, touches } = this.#decode(row);
        if (nonce !== undefined) return { height: from, nonce, touches };
      }
      if (rows.length < limit || from === 0) return undefined;
      from = height(from - 1);
    }
    return undefined;
  }

  /** Whoever looks at an account's block once looks at it again. */
  async #block(at: Height, allowance?: ReadAllowance): Promise<Block> {
    const block = await this.#blocks.finalBlockLater(at, allowance);
    this.#blocks.remember(block);
    return block;
  }

  #decode(row: Entry): AccountRow {
    return decodeSealed(this.#hasher, accountRowCodec, row);
  }
}

function touched(account: AccountId, block: Block, index: number): StoredTransaction {
  const found = transactionIn(block, index);
  if (found === undefined || !accountRoles(found.transaction.signed).has(account)) {
    throw misplaced(account, block.header.height);
  }
  return found;
}

const misplaced = (account: AccountId, at: Height): StorageCorruption =>
  new StorageCorruption(`the row of account ${account} at height ${at} names a wrong transaction`);
