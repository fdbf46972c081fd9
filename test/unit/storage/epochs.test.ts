import { expect, test } from "vitest";
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { encode } from "../../../src/codec/codec.ts";
import { epoch, height } from "../../../src/protocol/ids.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import {
  parametersEntryCodec,
  parametersKey,
  validatorsEntryCodec,
  validatorsKey,
} from "../../../src/protocol/state.ts";
import type { ChainStore } from "../../../src/storage/chain-store.ts";
import type { FinalBlock } from "../../../src/storage/chain-writes.ts";
import { CheckpointMismatch } from "../../../src/storage/checkpoint-mismatch.ts";
import { StorageCorruption } from "../../../src/storage/corruption.ts";
import { setWrites } from "../../../src/storage/epoch-rows.ts";
import {
  finalIdKey,
  finalizationKey,
  stateKey,
  validatorsRowKey,
} from "../../../src/storage/keys.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { openChain } from "../../../src/storage/open-chain.ts";
import { reopen, TestChain, validatorsOf } from "./test-chain.ts";

/** Epochs of 3 heights. The set of epoch 1 replaces one, that of epoch 2 stays, epoch 3 goes on with one. */
const sets = [[1, 2, 3, 4], [1, 2, 3, 5], [1, 2, 3, 5], [7]];
const newChain = (): TestChain => new TestChain({ epochLength: 3, sets });

interface Built {
  readonly chain: TestChain;
  readonly store: MemoryStore;
  readonly found: ChainStore;
  readonly finals: readonly FinalBlock[];
}

async function built(count: number): Promise<Built> {
  const chain = newChain();
  const store = new MemoryStore();
  const found = await chain.create(store);
  const finals = Array.from({ length: count }, () => chain.next([{ from: 1, to: 2 }]));
  for (const final of finals) await found.commit(final);
  return { chain, store, found, finals };
}

const codeOf = async (store: MemoryStore, options: TestChain["openOptions"]): Promise<string> => {
  const opened = await openChain(store, options);
  return opened.ok ? "opened" : opened.reason.code;
};

test("each height has the validators of its epoch, also after a start", async () => {
  const { chain, store, found } = await built(11);
  for (const ledger of [found, await reopen(store, chain)]) {
    const firsts: unknown[] = [];
    for (let at = 0; at <= 11; at += 1) {
      const set = ledger.setAt(height(at));
      firsts.push(set?.first);
      const of = at === 0 ? 0 : Math.floor((at - 1) / 3);
      expect(set?.validators).toEqual(validatorsOf(sets[of] ?? []));
    }
    // A row for each change, and none for epoch 2, which changed nothing.
    expect(firsts).toEqual([1, 1, 1, 1, 4, 4, 4, 4, 4, 4, 10, 10]);
    expect(ledger.setAt(height(12))).toBeUndefined();
  }
});

test("the boundary of an epoch is the last block of the one before, once it is committed", async () => {
  const { chain, found, finals } = await built(7);
  const ids = [0, 1, 2, 3].map((of) => found.boundaryOf(epoch(of)));
  const { id: third } = finals[2]?.block ?? {};
  const { id: sixth } = finals[5]?.block ?? {};
  expect(ids).toEqual([chain.genesis.id, third, sixth, undefined]);
});

test("a ledger opens at every height, whatever its epoch's set is", async () => {
  const chain = newChain();
  const store = new MemoryStore();
  let found = await chain.create(store);
  for (let at = 1; at <= 13; at += 1) {
    await found.commit(chain.next([]));
    found = await reopen(store, chain);
    expect(found.tip.height).toBe(at);
  }
});

test("a tip that the validators of another epoch have signed is not final", async () => {
  const { chain, store, found } = await built(3);
  const final = chain.next([]);
  const others = new TestChain({ epochLength: 3, sets: [[1, 2, 3, 4]] });
  const certificate = others.finalization(final.block);
  expect(certificate.signatures).toHaveLength(3);
  await found.commit({ ...final, finality: { certificate, covering: [] } });
  expect(await codeOf(store, chain.openOptions)).toBe("bad_finality");
});

test("a range ends with its epoch", async () => {
  const { found } = await built(8);
  const counts: number[] = [];
  for (let from = 1; from <= 9; from += 1) {
    counts.push((await found.blocksFrom(height(from), 128, 1e6)).length);
  }
  expect(counts).toEqual([3, 2, 1, 3, 2, 1, 2, 1, 0]);
});

