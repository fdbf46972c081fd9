/**
 * The way of a reader who follows accounts through the past: from one block that touches them to the next, by the
 * index of accounts, without a look at the blocks between.
 * @module
 */
import { type AccountId, type Height, height } from "../../../src/protocol/ids.ts";
import type { NodeQueries } from "../../../src/replica/node-queries.ts";

/** Heights of one account that are looked up at once. */
const heightsPerRead = 64;

interface Ahead {
  readonly account: AccountId;
  /** Ascending. */
  heights: readonly Height[];
  /** There are no others up to here. */
  searchedTo: number;
}

export class AccountPath {
  readonly #queries: Pick<NodeQueries, "accountHeights">;
  readonly #ahead: readonly Ahead[];

  constructor(queries: Pick<NodeQueries, "accountHeights">, accounts: Iterable<AccountId>) {
    this.#queries = queries;
    this.#ahead = Array.from(accounts, (account) => ({ account, heights: [], searchedTo: -1 }));
  }

  /** The lowest height above one and up to another that touches an account; undefined: there is none. */
  async next(above: number, upTo: number): Promise<number | undefined> {
    let lowest: number | undefined;
    for (const ahead of this.#ahead) {
      const first = await this.#first(ahead, above, upTo);
      if (first !== undefined && first <= upTo && first < (lowest ?? Number.POSITIVE_INFINITY)) {
        lowest = first;
      }
    }
    return lowest;
  }

  async #first(ahead: Ahead, above: number, upTo: number): Promise<Height | undefined> {
    const known = ahead.heights.find((at) => at > above);
    if (known !== undefined) return known;
    const from = Math.max(above, ahead.searchedTo);
    if (from >= upTo) return undefined;
    const span = { above: height(from), upTo: height(upTo), limit: heightsPerRead };
    const heights = await this.#queries.accountHeights(ahead.account, span);
    ahead.heights = heights;
    ahead.searchedTo = heights.length < heightsPerRead ? upTo : (heights.at(-1) ?? upTo);
    return heights[0];
  }
}
