/**
 * What a list tells of a block costs its header and the length of its row, and is checked all the same.
 * @module
 */
import { expect, test } from "vitest";
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { encodeBlock } from "../../../src/protocol/block.ts";
import { height } from "../../../src/protocol/ids.ts";
import { BlockRows } from "../../../src/storage/block-rows.ts";
import type { FinalBlock } from "../../../src/storage/chain-writes.ts";
import { StorageCorruption } from "../../../src/storage/corruption.ts";
import { blockKey } from "../../../src/storage/keys.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { chainId, type Payment, TestChain } from "./test-chain.ts";

const payment: Payment = { from: 1, to: 2 };

async function stored(sizes: readonly number[]): Promise<{
  readonly store: MemoryStore;
  readonly finals: readonly FinalBlock[];
  readonly fresh: () => BlockRows;
}> {
  const chain = new TestChain();
  const store = new MemoryStore();
  const found = await chain.create(store);
  const finals = sizes.map((size) => chain.next(Array<Payment>(size).fill(payment)));
  for (const final of finals) await found.commit(final);
  const fresh = () => new BlockRows({ store, hasher: nativeHasher, chainId });
  return { store, finals, fresh };
}

test("a summary is the header and the length of the block, read from disk or remembered", async () => {
  const { store, finals, fresh } = await stored([0, 1, 127, 128, 130]);
  for (const { block } of finals) {
    const { id, header } = block;
    const expected = { id, header, bytes: encodeBlock(block).length };
    expect(await fresh().finalSummary(header.height)).toEqual(expected);
    const warm = fresh();
    warm.remember(block);
    await store.commit([{ kind: "delete", key: blockKey(header.height, id) }]);
    expect(await warm.finalSummary(header.height)).toEqual(expected);
    await expect(fresh().finalSummary(header.height)).rejects.toThrow(StorageCorruption);
  }
});

test("a summary does not look at the transactions, and does look at the whole header", async () => {
  const { store, finals, fresh } = await stored([3]);
  const [final] = finals;
  if (final === undefined) throw new Error("there is a block");
  const { id, header } = final.block;
  const key = blockKey(header.height, id);
  const sound = encodeBlock(final.block);
  const flipped = (at: number): Uint8Array => {
    const bytes = sound.slice();
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
  await store.commit([{ kind: "put", key, value: flipped(sound.length - 1) }]);
  expect(() => fresh().finalBlock(header.height)).toThrow(StorageCorruption);
  expect(await fresh().finalSummary(header.height)).toMatchObject({ id, bytes: sound.length });
  for (const at of [0, 9, 100, 200, 261]) {
    await store.commit([{ kind: "put", key, value: flipped(at) }]);
    await expect(fresh().finalSummary(height(1))).rejects.toThrow(StorageCorruption);
  }
});
