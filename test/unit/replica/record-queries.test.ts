/**
 * What is told of records is what was written, version by version, at the tip that the answer names.
 * @module
 */
import { beforeEach, expect, test } from "vitest";
import { toHex, utf8 } from "../../../src/base/bytes.ts";
import { carryState } from "../../../src/ledger/carried-state.ts";
import { height } from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { RecordQueries } from "../../../src/replica/record-queries.ts";
import { StorageCorruption } from "../../../src/storage/corruption.ts";
import { contentKey, parseStateKey, recordVersionKey } from "../../../src/storage/keys.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { ReadAllowance } from "../../../src/storage/read-allowance.ts";
import type { Entry, Write } from "../../../src/storage/store.ts";
import { contentOf, record } from "../../fixtures/content.ts";
import {
  alice,
  bob,
  type Holder,
  hasher,
  native,
  transactionOf,
} from "../../fixtures/small-ledger.ts";
import { StoredLedger, storedGenesis } from "../../fixtures/stored-ledger.ts";

const put = (
  version: number,
  content: number,
  { topic = "lots", key = "7", from = undefined as Holder | undefined } = {},
): Operation => record({ topic, key }, version, content, from);

const genesis = storedGenesis([
  [alice, 1_000n],
  [bob, 1_000n],
]);
const place = { account: alice.account, topic: "lots", key: "7" };

/** Lets a test look between the moment when rows can be read and the moment when they are known to be durable. */
class WatchedStore extends MemoryStore {
  whileCommitting: (() => Promise<void>) | undefined;

  override async commit(writes: readonly Write[]): Promise<void> {
    await super.commit(writes);
    await this.whileCommitting?.();
    this.whileCommitting = undefined;
  }
}

let store: WatchedStore;
let stored: StoredLedger;
let queries: RecordQueries;

async function open(image?: ConstructorParameters<typeof MemoryStore>[0]): Promise<void> {
  store = new WatchedStore(image);
  stored = await StoredLedger.open(store, genesis);
  queries = new RecordQueries(stored);
}

beforeEach(() => open());

test("a record is found in its current version and in every earlier one", async () => {
  const first = await stored.write(alice, put(1, 0xa1));
  await stored.write(bob, put(1, 0xb1));
  const second = await stored.write(alice, put(2, 0xa2), put(3, 0xa1));
  const now = await queries.record(place);
  expect(now).toMatchObject({
    newest: 3,
    tip: { height: 3, id: second.id },
    record: { ...place, version: 3, contentHash: contentOf(0xa1), height: 3 },
  });
  expect(now?.record.stored?.found.transaction.id).toBe(second.transactions[0]?.id);
  const early = await queries.record(place, 1);
  expect(early).toMatchObject({ newest: 3, record: { version: 1, height: 1 } });
  expect(early?.record.stored?.found.transaction.id).toBe(first.transactions[0]?.id);
  expect(toHex(early?.record.stored?.data ?? new Uint8Array(0))).toBe(toHex(utf8("1")));
  for (const version of [0, 4, 2 ** 40])
    expect(await queries.record(place, version)).toBeUndefined();
  expect(await queries.record({ ...place, key: "8" })).toBeUndefined();
  expect(await queries.versions({ ...place, topic: "x" }, undefined, 9)).toBeUndefined();
});

test("versions come newest first, in pages of any size", async () => {
  for (let version = 1; version <= 7; version += 1)
    await stored.write(alice, put(version, version));
  for (const limit of [1, 2, 3, 6, 7, 100]) {
    const seen: number[] = [];
    let next: number | undefined;
    do {
      const page = await queries.versions(place, next, limit);
      expect(page?.items.length).toBeLessThanOrEqual(limit);
      seen.push(...(page?.items ?? []).map(({ version }) => version));
      next = page?.next;
    } while (next !== undefined);
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
  }
});

test("a content leads to everyone who ever wrote it, oldest first, also several times in one transaction", async () => {
  await stored.write(alice, put(1, 0xcc), put(1, 0xcc, { key: "8" }));
  await stored.write(alice, put(2, 0xdd));
  await stored.write(bob, put(1, 0xcc));
  await stored.write(alice, put(3, 0xcc));
  const expected = [
    [alice.account, "7", 1, 1],
    [alice.account, "8", 1, 1],
    [bob.account, "7", 1, 3],
    [alice.account, "7", 3, 4],
  ];
  for (const limit of [1, 2, 3, 4, 50]) {
    const seen: unknown[] = [];
    let from: Parameters<typeof queries.withContent>[1];
    do {
      const page = await queries.withContent(contentOf(0xcc), from, limit);
      seen.push(
        ...page.items.map(({ account, key, version, height }) => [account, key, version, height]),
      );
      from = page.next;
    } while (from !== undefined);
    expect(seen).toEqual(expected);
  }
  expect((await queries.withContent(contentOf(0xee), undefined, 9)).items).toEqual([]);
});

