/**
 * What an account asks of a node is bounded, whoever else fills its history.
 * @module
 */
import { expect, test } from "vitest";
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { roles } from "../../../src/protocol/account-roles.ts";
import { type AssetId, height } from "../../../src/protocol/ids.ts";
import { AccountHistory, type HistoryPlace } from "../../../src/storage/account-history.ts";
import { BlockRows } from "../../../src/storage/block-rows.ts";
import {
  type AccountRow,
  accountRowCodec,
  decodeSealed,
  encodeSealed,
} from "../../../src/storage/chain-codecs.ts";
import { accountKey } from "../../../src/storage/keys.ts";
import { ReadAllowance } from "../../../src/storage/read-allowance.ts";
import type { Write } from "../../../src/storage/store.ts";
import { CountingStore } from "../../fixtures/counting-store.ts";
import { accountOf, chainId, type Payment, TestChain } from "./test-chain.ts";

const gift: Payment = { from: 1, to: 2, asset: "9a".repeat(32) as AssetId };
const own: Payment = { from: 2, to: 3 };

async function stored(blocks: readonly (readonly Payment[])[]): Promise<{
  readonly store: CountingStore;
  readonly ids: readonly string[];
  readonly fresh: (newest?: number) => AccountHistory;
}> {
  const chain = new TestChain();
  const store = new CountingStore();
  const found = await chain.create(store);
  const ids: string[] = [];
  for (const payments of blocks) {
    const final = chain.next(payments);
    await found.commit(final);
    ids.push(...final.block.transactions.map(({ id }) => id));
  }
  const fresh = (newest = blocks.length): AccountHistory =>
    new AccountHistory({
      store,
      hasher: nativeHasher,
      blocks: new BlockRows({ store, hasher: nativeHasher, chainId }),
      tip: () => height(newest),
    });
  store.rows.clear();
  return { store, ids, fresh };
}

const gifts = (count: number): readonly (readonly Payment[])[] =>
  Array<readonly Payment[]>(count).fill([gift]);

test("every row says the nonce that the account had, also where the block leaves its entry alone", async () => {
  const { store } = await stored([[gift], [own], [gift], [gift, own], [own, own], [gift]]);
  const nonces = [1, 2, 3, 4, 5, 6].map((at) => {
    const key = accountKey(accountOf(2), height(at));
    const value = store.get(key);
    return value && decodeSealed(nativeHasher, accountRowCodec, { key, value }).nonce;
  });
  expect(nonces).toEqual([0, 0, 1, 1, 2, 4]);
});

test("whoever only receives what others send it is as cheap to search", async () => {
  const { store, ids, fresh } = await stored([[own], ...gifts(200), [own], ...gifts(200)]);
  expect((await fresh().byNonce(accountOf(2), 0))?.transaction.id).toBe(ids[0]);
  // At most 9 probes in 402 heights, a row each.
  expect(store.taken("a")).toBeLessThanOrEqual(9);
  expect((await fresh().byNonce(accountOf(2), 1))?.transaction.id).toBe(ids[201]);
  expect(store.taken("a")).toBeLessThanOrEqual(9);
});

test("rows that say no nonce, as older programs wrote them, are searched all the same", async () => {
  const { store, ids, fresh } = await stored([[own], ...gifts(100), [own], ...gifts(100)]);
  const writes: Write[] = [];
  for (let at = 1; at <= 202; at += 1) {
    const key = accountKey(accountOf(2), height(at));
    const value = store.get(key);
    if (value === undefined) throw new Error("the account is in every block");
    const row = decodeSealed(nativeHasher, accountRowCodec, { key, value });
    if (row.touches.some((touch) => (touch.roles & roles.sender) !== 0)) continue;
    const older: AccountRow = { ...row, nonce: undefined };
    writes.push({
      kind: "put",
      key,
      value: encodeSealed(nativeHasher, accountRowCodec, { key, value: older }),
    });
  }
  expect(writes.length).toBe(200);
  await store.commit(writes);
  expect((await fresh().byNonce(accountOf(2), 0))?.transaction.id).toBe(ids[0]);
  expect((await fresh().byNonce(accountOf(2), 1))?.transaction.id).toBe(ids[101]);
  expect(await fresh().byNonce(accountOf(2), 2)).toBeUndefined();
});

