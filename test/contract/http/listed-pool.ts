/**
 * A pool in which nothing waits.
 * @module
 */
import type { PoolAnswers } from "../../../src/replica/pool-queries.ts";

export const emptyPool: PoolAnswers = {
  page: () => ({
    items: [],
    next: undefined,
    prev: undefined,
    transactions: 0,
    bytes: 0,
    transactionsMax: 30_000,
    bytesMax: 16 * 1024 * 1024,
    faults: 0,
    nowMs: 0,
  }),
};