test("whoever a transaction acts for has written the record, not its sender", async () => {
  const operations = [put(1, 1, { from: bob })];
  stored.finalize([transactionOf(stored.chainId, { from: alice, operations, others: [bob] })]);
  await stored.commit();
  expect(await queries.record(place)).toBeUndefined();
  expect(await queries.record({ ...place, account: bob.account })).toMatchObject({ newest: 1 });
});

test("an account's records are listed, all or of one topic, and nobody else's", async () => {
  const names = [
    { topic: "a", key: "1" },
    { topic: "a", key: "2" },
    { topic: "b", key: "1" },
    { topic: "ab", key: "1" },
    { topic: "a", key: "12" },
  ];
  await stored.write(alice, ...names.map((name, i) => put(1, i, name)));
  await stored.write(bob, put(1, 9, { topic: "a", key: "1" }));
  const list = async (topic: string | undefined, limit: number): Promise<string[]> => {
    const seen: string[] = [];
    let from: Parameters<typeof queries.ofAccount>[1];
    do {
      const page = await queries.ofAccount({ account: alice.account, topic }, from, limit);
      seen.push(...page.items.map(({ topic: of, key }) => `${of}/${key}`));
      from = page.next;
    } while (from !== undefined);
    return seen;
  };
  for (const limit of [1, 2, 3, 9]) {
    expect(await list(undefined, limit)).toEqual(["a/1", "a/2", "a/12", "b/1", "ab/1"]);
    expect(await list("a", limit)).toEqual(["a/1", "a/2", "a/12"]);
    expect(await list("ab", limit)).toEqual(["ab/1"]);
    expect(await list("abc", limit)).toEqual([]);
  }
  const outside = { account: alice.account, topic: "a", key: "1" };
  const page = await queries.ofAccount({ account: alice.account, topic: "b" }, outside, 9);
  expect(page.items.map(({ topic }) => topic)).toEqual(["b"]);
});

test("a version that is final and not durable yet is not told, the one before it is", async () => {
  await stored.write(alice, put(1, 1), put(2, 2));
  stored.finalize([stored.transaction(alice, [put(3, 3), put(4, 4)])]);
  stored.finalize([stored.transaction(alice, [put(5, 5), put(1, 1, { key: "new" })])]);
  const versions = async (): Promise<unknown> =>
    (await queries.versions(place, undefined, 9))?.items.map(({ version }) => version);
  expect(await queries.record(place)).toMatchObject({ newest: 2, tip: { height: 1 } });
  expect(await queries.record({ ...place, key: "new" })).toBeUndefined();
  expect(await versions()).toEqual([2, 1]);
  await stored.commit(1);
  expect(await queries.record(place)).toMatchObject({ newest: 4, tip: { height: 2 } });
  expect(await versions()).toEqual([4, 3, 2, 1]);
  await stored.commit(1);
  expect(await queries.record(place)).toMatchObject({ newest: 5, tip: { height: 3 } });
  expect(await queries.record({ ...place, key: "new" })).toMatchObject({ newest: 1 });
});

test("the list of records is of the final tip that it names, durable or not", async () => {
  await stored.write(alice, put(1, 1));
  const block = stored.finalize([stored.transaction(alice, [put(2, 2), put(1, 1, { key: "70" })])]);
  const page = await queries.ofAccount({ account: alice.account, topic: undefined }, undefined, 9);
  expect(page.tip.id).toBe(block.id);
  expect(page.items.map(({ key, version }) => [key, version])).toEqual([
    ["7", 2],
    ["70", 1],
  ]);
});

test("a lost row of a version is damage, never a missing record", async () => {
  await stored.write(alice, put(1, 1), put(2, 2));
  for (const version of [1, 2]) {
    const image = store.snapshot();
    await store.commit([{ kind: "delete", key: recordVersionKey(place, version) }]);
    await expect(queries.record(place, version)).rejects.toThrow(StorageCorruption);
    await expect(queries.versions(place, undefined, 9)).rejects.toThrow(StorageCorruption);
    await open(image);
  }
});

test("a row that leads to another transaction is damage", async () => {
  await stored.write(alice, put(1, 1));
  await stored.write(bob, put(1, 2));
  await stored.write(alice, put(2, 3));
  const other = store.get(recordVersionKey({ ...place, account: bob.account }, 1));
  if (other === undefined) throw new Error("bob has written a record");
  await store.commit([{ kind: "put", key: recordVersionKey(place, 1), value: other }]);
  await expect(queries.record(place, 1)).rejects.toThrow(StorageCorruption);
});

test("a content row that leads to another content, or to no record, is damage", async () => {
  await stored.write(alice, put(1, 1), native(bob, 1n));
  for (const [operation, index] of [
    [0, 0],
    [1, 0],
    [2, 0],
    [0, 1],
  ] as const) {
    const image = store.snapshot();
    const key = contentKey(contentOf(9), { height: height(1), index, operation });
    await store.commit([{ kind: "put", key, value: new Uint8Array(0) }]);
    const asked = queries.withContent(contentOf(9), undefined, 9);
    await expect(asked).rejects.toThrow(StorageCorruption);
    await open(image);
  }
});