test("a search through too many of them is given up", async () => {
  const { store, fresh } = await stored([[own]]);
  const writes: Write[] = [];
  for (let at = 2; at <= 10_000; at += 1) {
    const key = accountKey(accountOf(2), height(at));
    const value: AccountRow = { nonce: undefined, touches: [{ index: 0, roles: roles.recipient }] };
    writes.push({
      kind: "put",
      key,
      value: encodeSealed(nativeHasher, accountRowCodec, { key, value }),
    });
  }
  await store.commit(writes);
  store.rows.clear();
  expect(await fresh(10_000).byNonce(accountOf(2), 0)).toBeUndefined();
  expect(store.taken("a")).toBeLessThan(2_100);
});

test("a page ends early, and says where it goes on, when many transactions had to be decoded for it", async () => {
  const block: readonly Payment[] = [own, { from: 1, to: 3 }, { from: 1, to: 4 }];
  const { store, fresh } = await stored([block, block, block, block, [own, own]]);
  const history = fresh();
  // The newest block has two transactions, every other three: the fourth decoded transaction is the last straw.
  const first = await history.page(accountOf(2), undefined, 10, new ReadAllowance(4));
  expect(first.items.map(({ height: at, index }) => [at, index])).toEqual([
    [5, 1],
    [5, 0],
    [4, 0],
  ]);
  expect(first.next).toEqual({ height: 3, index: 0 });
  expect(store.taken("b")).toBe(2);
  const second = await history.page(accountOf(2), first.next, 10, new ReadAllowance(4));
  expect(second.items.map(({ height: at }) => at)).toEqual([3, 2]);
  // What is at hand costs nothing.
  const again = await history.page(accountOf(2), undefined, 10, new ReadAllowance(1));
  expect(again.items.map(({ height: at }) => at)).toEqual([5, 5, 4, 3, 2, 1]);
  expect(again.next).toBeUndefined();
});

test("the page before a place ends just before it, whatever blocks its transactions are in", async () => {
  const { ids, fresh } = await stored([[gift], [own, gift, gift], [], [gift, own], [gift], [own]]);
  const newest = ids.toReversed();
  const history = fresh();
  const places: HistoryPlace[] = [];
  let from: HistoryPlace | undefined;
  do {
    const page = await history.page(accountOf(2), from, 1);
    const [found] = page.items;
    if (found === undefined) throw new Error("a page has one transaction");
    places.push({ height: found.height, index: found.index });
    from = page.next;
  } while (from !== undefined);
  expect(places).toHaveLength(newest.length);
  for (const [i, place] of places.entries()) {
    for (const limit of [1, 2, 3, 100]) {
      // So many newer ones further, or at the newest one.
      const start = i === 0 ? undefined : places[Math.max(0, i - limit)];
      expect(await history.placeBefore(accountOf(2), place, limit)).toEqual(start);
    }
  }
});

test("the page before a place is found without reading a block", async () => {
  const { store, fresh } = await stored(gifts(40));
  const history = fresh();
  const start = await history.placeBefore(accountOf(2), { height: 2, index: 0 }, 10);
  expect(start).toEqual({ height: 12, index: 0 });
  expect([store.taken("b"), store.taken("a")]).toEqual([0, 11]);
});

test("the heights of an account's blocks come oldest first, above one and up to another, so many at once", async () => {
  const { fresh, store } = await stored([[own], ...gifts(3), [{ from: 1, to: 3 }], [own, own]]);
  const heights = (above: number, upTo: number, limit: number): Promise<readonly number[]> =>
    fresh().heights(accountOf(2), { above: height(above), upTo: height(upTo), limit });
  expect(await heights(0, 6, 10)).toEqual([1, 2, 3, 4, 6]);
  expect(await heights(1, 4, 10)).toEqual([2, 3, 4]);
  expect(await heights(1, 6, 2)).toEqual([2, 3]);
  expect(await heights(4, 5, 10)).toEqual([]);
  expect(await heights(6, 6, 10)).toEqual([]);
  // Above the tip there is nothing yet, whatever the rows say.
  const early = { above: height(0), upTo: height(6), limit: 10 };
  expect(await fresh(2).heights(accountOf(2), early)).toEqual([1, 2]);
  expect(store.taken("b")).toBe(0);
});
