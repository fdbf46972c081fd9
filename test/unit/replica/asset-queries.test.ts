/**
 * What is told of assets and balances is the state at the final tip that the answer names, durable or not.
 * @module
 */
import { beforeEach, expect, test } from "vitest";
import { type AssetId, nativeAsset } from "../../../src/protocol/ids.ts";
import { AccountQueries } from "../../../src/replica/account-queries.ts";
import { AssetQueries } from "../../../src/replica/asset-queries.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { allPages } from "../../fixtures/all-pages.ts";
import { assetOf, burn, createAsset, give, mint } from "../../fixtures/content.ts";
import { InterleavedStore } from "../../fixtures/interleaved-store.ts";
import { alice, bob, carol, native } from "../../fixtures/small-ledger.ts";
import { StoredLedger, storedGenesis } from "../../fixtures/stored-ledger.ts";

let store: InterleavedStore;
let stored: StoredLedger;
let queries: AssetQueries;
let accounts: AccountQueries;

beforeEach(async () => {
  store = new InterleavedStore(new MemoryStore());
  const genesis = storedGenesis([
    [alice, 1_000n],
    [bob, 1_000n],
  ]);
  stored = await StoredLedger.open(store, genesis);
  queries = new AssetQueries(stored);
  const pendingNonce = (_: unknown, nonce: number): number => nonce + 2;
  accounts = new AccountQueries({ ...stored, mempool: { pendingNonce } });
});

test("an asset is told with its issuer, its terms and what exists of it", async () => {
  const eur = assetOf(alice, "EUR");
  await stored.write(alice, createAsset("EUR", { maxSupply: 500n }), mint(eur, bob, 70n));
  const block = await stored.write(bob, burn(eur, 20n));
  expect(queries.asset(eur)).toMatchObject({
    asset: {
      id: eur,
      issuer: alice.account,
      code: "EUR",
      decimals: 2,
      maxSupply: 500n,
      supply: 50n,
    },
    tip: { height: 2, id: block.id },
  });
  expect(queries.asset(assetOf(bob, "EUR"))).toBeUndefined();
  expect(queries.asset(nativeAsset)).toBeUndefined();
});

test("all assets are listed once, by ascending id, in pages of any size", async () => {
  const codes = Array.from({ length: 9 }, (_, i) => `A${i}`);
  await stored.write(alice, ...codes.map((code) => createAsset(code)));
  await stored.write(bob, createAsset("A0"));
  const expected = [...codes.map((code) => assetOf(alice, code)), assetOf(bob, "A0")].toSorted();
  for (const limit of [1, 3, 9, 10, 11]) {
    const found = await allPages((from: AssetId | undefined) => queries.assets(from, limit));
    expect(found.map(({ id }) => id)).toEqual(expected);
  }
});

test("an account comes with all that it holds, the native asset first", async () => {
  const ids = ["X", "Y", "Z"].map((code) => assetOf(alice, code));
  const [x, y, z] = ids as [AssetId, AssetId, AssetId];
  await stored.write(alice, createAsset("X"), createAsset("Y"), createAsset("Z"));
  await stored.write(alice, mint(x, bob, 5n), mint(y, bob, 6n), mint(z, alice, 7n));
  await stored.write(bob, give(y, alice, 6n), native(alice, 1n));
  const { balances, nonce, pendingNonce, tip, moreBalances } = await accounts.account(bob.account);
  expect(balances).toEqual([
    { asset: nativeAsset, amount: 999n },
    { asset: x, amount: 5n },
  ]);
  expect([nonce, pendingNonce, tip.height, moreBalances]).toEqual([1, 3, 3, undefined]);
  const ofAlice = await allPages((from: AssetId | undefined) =>
    queries.balances(alice.account, from, 1),
  );
  expect(ofAlice).toEqual(
    [
      { asset: y, amount: 6n },
      { asset: z, amount: 7n },
    ].toSorted((a, b) => (a.asset < b.asset ? -1 : 1)),
  );
  expect(
    await allPages((from: AssetId | undefined) => queries.balances(carol.account, from, 9)),
  ).toEqual([]);
});

test("an account with more assets than fit says where the others begin", async () => {
  const codes = Array.from({ length: 130 }, (_, i) => `A${i}`);
  const creations = codes.map((code) => createAsset(code));
  const mints = codes.map((code) => mint(assetOf(alice, code), bob, 1n));
  for (const part of [creations, mints]) {
    for (let i = 0; i < part.length; i += 60) await stored.write(alice, ...part.slice(i, i + 60));
  }
  const { balances, moreBalances } = await accounts.account(bob.account);
  const rest = await allPages((from: AssetId | undefined) =>
    queries.balances(bob.account, from ?? moreBalances, 7),
  );
  const seen = [...balances.slice(1), ...rest].map(({ asset }) => asset);
  expect(balances.length).toBe(101);
  expect(seen).toEqual(codes.map((code) => assetOf(alice, code)).toSorted());
});

test("what is final and not durable yet is told, at the tip that the answer names", async () => {
  const [x, y] = [assetOf(alice, "X"), assetOf(alice, "Y")];
  await stored.write(alice, createAsset("X"), mint(x, bob, 5n));
  const block = stored.finalize([
    stored.transaction(alice, [createAsset("Y"), mint(y, bob, 6n)]),
    stored.transaction(bob, [give(x, alice, 5n)]),
  ]);
  const listed = await queries.assets(undefined, 9);
  expect(listed.tip.id).toBe(block.id);
  expect(listed.items.map(({ id }) => id)).toEqual([x, y].toSorted());
  const ofBob = await queries.balances(bob.account, undefined, 9);
  expect(ofBob).toMatchObject({ items: [{ asset: y, amount: 6n }], tip: { id: block.id } });
});

test("blocks that become final and durable while rows are read are neither missed nor mixed", async () => {
  const [x, y] = [assetOf(alice, "X"), assetOf(alice, "Y")];
  await stored.write(alice, createAsset("X"), mint(x, bob, 5n));
  let newest = "";
  store.meanwhile = async () => {
    const block = stored.finalize([
      stored.transaction(alice, [createAsset("Y"), mint(y, bob, 6n)]),
    ]);
    await stored.commit();
    newest = block.id;
  };
  const durable = await accounts.account(bob.account);
  expect(durable.tip.id).toBe(newest);
  expect(durable.balances.slice(1).map(({ asset }) => asset)).toEqual([x, y].toSorted());
  store.meanwhile = () => {
    newest = stored.finalize([stored.transaction(bob, [give(x, alice, 5n)])]).id;
  };
  const least = "00".repeat(32) as AssetId; // From the first one on, but read from the store.
  const final = await queries.balances(bob.account, least, 9);
  expect(final.tip.id).toBe(newest);
  expect(final.items).toEqual([{ asset: y, amount: 6n }]);
});

test("a page whose last assets were just given away goes on behind them", async () => {
  const codes = ["P", "Q", "R", "S", "T"];
  const ids = codes.map((code) => assetOf(alice, code)).toSorted();
  await stored.write(alice, ...codes.map((code) => createAsset(code)));
  await stored.write(alice, ...ids.map((id) => mint(id, bob, 1n)));
  const given = ids.slice(0, 3);
  stored.finalize([
    stored.transaction(
      bob,
      given.map((id) => give(id, alice, 1n)),
    ),
  ]);
  for (const limit of [1, 2, 3]) {
    const found = await allPages((from: AssetId | undefined) =>
      queries.balances(bob.account, from, limit),
    );
    expect(found.map(({ asset }) => asset)).toEqual(ids.slice(3));
  }
});