test("rows of a block whose batch is not known to be durable are not told", async () => {
  await stored.write(alice, put(1, 1));
  stored.finalize([stored.transaction(alice, [put(2, 1)])]);
  store.whileCommitting = async () => {
    expect(store.get(recordVersionKey(place, 2))).toBeDefined();
    expect(await queries.record(place)).toMatchObject({ newest: 1, tip: { height: 1 } });
    const written = await queries.withContent(contentOf(1), undefined, 9);
    expect(written.items.map(({ version }) => version)).toEqual([1]);
  };
  await stored.commit();
  expect(store.whileCommitting).toBeUndefined();
  expect(await queries.record(place)).toMatchObject({ newest: 2, tip: { height: 2 } });
});

/** The ledger that continues this one, from the durable tip on. */
async function continued(): Promise<void> {
  const rows: Entry[] = [];
  for await (const page of stored.chain.stateRows.all()) {
    rows.push(...page.map(({ key, value }) => ({ key: parseStateKey(key), value })));
  }
  const { height: at, id: blockId, header } = stored.chain.tip;
  const carried = carryState(hasher, header.stateRoot, rows);
  if (!carried.ok) throw new Error(carried.reason);
  const previous = { chainId: stored.chainId, height: at, blockId, stateRoot: header.stateRoot };
  const next = { ...genesis, accounts: [], previous };
  stored = await StoredLedger.open(new MemoryStore(), next, carried.value);
  queries = new RecordQueries(stored);
}

test("a ledger that continues another one knows its records, and the transactions of its own versions", async () => {
  await stored.write(alice, put(1, 1), put(2, 2));
  await continued();
  const before = await queries.record(place);
  expect(before).toMatchObject({
    newest: 2,
    tip: { height: 0 },
    record: { version: 2, height: 1 },
  });
  expect(before?.record.stored).toBeUndefined();
  expect(await queries.record(place, 1)).toBeUndefined();
  await stored.write(alice, put(3, 3));
  const after = await queries.versions(place, undefined, 9);
  expect(after?.items.map(({ version, stored: held }) => [version, held?.found.height])).toEqual([
    [3, 1],
  ]);
  expect(after?.next).toBeUndefined();
  expect(await queries.record(place, 2)).toBeUndefined();
});

test("a record without rows, of the ledger before, is told while its next versions are not durable", async () => {
  await stored.write(alice, put(1, 1), put(2, 2), put(3, 3), put(4, 4));
  await continued();
  stored.finalize([stored.transaction(alice, [put(5, 5)])]);
  stored.finalize([stored.transaction(alice, [put(6, 6)])]);
  const carried = { newest: 4, tip: { height: 0 }, record: { version: 4, height: 1 } };
  expect(await queries.record(place)).toMatchObject(carried);
  expect(await queries.record(place, 4)).toMatchObject(carried);
  expect(await queries.record(place, 5)).toBeUndefined();
  await stored.commit(1);
  const own = { newest: 5, tip: { height: 1 }, record: { version: 5, height: 1 } };
  expect(await queries.record(place)).toMatchObject(own);
  stored.finalize([stored.transaction(alice, [put(7, 7)])]);
  expect(await queries.record(place)).toMatchObject(own);
});

test("while the state cannot be read, the newest version that is durable is found by its row", async () => {
  await stored.write(alice, put(1, 1), put(2, 2));
  await continued();
  await stored.write(alice, put(3, 3), put(4, 4));
  stored.finalize([stored.transaction(alice, [put(5, 5), put(6, 6)])]);
  const { ledger, chain } = stored;
  queries = new RecordQueries({
    chain,
    ledger: {
      genesis: ledger.genesis,
      tip: ledger.tip,
      durableTip: ledger.durableTip,
      state: (id) => ledger.state(id),
      isWaiting: (key) => ledger.isWaiting(key),
      waitingKeys: (beginning) => ledger.waitingKeys(beginning),
      prove: () => undefined, // The store writes over it, and it is not in memory.
    },
  });
  expect(await queries.record(place)).toMatchObject({ newest: 4, record: { version: 4 } });
});

test("pages that cost many decoded transactions end early, and lead on", async () => {
  for (let version = 1; version <= 5; version += 1) {
    await stored.write(alice, put(version, 0xcc));
  }
  // A ledger that was just opened remembers no block; each has one transaction.
  await open(store.snapshot());
  queries = new RecordQueries({ ...stored, allowance: () => new ReadAllowance(2) });
  const page = await queries.withContent(contentOf(0xcc), undefined, 9);
  expect(page.items.map(({ version }) => version)).toEqual([1, 2]);
  expect(page.next).toEqual({ height: 3, index: 0, operation: 0 });
  const newest = await queries.versions(place, undefined, 9);
  expect(newest?.items.map(({ version }) => version)).toEqual([5, 4]);
  expect(newest?.next).toBe(3);
  // Blocks that are at hand cost nothing: of these three, one is read.
  const older = await queries.versions(place, 3, 9);
  expect(older?.items.map(({ version }) => version)).toEqual([3, 2, 1]);
  expect(older?.next).toBeUndefined();
  const all = await queries.withContent(contentOf(0xcc), undefined, 9);
  expect(all.items.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
  expect(all.next).toBeUndefined();
});
