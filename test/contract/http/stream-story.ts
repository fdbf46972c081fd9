/**
 * What a reader of the stream must get, counted from the payments that were made and nothing else.
 * @module
 */
import fc from "fast-check";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { FoundBlock } from "../../../src/replica/node-queries.ts";
import { holderAt, type Payment } from "./ledger-node.ts";

export interface Wishes {
  readonly blocks: boolean;
  readonly transactions: boolean;
  /** Positions in `holders`. */
  readonly accounts: readonly number[];
}

export const wishes: fc.Arbitrary<Wishes> = fc
  .record({
    blocks: fc.boolean(),
    transactions: fc.boolean(),
    accounts: fc.uniqueArray(fc.nat({ max: 3 }), { maxLength: 3 }),
  })
  .filter(({ blocks, transactions, accounts }) => blocks || transactions || accounts.length > 0);

const payment: fc.Arbitrary<Payment> = fc
  .record({ from: fc.nat({ max: 3 }), step: fc.integer({ min: 1, max: 3 }) })
  .map(({ from, step }) => ({ from, to: (from + step) % 4 }));

/** Many small blocks, some empty ones, and now and then one that takes several chunks. */
export const payments: fc.Arbitrary<readonly Payment[]> = fc.oneof(
  { weight: 6, arbitrary: fc.array(payment, { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.array(payment, { minLength: 40, maxLength: 90 }) },
);

export const addressOf = (position: number): string =>
  formatAddress("quo", holderAt(position).account);

export function topicsOf({ blocks, transactions, accounts }: Wishes): string {
  const of = accounts.map((position) => `account:${addressOf(position)}`);
  return [...(blocks ? ["blocks"] : []), ...(transactions ? ["transactions"] : []), ...of].join();
}

/** A block as it was made. */
export interface Made {
  readonly found: FoundBlock;
  readonly payments: readonly Payment[];
}

/** The lines of all events after a position, as stream-client.ts writes them. */
export function linesAfter(start: string, wish: Wishes, made: readonly Made[]): string[] {
  const [height = 0, index = Number.POSITIVE_INFINITY] = start.split(".").map(Number);
  return made.flatMap(({ found: { block }, payments: paid }) => {
    const at = block.header.height;
    if (at < height || (at === height && !start.includes("."))) return [];
    const ids = block.transactions.map(({ id }) => id);
    const lines = paid.flatMap(({ from, to }, i) => {
      if (at === height && i <= index) return [];
      const touched = wish.accounts.filter((position) => position === from || position === to);
      const topics = [
        ...(wish.transactions ? ["transactions"] : []),
        ...touched.map((position) => `account:${addressOf(position)}`),
      ].toSorted();
      return topics.length === 0 ? [] : [`${at}.${i} ${ids[i]} ${topics.join(" ")}`];
    });
    return wish.blocks ? [...lines, `${at} ${ids.join(" ")}`] : lines;
  });
}
