import { expect, test } from "vitest";
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { encode } from "../../../src/codec/codec.ts";
import type { Block } from "../../../src/protocol/block.ts";
import { height, type TransactionId } from "../../../src/protocol/ids.ts";
import {
  encodePosition,
  encodeSealed,
  positionCodec,
  tipCodec,
} from "../../../src/storage/chain-codecs.ts";
import type { ChainStore } from "../../../src/storage/chain-store.ts";
import type { FinalBlock } from "../../../src/storage/chain-writes.ts";
import { StorageCorruption } from "../../../src/storage/corruption.ts";
import { proofAbove } from "../../../src/storage/finality-rows.ts";
import { blockKey, tipKey, transactionKey } from "../../../src/storage/keys.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { openChain } from "../../../src/storage/open-chain.ts";
import type { Write } from "../../../src/storage/store.ts";
import { accountOf, type Payment, reopen, TestChain } from "./test-chain.ts";

interface Built {
  readonly chain: TestChain;
  readonly store: MemoryStore;
  readonly found: ChainStore;
  readonly finals: readonly FinalBlock[];
}

async function built(blocks: readonly (readonly Payment[])[]): Promise<Built> {
  const chain = new TestChain();
  const store = new MemoryStore();
  const found = await chain.create(store);
  const finals: FinalBlock[] = [];
  for (const payments of blocks) {
    const final = chain.next(payments);
    finals.push(final);
    await found.commit(final);
  }
  return { chain, store, found, finals };
}

const idOf = (final: FinalBlock | undefined, index: number): TransactionId => {
  const transaction = final?.block.transactions[index];
  if (transaction === undefined) throw new Error("no such transaction");
  return transaction.id;
};

const history: Payment[][] = [
  [
    { from: 1, to: 2 },
    { from: 2, to: 3 },
    { from: 1, to: 4 },
  ],
  [],
  [{ from: 2, to: 4, payer: 1 }],
  [{ from: 3, to: 4 }],
  [
    { from: 1, to: 1 },
    { from: 4, to: 1 },
  ],
];

test("an account's history holds what it sent, paid for and received, newest first", async () => {
  const { found } = await built(history);
  const page = await found.history.page(accountOf(1), undefined, 10);
  expect(page.items.map(({ height: at, index }) => [at, index])).toEqual([
    [5, 1],
    [5, 0],
    [3, 0],
    [1, 2],
    [1, 0],
  ]);
  expect(page.next).toBeUndefined();
  const nobody = await found.history.page(accountOf(77), undefined, 10);
  expect(nobody).toEqual({ items: [], next: undefined });
});

test("pages of any size show the whole history once", async () => {
  const { found } = await built(history);
  const all = (await found.history.page(accountOf(1), undefined, 100)).items;
  for (const limit of [1, 2, 3, 4, 5, 6]) {
    const seen: unknown[] = [];
    let from: { readonly height: number; readonly index: number } | undefined;
    do {
      const page = await found.history.page(accountOf(1), from, limit);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      seen.push(...page.items);
      from = page.next;
    } while (from !== undefined);
    expect(seen).toEqual(all);
  }
});

test("a page may start at a position that the account has nothing at", async () => {
  const { found } = await built(history);
  const at = async (from: { height: number; index: number }): Promise<number[]> => {
    const page = await found.history.page(accountOf(1), from, 1);
    return page.items.flatMap((item) => [item.height, item.index]);
  };
  expect(await at({ height: 4, index: 9 })).toEqual([3, 0]);
  expect(await at({ height: 1, index: 1 })).toEqual([1, 0]);
  expect(await at({ height: 900, index: 0 })).toEqual([5, 1]);
  expect(await at({ height: 0, index: 0 })).toEqual([]);
});

test("a sender's transaction is found by its nonce, and a nonce that was not used is not", async () => {
  const { found, finals } = await built(history);
  const by = async (account: number, nonce: number): Promise<TransactionId | undefined> =>
    (await found.history.byNonce(accountOf(account), nonce))?.transaction.id;
  expect(await by(1, 0)).toBe(idOf(finals[0], 0));
  expect(await by(1, 1)).toBe(idOf(finals[0], 2));
  expect(await by(1, 2)).toBe(idOf(finals[4], 0));
  expect(await by(1, 3)).toBeUndefined();
  expect(await by(2, 0)).toBe(idOf(finals[0], 1));
  expect(await by(2, 1)).toBe(idOf(finals[2], 0));
  expect(await by(4, 0)).toBe(idOf(finals[4], 1));
  expect(await by(77, 0)).toBeUndefined();
});

