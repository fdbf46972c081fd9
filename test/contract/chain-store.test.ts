import { describe, expect, test } from "vitest";
import { toHex } from "../../src/base/bytes.ts";
import { encodeBlock } from "../../src/protocol/block.ts";
import { height } from "../../src/protocol/ids.ts";
import { accountKey } from "../../src/protocol/state.ts";
import type { ChainStore } from "../../src/storage/chain-store.ts";
import { isEmptyStore } from "../../src/storage/open-chain.ts";
import { bothStores } from "../fixtures/both-stores.ts";
import { accountOf, reopen, TestChain } from "../unit/storage/test-chain.ts";

/** What accounts 1 and 2 hold at the genesis. */
const supply = 1_001n + 1_002n;

describe.each(bothStores())("a chain $name", ({ open, again }) => {
  test("is at its genesis after creation, also when opened again", async () => {
    const chain = new TestChain();
    let store = await open();
    expect(await isEmptyStore(store)).toBe(true);
    const check = (found: ChainStore): void => {
      expect(found.tip.id).toBe(chain.genesis.id);
      expect(found.tip.height).toBe(0);
      expect(found.totals).toEqual({ transactions: 0, accounts: 2, supply });
      expect(found.blockAt(height(0))?.id).toBe(chain.genesis.id);
      expect(found.blockAt(height(1))).toBeUndefined();
    };
    check(await chain.create(store));
    expect(await isEmptyStore(store)).toBe(false);
    store = await again(store);
    check(await reopen(store, chain));
    await store.close();
  });

  test("answers after opening again as it did before", async () => {
    const chain = new TestChain();
    let store = await open();
    const before = await chain.create(store);
    const finals = [
      chain.next([{ from: 1, to: 2 }]),
      chain.next([]),
      chain.next([
        { from: 1, to: 3 },
        { from: 2, to: 4, payer: 1 },
        { from: 1, to: 2 },
      ]),
    ];
    for (const final of finals) await before.commit(final);
    const check = (found: ChainStore): void => {
      expect(found.tip.frontier).toEqual(finals.at(-1)?.frontier);
      expect(found.totals).toEqual({ transactions: 4, accounts: 4, supply });
      for (const { block, finality } of finals) {
        const at = block.header.height;
        for (const stored of [found.blockAt(at), found.blockById(block.id)]) {
          expect(stored && toHex(encodeBlock(stored))).toBe(toHex(encodeBlock(block)));
        }
        expect(found.finalizationAt(at)).toEqual(finality.certificate);
        for (const [index, { id }] of block.transactions.entries()) {
          const { timestampMs } = block.header;
          const transaction = block.transactions[index];
          expect(found.transactionById(id)).toEqual({
            transaction,
            height: at,
            index,
            blockId: block.id,
            timestampMs,
          });
        }
      }
      const key = accountKey(accountOf(4));
      expect(found.state(key)).toEqual(finals[2]?.changes.get(key));
      expect(found.state(accountKey(accountOf(5)))).toBeUndefined();
    };
    check(before);
    store = await again(store);
    check(await reopen(store, chain));
    await store.close();
  });

  test("serves consecutive blocks within a count and a size, but always one", async () => {
    const chain = new TestChain();
    const store = await open();
    const found = await chain.create(store);
    const finals = Array.from({ length: 4 }, () => chain.next([{ from: 1, to: 2 }]));
    for (const final of finals) await found.commit(final);
    const encoded = finals.map(({ block }) => toHex(encodeBlock(block)));
    const size = (encoded[0]?.length ?? 0) / 2;
    const from = async (at: number, count: number, bytes: number): Promise<string[]> =>
      (await found.blocksFrom(height(at), count, bytes)).map(toHex);
    expect(await from(1, 3, 10 * size)).toEqual(encoded.slice(0, 3));
    expect(await from(3, 10, 10 * size)).toEqual(encoded.slice(2));
    expect(await from(1, 10, 2 * size)).toEqual(encoded.slice(0, 2));
    expect(await from(2, 10, 1)).toEqual(encoded.slice(1, 2));
    expect(await from(5, 10, 10 * size)).toEqual([]);
    await store.close();
  });

  test("keeps blocks that may become final, and of a height only the one that did", async () => {
    const chain = new TestChain();
    let store = await open();
    let found = await chain.create(store);
    const sibling = chain.sibling(70_000);
    const final = chain.next([{ from: 1, to: 2 }]);
    const above = chain.next([]);
    for (const block of [sibling, final.block, above.block, sibling]) await found.storeBlock(block);
    store = await again(store);
    found = await reopen(store, chain);
    expect(found.storedHeights()).toEqual([1, 2]);
    expect([...found.storedBlocksAt(height(1))].sort()).toEqual(
      [sibling.id, final.block.id].sort(),
    );
    expect(found.storedBlock(height(1), sibling.id)).toEqual(sibling);
    expect(found.blockById(sibling.id)).toBeUndefined();
    await found.commit(final);
    expect(found.storedHeights()).toEqual([2]);
    expect(found.storedBlock(height(1), sibling.id)).toBeUndefined();
    expect(found.storedBlock(height(1), final.block.id)).toEqual(final.block);
    store = await again(store);
    found = await reopen(store, chain);
    expect(found.storedHeights()).toEqual([2]);
    await store.close();
  });

  test("lists all state rows in pages", async () => {
    const chain = new TestChain();
    const store = await open();
    const found = await chain.create(store);
    const payments = Array.from({ length: 2_500 }, (_, i) => ({ from: 1, to: 100 + i }));
    await found.commit(chain.next(payments));
    let rows = 0;
    for await (const page of found.stateRows.all()) rows += page.length;
    expect(rows).toBe(2_500 + 4);
    expect(found.totals.accounts).toBe(2_500 + 2);
    await store.close();
  });
});
