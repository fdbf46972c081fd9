/**
 * Random histories of assets and records: whatever was written, whatever became durable and whenever the node stopped,
 * lists, balances, versions and contents are those of a plain model.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AccountId, AssetId } from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { AssetQueries } from "../../../src/replica/asset-queries.ts";
import { RecordQueries } from "../../../src/replica/record-queries.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { allPages } from "../../fixtures/all-pages.ts";
import {
  assetOf,
  burn,
  contentOf,
  createAsset,
  give,
  mint,
  record,
} from "../../fixtures/content.ts";
import { alice, bob, carol, type Holder } from "../../fixtures/small-ledger.ts";
import { StoredLedger, storedGenesis } from "../../fixtures/stored-ledger.ts";
import { ContentModel, recordName } from "./content-model.ts";

const holders: readonly Holder[] = [alice, bob, carol];
const topics = ["t", "tt", "\u202e/%"];
const keys = ["k", "😀"];
const contents = [1, 2, 3];
const genesis = storedGenesis(holders.map((each) => [each, 1_000n] as const));

interface Act {
  readonly who: Holder;
  readonly operation: Operation;
}

const holder = fc.constantFrom(...holders);
const code = fc.constantFrom("A", "B", "C");
const asset = fc.tuple(holder, code).map(([issuer, of]) => assetOf(issuer, of));
const amount = fc.bigInt({ min: 1n, max: 40n });
const names = fc.constantFrom(
  { topic: "t", key: "k" },
  { topic: "tt", key: "k" },
  { topic: "\u202e/%", key: "😀" },
);
/** Of the records; whoever has none must be told so. */
const author = fc.constantFrom(alice, bob);

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ who: holder, operation: code.map((of) => createAsset(of, { maxSupply: 60n })) }),
  // Issuers mint more often than others try to.
  fc
    .tuple(holder, code, holder, amount)
    .map(([who, of, to, much]) => ({ who, operation: mint(assetOf(who, of), to, much) })),
  fc.record({ who: holder, operation: fc.tuple(asset, holder, amount).map((a) => mint(...a)) }),
  fc.record({ who: holder, operation: fc.tuple(asset, holder, amount).map((a) => give(...a)) }),
  fc.record({ who: holder, operation: fc.tuple(asset, amount).map((a) => burn(...a)) }),
  {
    weight: 4,
    // The version is put in when it is written.
    arbitrary: fc
      .tuple(author, names, fc.constantFrom(...contents))
      .map(([who, of, content]) => ({ who, operation: record(of, 0, content) })),
  },
);

type Step =
  | { readonly kind: "block"; readonly acts: readonly Act[] }
  | { readonly kind: "commit"; readonly blocks: number }
  | { readonly kind: "stop" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("block" as const),
      acts: fc.array(act, { maxLength: 12, size: "max" }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("commit" as const),
      blocks: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "stop" as const }) },
);

function withNextVersion(model: ContentModel, who: Holder, operation: Operation): Operation {
  const { body } = operation;
  if (body.kind !== "record") return operation;
  const versions = model.records.get(recordName(who.account, body.topic, body.key)) ?? [];
  return { ...operation, body: { ...body, version: versions.length + 1 } };
}

/** A ledger, and the model after each of its final heights. */
class History {
  stored: StoredLedger;
  store: MemoryStore;
  readonly models: ContentModel[] = [new ContentModel()];

  private constructor(stored: StoredLedger, store: MemoryStore) {
    this.stored = stored;
    this.store = store;
  }

  static async begin(): Promise<History> {
    const store = new MemoryStore();
    return new History(await StoredLedger.open(store, genesis), store);
  }

  async take(one: Step): Promise<void> {
    if (one.kind === "block") this.#write(one.acts);
    else if (one.kind === "commit") await this.stored.commit(one.blocks);
    else {
      // What is not durable is gone, as after kill -9.
      this.store = new MemoryStore(this.store.snapshot());
      this.stored = await StoredLedger.open(this.store, genesis);
      this.models.length = this.stored.chain.tip.height + 1;
    }
  }

  /** Only what the model allows: the ledger must allow it too, or building the block throws. */
  #write(acts: readonly Act[]): void {
    const { stored } = this;
    const model = new ContentModel(this.models.at(-1));
    const height = this.models.length;
    const sent = new Map<Holder, number>();
    const transactions = [];
    for (const { who, operation: wanted } of acts) {
      const operation = withNextVersion(model, who, wanted);
      if (!model.apply(who, operation.body, { height, index: transactions.length })) continue;
      const ahead = sent.get(who) ?? 0;
      sent.set(who, ahead + 1);
      transactions.push(stored.transaction(who, [operation], ahead));
    }
    stored.finalize(transactions);
    this.models.push(model);
  }
}