test("what proves the end of an epoch proves the blocks before it, and nothing of the next epoch does", async () => {
  const chain = newChain();
  const store = new MemoryStore();
  const found = await chain.create(store);
  const [one, two, three, four, five] = [1, 2, 3, 4, 5].map(() => chain.next([]));
  if (!one || !two || !three || !four || !five) throw new Error("five blocks were built");
  const { certificate } = three.finality;
  const headers = [one, two, three].map(({ block }) => block.header);
  await found.commit({ ...one, finality: { certificate, covering: headers.slice(1) } });
  await found.commit({ ...two, finality: { certificate, covering: headers.slice(2) } });
  const covering = [four.block.header];
  const beyond = { ...three, finality: { certificate: four.finality.certificate, covering } };
  await expect(found.commit(beyond)).rejects.toThrow("is final by");
  const signedEarlier = chain.finalization({ id: four.block.id, header: three.block.header });
  const crossing = { ...three, finality: { certificate: signedEarlier, covering } };
  await expect(found.commit(crossing)).rejects.toThrow("is final by");
  const signedLater = chain.finalization({ ...three.block, header: four.block.header });
  const wrong = { ...three, finality: { certificate: signedLater, covering: [] } };
  await expect(found.commit(wrong)).rejects.toThrow("is final by");
  for (const final of [three, four, five]) await found.commit(final);
  for (const ledger of [found, await reopen(store, chain)]) {
    for (const at of [1, 2, 3]) {
      const finality = { certificate, covering: headers.slice(at) };
      expect(await ledger.finalityAt(height(at))).toEqual(finality);
    }
  }
});

test("an end of an epoch that lost its finalization is damage, never proven by a later epoch", async () => {
  const { chain, store } = await built(7);
  await store.commit([{ kind: "delete", key: finalizationKey(height(3)) }]);
  const found = await reopen(store, chain);
  await expect(found.finalityAt(height(3))).rejects.toThrow(StorageCorruption);
  expect((await found.finalityAt(height(2)))?.covering).toEqual([]);
  await store.commit([{ kind: "delete", key: finalizationKey(height(2)) }]);
  await expect(found.finalityAt(height(2))).rejects.toThrow(StorageCorruption);
});

test("the end of an epoch is finalized in a later view than its own, where it was proposed again", async () => {
  const chain = newChain();
  const store = new MemoryStore();
  const found = await chain.create(store);
  const finals = [1, 2, 3].map(() => chain.next([]));
  const last = finals[2];
  if (last === undefined) throw new Error("three blocks were built");
  const certificate = chain.finalization(last.block, 9);
  expect(last.block.header.view).toBe(3);
  for (const final of finals.slice(0, 2)) await found.commit(final);
  await found.commit({ ...last, finality: { certificate, covering: [] } });
  const again = await reopen(store, chain);
  expect(await again.finalityAt(height(3))).toEqual({ certificate, covering: [] });
  await again.commit(chain.next([]));
  expect((await reopen(store, chain)).tip.height).toBe(4);
});

test("a lost or misplaced row of validators is damage for the heights that it is about", async () => {
  const { chain, store } = await built(11);
  const row = { key: validatorsRowKey(height(4)) };
  const value = store.get(row.key) ?? new Uint8Array(0);
  await store.commit([{ kind: "delete", ...row }]);
  const lost = await reopen(store, chain);
  expect(lost.setAt(height(3))?.first).toBe(1);
  expect(lost.setAt(height(11))?.first).toBe(10);
  for (const at of [4, 9]) expect(() => lost.setAt(height(at))).toThrow(StorageCorruption);
  await store.commit([{ kind: "put", key: validatorsRowKey(height(5)), value }]);
  const moved = await reopen(store, chain);
  expect(() => moved.setAt(height(4))).toThrow(StorageCorruption);
  await store.commit([{ kind: "delete", key: validatorsRowKey(height(10)) }]);
  expect(await codeOf(store, chain.openOptions)).toBe("broken_chain");
});

