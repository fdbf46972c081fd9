import { expect, test } from "vitest";
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { toHex } from "../../../src/base/bytes.ts";
import { encode } from "../../../src/codec/codec.ts";
import { appendLeaf, emptyFrontier } from "../../../src/crypto/merkle.ts";
import {
  type BlockId,
  blockIdCodec,
  type ChainId,
  type Height,
  height,
} from "../../../src/protocol/ids.ts";
import { BlockRows } from "../../../src/storage/block-rows.ts";
import { schemaCodec } from "../../../src/storage/chain-codecs.ts";
import { StorageCorruption } from "../../../src/storage/corruption.ts";
import { addHistoryRows, checkHistory } from "../../../src/storage/history-check.ts";
import { HistoryRows, idLeaf } from "../../../src/storage/history-rows.ts";
import {
  finalIdKey,
  historyRowKey,
  parseHeightKey,
  prefixes,
  rangeOf,
  schemaKey,
  supplyKey,
} from "../../../src/storage/keys.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { openChain } from "../../../src/storage/open-chain.ts";
import type { Entry, Write } from "../../../src/storage/store.ts";
import { consistencyPath, inclusionPath } from "../../fixtures/rfc9162.ts";
import { chainId, reopen, TestChain } from "./test-chain.ts";

/** Says how many rows were read, and breaks when the test says so. */
class WatchedStore extends MemoryStore {
  reads = 0;
  commitsLeft = Number.POSITIVE_INFINITY;

  override get(key: Uint8Array): Uint8Array | undefined {
    this.reads += 1;
    return super.get(key);
  }

  override async commit(writes: readonly Write[]): Promise<void> {
    if (this.commitsLeft === 0) throw new Error("the disk is gone");
    this.commitsLeft -= 1;
    await super.commit(writes);
  }
}

async function grown(blocks: number) {
  const chain = new TestChain();
  const store = new WatchedStore();
  const found = await chain.create(store);
  for (let i = 0; i < blocks; i += 1) await found.commit(chain.next([]));
  return { chain, store, found };
}

const rowsOf = async (store: MemoryStore): Promise<readonly Entry[]> =>
  await store.range(rangeOf(prefixes.history, 100_000));

const hexOf = (path: readonly Uint8Array[]): readonly string[] => path.map(toHex);

const codeOf = async (store: MemoryStore, chain: TestChain): Promise<string> => {
  const opened = await openChain(store, chain.openOptions);
  return opened.ok ? "opened" : opened.reason.code;
};

/** Rows `h` of so many heights with ids that no block has, and the rows `n` that are made from them. */
async function bare(blocks: number) {
  const store = new WatchedStore();
  const idOf = (at: number): BlockId =>
    toHex(nativeHasher.sha256(new TextEncoder().encode(`block ${at}`))) as BlockId;
  const ids = Array.from({ length: blocks }, (_, at) => idOf(at));
  const writes = ids.map((id, at): Write => {
    const value = encode(blockIdCodec, id);
    return { kind: "put", key: finalIdKey(height(at)), value };
  });
  await store.commit([second, ...writes]);
  const source = { store, hasher: nativeHasher };
  const chain = new BlockRows({ ...source, chainId });
  const rows = new HistoryRows({ ...source, blocks: chain });
  return { store, ids, rows, source: { ...source, blocks: chain } };
}

const second = { kind: "put", key: schemaKey, value: encode(schemaCodec, 2) } as const;

test("every path is the one that all leaves give, for every block below every block", async () => {
  const blocks = 36;
  const { ids, rows, source } = await bare(blocks);
  await addHistoryRows(height(blocks - 1), source);
  const leaves = ids.map((id) => idLeaf(nativeHasher, id));
  for (let size = 1; size <= blocks; size += 1) {
    const below = leaves.slice(0, size);
    for (let index = 0; index < size; index += 1) {
      const expected = inclusionPath(below, index);
      const path = rows.inclusion({ index, size }, { committed: blocks, above: [] });
      expect(hexOf(path)).toEqual(hexOf(expected));
    }
    for (let first = 1; first <= size; first += 1) {
      const expected = consistencyPath(below, first);
      expect(hexOf(rows.consistency(first, size))).toEqual(hexOf(expected));
    }
  }
  const frontier = leaves.reduce((so, leaf) => appendLeaf(nativeHasher, so, leaf), emptyFrontier);
  expect(rows.frontier(blocks)).toEqual(frontier);
});

test("blocks above the tip, of which there are no rows, are part of the path", async () => {
  const { ids: all } = await bare(20);
  const leaves = all.map((id) => idLeaf(nativeHasher, id));
  for (let committed = 1; committed <= 9; committed += 1) {
    const { rows, source } = await bare(committed);
    await addHistoryRows(height(committed - 1), source);
    for (let size = committed; size <= 20; size += 1) {
      const above = all.slice(committed, size);
      for (let index = 0; index < committed; index += 1) {
        const expected = inclusionPath(leaves.slice(0, size), index);
        const path = rows.inclusion({ index, size }, { committed, above });
        expect(hexOf(path)).toEqual(hexOf(expected));
      }
    }
  }
});