test("an index row that leads to another transaction is damage, never an answer", async () => {
  const { store, chain, finals } = await built(history);
  const id = idOf(finals[0], 0);
  for (const position of [
    { height: height(1), index: 1 },
    { height: height(1), index: 99 },
    { height: height(3), index: 0 },
    { height: height(900), index: 0 },
  ]) {
    const value = encode(positionCodec, position);
    await store.commit([{ kind: "put", key: transactionKey(id), value }]);
    const found = await reopen(store, chain);
    expect(() => found.transactionById(id)).toThrow(StorageCorruption);
  }
});

test("an id that shares its first 16 bytes with another one is not that one", async () => {
  const { found, finals } = await built(history);
  const id = idOf(finals[0], 0);
  const twin = (id.slice(0, 32) + "0".repeat(32)) as TransactionId;
  expect(found.transactionById(twin)).toBeUndefined();
  expect(found.transactionById(id)?.transaction.id).toBe(id);
});

test("of a path that one finalization makes final, every height can be opened and proven", async () => {
  const chain = new TestChain();
  let store = new MemoryStore();
  let found = await chain.create(store);
  const path = [1, 2, 3].map(() => chain.next([{ from: 1, to: 2 }]));
  const last = path[2];
  const headers = path.map(({ block }) => block.header);
  if (last === undefined) throw new Error("three blocks were built");
  for (const [i, { finality: _, ...final }] of path.entries()) {
    const covering = headers.slice(i + 1);
    const finality = { certificate: last.finality.certificate, covering };
    await found.commit({ ...final, finality });
    expect(await found.finalityAt(height(i + 1))).toEqual(finality);
    store = new MemoryStore(store.snapshot());
    found = await reopen(store, chain);
    expect(found.tip.height).toBe(i + 1);
    expect(await found.finalityAt(height(1))).toEqual({
      certificate: last.finality.certificate,
      covering: headers.slice(1),
    });
  }
  expect(found.finalizationAt(height(2))).toBeUndefined();
  expect(await found.finalityAt(height(4))).toBeUndefined();
});

test("a proof says nothing about blocks that its headers do not lead from", () => {
  const chain = new TestChain();
  const [first, second, third, fourth] = [1, 2, 3, 4].map(() => chain.next([]).block);
  if (!first || !second || !third || !fourth) throw new Error("four blocks were built");
  const certificate = chain.finalization(third);
  const proof = { certificate, covering: [second.header, third.header] };
  const above = (block: Block) =>
    proofAbove(proof, { height: block.header.height, id: block.id })?.covering.length;
  expect([first, second].map(above)).toEqual([2, 1]);
  expect([third, fourth].map(above)).toEqual([undefined, undefined]);
  expect(above({ ...second, id: first.id })).toBeUndefined();
  expect(proofAbove(proof, { height: height(0), id: chain.genesis.id })).toBeUndefined();
});

test("a block stored while its height is being committed waits for that commit", async () => {
  const chain = new TestChain();
  const store = new MemoryStore();
  const found = await chain.create(store);
  const sibling = chain.sibling(70_000);
  const final = chain.next([]);
  const committed = found.commit(final);
  const stored = found.storeBlock(sibling);
  await Promise.all([committed, stored]);
  expect(store.get(blockKey(height(1), sibling.id))).toBeUndefined();
});

test("blocks are committed one after the other, each on the tip", async () => {
  const chain = new TestChain();
  const found = await chain.create(new MemoryStore());
  const [first, second] = [chain.next([]), chain.next([])];
  await expect(found.commit(second)).rejects.toThrow("consecutive");
  const { certificate } = second.finality;
  const wrong = { ...first, finality: { certificate, covering: [] } };
  await expect(found.commit(wrong)).rejects.toThrow("by a finalization of it");
});

