/**
 * Which heights hold transactions, found without a look at each: an idle ledger has thousands of blocks without any.
 *
 * Every transaction raises its sender's nonce, and every proven fault adds an entry that stays; neither ever goes back. So
 * two blocks with the same stateRoot have no transactions between them, and where a long silence ends is found by
 * doubling and halving. The turn of an epoch may change the state, too: such a block is one step more.
 * @module
 */
import type { Header } from "../../src/protocol/block.ts";

/** The header at a height; undefined where there is none, or none is kept. */
export type HeaderAt = (height: number) => Promise<Header | undefined>;

export interface FilledHeight {
  readonly height: number;
  /** More than 0. */
  readonly transactions: number;
}

/** Where a search ended: at a filled height, at the end of what there is, or here, because it has looked enough. */
export type Search =
  | { readonly kind: "found"; readonly at: FilledHeight }
  | { readonly kind: "none" }
  | { readonly kind: "tired"; readonly height: number };

const none: Search = { kind: "none" };

export class FilledHeights {
  readonly #read: HeaderAt;
  readonly #headers = new Map<number, Header | undefined>();
  readonly #looksMax: number;

  /** @param looksMax headers that are read for all searches together, about. */
  constructor(read: HeaderAt, looksMax: number) {
    this.#read = read;
    this.#looksMax = looksMax;
  }

  /** The highest one at or below a height. */
  async atOrBelow(start: number): Promise<Search> {
    for (let at = start; at >= 0; ) {
      const found = await this.#at(at);
      if (found === undefined) return none;
      if (found.transactionCount > 0) return foundAt(at, found);
      const first = await this.#edge(found, -1, 0);
      if (first.transactionCount > 0) return foundAt(first.height, first);
      at = first.height - 1;
      if (at >= 0 && this.#isTired) return { kind: "tired", height: at };
    }
    return none;
  }

  /** The lowest one above a height and up to another. */
  async above(start: number, upTo: number): Promise<Search> {
    for (let at = start; at < upTo; ) {
      const found = await this.#at(at);
      if (found === undefined) return none;
      const last = await this.#edge(found, 1, upTo);
      if (last.height >= upTo) return none;
      const next = await this.#at(last.height + 1);
      if (next === undefined) return none;
      if (next.transactionCount > 0) return foundAt(next.height, next);
      if (this.#isTired) return { kind: "tired", height: next.height };
      at = next.height;
    }
    return none;
  }

  get #isTired(): boolean {
    return this.#headers.size > this.#looksMax;
  }

  async #at(height: number): Promise<Header | undefined> {
    const known = this.#headers.get(height);
    if (known !== undefined) return known;
    const header = await this.#read(height);
    this.#headers.set(height, header);
    return header;
  }

  /** The last header with the same state in a direction, not beyond a bound: first in long steps, then between two. */
  async #edge(start: Header, direction: 1 | -1, bound: number): Promise<Header> {
    let same = start;
    let other: number | undefined;
    for (let step = 1; other === undefined; step *= 2) {
      const left = Math.abs(bound - same.height);
      if (left === 0) return same;
      const probe = same.height + direction * Math.min(step, left);
      const header = await this.#at(probe);
      if (header?.stateRoot === start.stateRoot) same = header;
      else other = probe;
    }
    while (Math.abs(other - same.height) > 1) {
      const middle = Math.trunc((same.height + other) / 2);
      const header = await this.#at(middle);
      if (header?.stateRoot === start.stateRoot) same = header;
      else other = middle;
    }
    return same;
  }
}

const foundAt = (height: number, { transactionCount }: Header): Search => ({
  kind: "found",
  at: { height, transactions: transactionCount },
});
