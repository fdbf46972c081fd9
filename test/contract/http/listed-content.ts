/**
 * Assets and records of a ledger that has none.
 * @module
 */
import type { AssetAnswers } from "../../../src/replica/asset-queries.ts";
import type { Tip } from "../../../src/replica/node-queries.ts";
import type { RecordAnswers } from "../../../src/replica/record-queries.ts";

export const noAssets = (tip: () => Tip): AssetAnswers => ({
  asset: () => undefined,
  assets: async () => ({ items: [], next: undefined, prev: undefined, tip: tip() }),
  balances: async () => ({ items: [], next: undefined, prev: undefined, tip: tip() }),
});

export const noRecords = (tip: () => Tip): RecordAnswers => ({
  record: async () => undefined,
  versions: async () => undefined,
  withContent: async () => ({ items: [], next: undefined, prev: undefined, tip: tip() }),
  ofAccount: async () => ({ items: [], next: undefined, prev: undefined, tip: tip() }),
});