const damages: readonly {
  readonly code: string;
  readonly what: string;
  readonly damage: (built: Built) => Promise<Built> | Built;
}[] = [
  {
    code: "wrong_chain",
    what: "another chain's genesis",
    damage: (b) => ({ ...b, chain: optionsOf(b.chain, { chainId: "00".repeat(32) }) }),
  },
  {
    code: "broken_chain",
    what: "another block 0",
    damage: (b) => ({ ...b, chain: optionsOf(b.chain, { genesisIdOf: () => "00".repeat(32) }) }),
  },
  { code: "schema_mismatch", what: "no schema", damage: (b) => removed(b, "mschema") },
  { code: "wrong_chain", what: "no chain id", damage: (b) => removed(b, "mchain") },
  { code: "tip_missing", what: "no tip", damage: (b) => removed(b, "mtip") },
  { code: "broken_chain", what: "a missing block id", damage: (b) => removed(b, "h", 3) },
  { code: "broken_chain", what: "a missing block", damage: (b) => removed(b, "b", 2) },
  { code: "broken_chain", what: "a missing height of an id", damage: (b) => removed(b, "i", 1) },
  { code: "bad_finality", what: "no finalization of the tip", damage: (b) => removed(b, "f", 4) },
  { code: "state_mismatch", what: "a missing state row", damage: (b) => removed(b, "s", 1) },
  { code: "state_mismatch", what: "no validators", damage: (b) => removed(b, "s\u0004") },
  { code: "state_mismatch", what: "no parameters", damage: (b) => removed(b, "s\u0006") },
  { code: "broken_chain", what: "no row of the validators", damage: (b) => removed(b, "v") },
];

const optionsOf = (chain: TestChain, changed: object): TestChain =>
  ({ openOptions: { ...chain.openOptions, ...changed } }) as TestChain;

/** Without the row that is the n-th of those whose keys begin with the text. */
async function removed(b: Built, start: string, position = 0): Promise<Built> {
  const keys = [...b.store.snapshot().keys()].filter((key) => key.startsWith(start)).sort();
  const key = Uint8Array.from(keys[position] ?? "", (char) => char.charCodeAt(0));
  const write: Write = { kind: "delete", key };
  await b.store.commit([write]);
  return b;
}

test.each(damages)("$what is refused as $code", async ({ code, damage }) => {
  const b = await damage(await built(history));
  const opened = await openChain(b.store, b.chain.openOptions);
  expect(opened.ok ? "opened" : opened.reason.code).toBe(code);
  expect(opened.ok ? "" : opened.reason.fix).not.toBe("");
});

test("a tip with the frontier of another chain is refused", async () => {
  const { chain, store, found } = await built(history);
  const { height: at, id, frontier } = found.tip;
  const [peak = new Uint8Array(32), ...peaks] = frontier.peaks;
  for (const forged of [
    frontier, // Whole, and one block too far.
    { size: at, peaks: [...peaks, peak.map((byte) => byte ^ 1)].slice(-2) },
  ]) {
    const row = { height: at, id, transactions: 7, frontier: forged };
    const value = encodeSealed(nativeHasher, tipCodec, { key: tipKey, value: row });
    await store.commit([{ kind: "put", key: tipKey, value }]);
    await expect(reopen(store, chain)).rejects.toThrow("frontier");
  }
});

test("the position of a transaction is written as its codec says", () => {
  for (const position of [
    { height: height(0), index: 0 },
    { height: height(2 ** 40 + 3), index: 70_000 },
  ]) {
    expect(encodePosition(position)).toEqual(encode(positionCodec, position));
  }
});

test("a finalization with too few signers, or of other bytes, does not make a tip final", async () => {
  for (const fewer of [true, false]) {
    const chain = new TestChain();
    const store = new MemoryStore();
    const found = await chain.create(store);
    const final = chain.next([]);
    const { certificate } = final.finality;
    const [first, ...others] = certificate.signatures;
    if (first === undefined) throw new Error("it was signed");
    const forged = { ...first, signature: first.signature.map((byte) => byte ^ 1) };
    const signatures = fewer ? others : [forged, ...others];
    await found.commit({
      ...final,
      finality: { certificate: { ...certificate, signatures }, covering: [] },
    });
    const opened = await openChain(store, chain.openOptions);
    expect(opened.ok ? "opened" : opened.reason.code).toBe("bad_finality");
  }
});

test("a damaged block above the tip is dropped, to be fetched again", async () => {
  const { chain, store, found } = await built(history);
  const sibling = chain.sibling(70_000);
  await found.storeBlock(sibling);
  const key = blockKey(sibling.header.height, sibling.id);
  const value = store.get(key);
  value?.fill(1, 30, 31);
  await store.commit([{ kind: "put", key, value: value ?? new Uint8Array(0) }]);
  const opened = await reopen(store, chain);
  expect(opened.storedHeights()).toEqual([]);
  expect(store.get(key)).toBeUndefined();
});

test("a ledger that lost the id of an old block is refused", async () => {
  const { chain, store } = await built(Array.from({ length: 300 }, () => []));
  // Deeper than the blocks that are read in full.
  await store.commit([{ kind: "delete", key: Uint8Array.of(104, 0, 0, 0, 0, 0, 0, 0, 20) }]);
  await expect(reopen(store, chain)).rejects.toThrow("height 20 has no block id");
});
