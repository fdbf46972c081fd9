/**
 * Final transactions, of one account or all, in the order of the ledger, from whichever node answers: none comes twice.
 *
 * Their place is not above what is proven; what they say, and that none is left out, is the word of the node that is
 * connected. A payment to rely on is proven by asking for it (`account`, `receipt`).
 * @module
 */
import type { TransactionEventJson } from "../api/stream-json.ts";
import { inOrder, parseStreamPosition } from "../api/stream-position.ts";
import { transactionEventSchema } from "../api/stream-schemas.ts";
import { type FollowOptions, follow, type Reading } from "./following.ts";

export interface TransactionStreamOptions extends FollowOptions {
  /** Only those that touch it. */
  readonly address?: string | undefined;
}

const readingOf = (topics: string): Reading<TransactionEventJson> => ({
  topics,
  read: ({ name, id, data }) => {
    if (name === "position") {
      const at = parseStreamPosition(id);
      if (at === undefined) throw new Error("not a position");
      return { at, value: undefined };
    }
    if (name !== "transaction") return undefined;
    const event = transactionEventSchema.parse(JSON.parse(data));
    return { at: { height: event.height, index: event.index }, value: event };
  },
  follows: ({ at, value }, last) => {
    const order = inOrder(at, last);
    // The first position of a connection is the one that was asked for.
    return value === undefined ? order >= 0 : order > 0;
  },
});

/** Never ends by itself: goes on with the next node when one fails. */
export function streamTransactions({
  address,
  ...options
}: TransactionStreamOptions): AsyncGenerator<TransactionEventJson, void> {
  return follow(options, readingOf(address === undefined ? "transactions" : `account:${address}`));
}