async function checkAssets({ stored, models }: History, limit: number): Promise<void> {
  const queries = new AssetQueries(stored);
  const model = models.at(-1) ?? new ContentModel();
  const listed = await allPages<{ id: AssetId; supply: bigint }, AssetId>((from) =>
    queries.assets(from, limit),
  );
  const expected = [...model.assets].toSorted(([a], [b]) => (a < b ? -1 : 1));
  expect(listed.map(({ id, supply }) => [id, supply])).toEqual(
    expected.map(([id, { supply }]) => [id, supply]),
  );
  const sums = new Map<AssetId, bigint>();
  for (const { account } of holders) {
    const held = await allPages<{ asset: AssetId; amount: bigint }, AssetId>((from) =>
      queries.balances(account, from, limit),
    );
    const own = [...(model.balances.get(account) ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1));
    expect(held.map((each) => [each.asset, each.amount])).toEqual(own);
    for (const each of held) sums.set(each.asset, (sums.get(each.asset) ?? 0n) + each.amount);
  }
  for (const { id, supply } of listed) expect(sums.get(id) ?? 0n).toBe(supply);
}

async function checkRecords({ stored, models }: History, limit: number): Promise<void> {
  const queries = new RecordQueries(stored);
  const durable = models[stored.chain.tip.height] ?? new ContentModel();
  const final = models.at(-1) ?? new ContentModel();
  for (const { account } of holders) {
    for (const topic of topics) {
      for (const key of keys) {
        await checkRecord(queries, { account, topic, key }, { durable, limit });
      }
    }
    const listed = await allPages((from: Parameters<typeof queries.ofAccount>[1]) =>
      queries.ofAccount({ account, topic: undefined }, from, limit),
    );
    const own = [...final.records]
      .filter(([name]) => name.includes(account))
      .map(([name, versions]) => [name, versions.length, versions.at(-1)?.contentHash]);
    expect(
      listed
        .map(({ topic, key, version, contentHash }) => [
          recordName(account, topic, key),
          version,
          contentHash,
        ])
        .toSorted(byText),
    ).toEqual(own.toSorted(byText));
  }
  for (const content of contents.map(contentOf)) {
    const found = await allPages((from: Parameters<typeof queries.withContent>[1]) =>
      queries.withContent(content, from, limit),
    );
    expect(
      found.map(({ account, topic, key, version }) => [recordName(account, topic, key), version]),
    ).toEqual(durable.contents.get(content) ?? []);
  }
}

const byText = (a: unknown, b: unknown): number => (String(a) < String(b) ? -1 : 1);

async function checkRecord(
  queries: RecordQueries,
  place: { readonly account: AccountId; readonly topic: string; readonly key: string },
  { durable, limit }: { readonly durable: ContentModel; readonly limit: number },
): Promise<void> {
  const versions = durable.records.get(recordName(place.account, place.topic, place.key)) ?? [];
  const now = await queries.record(place);
  expect(now?.newest).toBe(versions.length === 0 ? undefined : versions.length);
  const told = await allPages(
    async (from: number | undefined) =>
      (await queries.versions(place, from, limit)) ?? { items: [], next: undefined },
  );
  expect(
    told.map(({ contentHash, height, stored }) => ({
      contentHash,
      height,
      index: stored?.found.index,
    })),
  ).toEqual(versions.toReversed());
  for (let version = 0; version <= versions.length + 1; version += 1) {
    const one = await queries.record(place, version);
    expect(one?.record.contentHash).toBe(versions[version - 1]?.contentHash);
  }
}

test("every list and every version is that of the model, before and after each stop", async () => {
  let stops = 0;
  let versions = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 4, maxLength: 14, size: "max" }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, limit) => {
        const history = await History.begin();
        for (const one of steps) {
          await history.take(one);
          await checkAssets(history, limit);
          await checkRecords(history, limit);
          if (one.kind === "stop") stops += 1;
        }
        await history.stored.commit();
        await checkRecords(history, limit);
        const { records } = history.models.at(-1) ?? new ContentModel();
        versions += Math.max(0, ...[...records.values()].map((each) => each.length));
      },
    ),
    { numRuns: 25 },
  );
  // The histories are worth the name.
  expect(stops).toBeGreaterThan(5);
  expect(versions).toBeGreaterThan(40);
});