test("a state with other validators, or another length of epochs, than the tip has is refused", async () => {
  const parameters = { ...standardParameters, epochLength: 5n };
  const current = validatorsOf([1, 2, 3, 4]); // Those of epoch 0: they signed much, but not the tip.
  for (const [of, value] of [
    [parametersKey, encode(parametersEntryCodec, { current: parameters, next: parameters })],
    [validatorsKey, encode(validatorsEntryCodec, { previous: [], current, next: current })],
  ] as const) {
    const { chain, store } = await built(4);
    await store.commit([{ kind: "put", key: stateKey(of), value }]);
    expect(await codeOf(store, chain.openOptions)).toBe("state_mismatch");
  }
});

test("blocks of the next epoch that are not final are found at a start", async () => {
  const { chain, store, found } = await built(2);
  const finals = [1, 2, 3].map(() => chain.next([]));
  for (const { block } of finals) await found.storeBlock(block);
  const again = await reopen(store, chain);
  expect(again.storedHeights()).toEqual([3, 4, 5]);
  for (const final of finals) await again.commit(final);
  expect((await reopen(store, chain)).storedHeights()).toEqual([]);
});

test("validators change at the start of an epoch, to those that the state has, or it is a bug", () => {
  const chain = new TestChain({ epochLength: 2, sets });
  const [, second, third] = [1, 2, 3].map(() => chain.next([]));
  if (!second || !third) throw new Error("three blocks were built");
  const parent = second.block.header;
  const { changes } = third;
  const { header } = third.block;
  const block = { header, parent, changes, epochLength: 2 };
  expect(setWrites(nativeHasher, block)).toHaveLength(1);
  expect(() => setWrites(nativeHasher, { ...block, epochLength: 3 })).toThrow("the start of an");
  const other = { ...header, validatorsHash: third.block.header.stateRoot };
  expect(() => setWrites(nativeHasher, { ...block, header: other })).toThrow("its state has");
  expect(() => setWrites(nativeHasher, { ...block, changes: new Map() })).toThrow();
});

test("a ledger that holds another block than the checkpoint says is refused", async () => {
  const { chain, store, finals } = await built(5);
  const { id: other } = chain.sibling(70_000);
  const { id } = finals[3]?.block ?? {};
  if (id === undefined) throw new Error("five blocks were built");
  const withCheckpoint = (at: number, blockId: typeof id): Promise<string> =>
    codeOf(store, { ...chain.openOptions, checkpoint: { height: height(at), blockId } });
  expect(await withCheckpoint(4, id)).toBe("opened");
  expect(await withCheckpoint(4, other)).toBe("checkpoint_mismatch");
  expect(await withCheckpoint(5, id)).toBe("checkpoint_mismatch");
  expect(await withCheckpoint(6, other)).toBe("opened"); // Not there yet.
  expect(await withCheckpoint(0, chain.genesis.id)).toBe("opened");
  expect(await withCheckpoint(0, id)).toBe("checkpoint_mismatch");
});

test("a damaged row at the checkpoint's height is damage, not another history", async () => {
  const { chain, store, finals } = await built(120);
  const key = finalIdKey(height(4)); // Below the blocks that are read in full.
  const value = store.get(key)?.map((byte) => byte ^ 1) ?? new Uint8Array(0);
  await store.commit([{ kind: "put", key, value }]);
  const { id: blockId } = finals[3]?.block ?? {};
  if (blockId === undefined) throw new Error("the blocks were built");
  const checkpoint = { height: height(4), blockId };
  expect(await codeOf(store, { ...chain.openOptions, checkpoint })).toBe("broken_chain");
});

test("a block that the checkpoint contradicts is not committed; the one it names is", async () => {
  const { chain, store, finals } = await built(4);
  const { id: wrong } = finals[0]?.block ?? {};
  if (wrong === undefined) throw new Error("four blocks were built");
  const [five, six] = [chain.next([]), chain.next([])];
  const openWith = async (blockId: typeof wrong): Promise<ChainStore> => {
    const checkpoint = { height: height(6), blockId };
    const opened = await openChain(store, { ...chain.openOptions, checkpoint });
    if (!opened.ok) throw new Error(opened.reason.message);
    return opened.value.chain;
  };
  const refusing = await openWith(wrong);
  await refusing.commit(five);
  const before = store.snapshot();
  await expect(refusing.commit(six)).rejects.toThrow(CheckpointMismatch);
  await expect(refusing.commit(six)).rejects.toMatchObject({ code: "checkpoint_mismatch" });
  expect(store.snapshot()).toEqual(before);
  const taking = await openWith(six.block.id);
  await taking.commit(six);
  expect(taking.tip.height).toBe(6);
});