test("a block adds half a row and one hash in the mean, in the batch of its commit", async () => {
  const { store, found, chain } = await grown(126);
  store.commitsLeft = 1;
  await found.commit(chain.next([]));
  const rows = await rowsOf(store);
  const heights = rows.map(({ key }) => parseHeightKey(key));
  expect(heights).toEqual(Array.from({ length: 64 }, (_, i) => 2 * i + 1));
  const hashes = rows.reduce((sum, { value }) => sum + value.length / 32, 0);
  expect(hashes).toBe(127); // A whole tree of 128 leaves has so many inner nodes.
});

test("a path takes at most two reads for each doubling of the chain", async () => {
  const { store, rows, source } = await bare(5_000);
  await addHistoryRows(height(4_999), source);
  for (const [index, size] of [
    [0, 5_000],
    [4_095, 4_097],
    [4_998, 4_999],
    [3_333, 4_777],
  ] as const) {
    store.reads = 0;
    rows.inclusion({ index, size }, { committed: 5_000, above: [] });
    expect(store.reads).toBeLessThanOrEqual(2 * 13);
    store.reads = 0;
    rows.consistency(index + 1, size);
    expect(store.reads).toBeLessThanOrEqual(2 * 13);
  }
});

test("rows of many heights are made in steps, and checked in steps", async () => {
  const { store, ids, rows, source } = await bare(4_500);
  for (let commits = 0; commits <= 2; commits += 1) {
    store.commitsLeft = commits;
    await expect(addHistoryRows(height(4_499), source)).rejects.toThrow("the disk is gone");
  }
  store.commitsLeft = 3;
  await addHistoryRows(height(4_499), source);
  const id = ids[4_499];
  if (id === undefined) throw new Error("the ids were made");
  const tip = { height: height(4_499), id, transactions: 0, frontier: rows.frontier(4_499) };
  await checkHistory(tip, source);
  store.commitsLeft = 1;
  await store.commit([{ kind: "delete", key: historyRowKey(height(2_047)) }]);
  await expect(checkHistory(tip, source)).rejects.toThrow("of height 2047");
});

test("a row that is missing, changed, cut or surplus is found at opening", async () => {
  const { chain, store } = await grown(20);
  const image = store.snapshot();
  const damages: Write[] = [];
  for (const { key, value } of await rowsOf(store)) {
    const flipped = value.map((byte, i) => (i === value.length - 1 ? byte ^ 1 : byte));
    damages.push({ kind: "delete", key });
    damages.push({ kind: "put", key, value: flipped });
    damages.push({ kind: "put", key, value: value.subarray(0, value.length - 32) });
  }
  const even = historyRowKey(height(4));
  damages.push({ kind: "put", key: even, value: new Uint8Array(32) });
  expect(await codeOf(new MemoryStore(image), chain)).toBe("opened");
  for (const damage of damages) {
    const damaged = new MemoryStore(image);
    await damaged.commit([damage]);
    expect(await codeOf(damaged, chain)).toBe("broken_chain");
  }
});

test("a row that is damaged while the node runs makes no path", async () => {
  const { store, found } = await grown(20);
  const key = historyRowKey(height(3));
  const value = store.get(key) ?? new Uint8Array(0);
  const at = (of: number): Height => height(of);
  const header = (of: number) => {
    const one = found.headerAt(at(of));
    if (one === undefined) throw new Error("the block is there");
    return one;
  };
  for (const damaged of [value.map((byte) => byte ^ 1), new Uint8Array(0)]) {
    await store.commit([{ kind: "put", key, value: damaged }]);
    const below = { header: header(20), above: [] };
    expect(() => found.proofs.inclusion(at(5), below)).toThrow(StorageCorruption);
    expect(() => found.proofs.consistency(header(8), header(20))).not.toThrow();
    expect(() => found.proofs.consistency(header(5), header(20))).toThrow(StorageCorruption);
  }
});

/** The same ledger as the version before this one wrote it. */
async function withoutRows(store: MemoryStore): Promise<void> {
  const rows = await rowsOf(store);
  const keys = [...rows.map(({ key }) => key), supplyKey];
  await store.commit([second, ...keys.map((key) => ({ kind: "delete", key }) as const)]);
}

test("a ledger of schema 2 gets its rows when it is opened, also when that is cut off", async () => {
  const { chain, store } = await grown(30);
  const before = store.snapshot();
  await withoutRows(store);
  expect(await rowsOf(store)).toEqual([]);
  expect(store.get(supplyKey)).toBeUndefined();
  for (let commits = 0; commits <= 1; commits += 1) {
    store.commitsLeft = commits;
    await expect(openChain(store, chain.openOptions)).rejects.toThrow("the disk is gone");
    expect(store.get(schemaKey)).toEqual(second.value);
  }
  store.commitsLeft = Number.POSITIVE_INFINITY;
  const found = await reopen(store, chain);
  expect(store.snapshot()).toEqual(before);
  await found.commit(chain.next([]));
  expect(await codeOf(store, chain)).toBe("opened");
});

test("a ledger of schema 2 that is damaged, or of another chain, is refused as it is", async () => {
  const { chain, store } = await grown(30);
  await withoutRows(store);
  const other = { ...chain.openOptions, chainId: "d5".repeat(32) as ChainId };
  const image = store.snapshot();
  const opened = await openChain(store, other);
  expect(opened.ok).toBe(false);
  expect(store.snapshot()).toEqual(image);
  await store.commit([{ kind: "delete", key: finalIdKey(height(7)) }]);
  expect(await codeOf(store, chain)).toBe("broken_chain");
});
