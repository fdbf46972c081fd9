/**
 * GET /v1/search over a real chain: every way of reading a text, exact ones first, and nothing for what is not known.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SearchHitJson } from "../../../src/api/search-json.ts";
import { searchSchema } from "../../../src/api/search-schemas.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { Block } from "../../../src/protocol/block.ts";
import { assetOf, contentOf, createAsset, record } from "../../fixtures/content.ts";
import { alice, bob, carol, type Holder } from "../../fixtures/small-ledger.ts";
import type { StoredLedger } from "../../fixtures/stored-ledger.ts";
import { genesis } from "./sample.ts";
import type { Serving } from "./serving.ts";
import { serveChain } from "./stored-chain.ts";

const addressOf = ({ account }: Holder): string => formatAddress("quo", account);
const lots = { topic: "lots", key: "7" };
const odd = { topic: "a/b c", key: "100%" };

let stored: StoredLedger;
let serving: Serving;
let announce: () => void;
let written: Block;

beforeAll(async () => {
  ({ stored, serving, announce } = await serveChain());
  await stored.write(alice, createAsset("EUR"), createAsset("EURC"), createAsset("GOLD"));
  await stored.write(bob, createAsset("EUR"));
  written = await stored.write(alice, record(lots, 1, 0xa1), record(odd, 1, 0xa2));
  await stored.write(bob, record(lots, 1, 0xa1));
});
afterAll(async () => {
  expect(serving.errors).toEqual([]);
  await serving.close();
});

async function hits(text: string): Promise<readonly SearchHitJson[]> {
  const answer = await serving.client.overview.search(text);
  if (!answer.ok) throw new Error(`${text}: ${JSON.stringify(answer.reason)}`);
  const { height, id } = stored.chain.tip;
  expect(answer.value.tip).toEqual({ height, id });
  return answer.value.hits;
}

const shortOf = (found: readonly SearchHitJson[]): string[] =>
  found.map(({ kind, reference }) => `${kind} ${reference}`);

test("a height and a block's id find the block", async () => {
  const found = { kind: "block", title: "block 3" };
  expect(await hits("3")).toMatchObject([{ ...found, reference: "3" }]);
  expect(await hits(" #3 ")).toMatchObject([{ ...found, reference: "3" }]);
  expect(await hits(written.id)).toMatchObject([{ ...found, reference: written.id }]);
  expect(await hits(written.id.toUpperCase())).toMatchObject([{ ...found, reference: written.id }]);
  expect(await hits("99")).toEqual([]);
});

test("a transaction's id finds the transaction and says where it is", async () => {
  const id = written.transactions[0]?.id ?? "";
  expect(await hits(id)).toEqual([
    { kind: "transaction", reference: id, title: id, note: "transaction, final in block 3" },
  ]);
});

test("an address finds the account, used or not, an account's id one that exists", async () => {
  expect(await hits(addressOf(alice))).toMatchObject([
    { kind: "account", reference: addressOf(alice), note: "account" },
  ]);
  expect(await hits(addressOf(alice).toUpperCase())).toMatchObject([{ kind: "account" }]);
  expect(await hits(addressOf(carol))).toMatchObject([{ note: "account that was never used" }]);
  expect(await hits(alice.account)).toMatchObject([{ reference: addressOf(alice) }]);
  expect(await hits(carol.account)).toEqual([]);
  expect(await hits(`${addressOf(alice).slice(0, -1)}q`)).toEqual([]);
});

test("an asset is found by its id, and by the beginning of its code in any case, the exact code first", async () => {
  const euros = [assetOf(alice, "EUR"), assetOf(bob, "EUR")].toSorted();
  const reference = (id: string): string => `asset ${id}`;
  expect(await hits(assetOf(bob, "EUR"))).toEqual([
    {
      kind: "asset",
      reference: assetOf(bob, "EUR"),
      title: "EUR",
      note: `asset of ${addressOf(bob)}`,
    },
  ]);
  const all = [...euros, assetOf(alice, "EURC")].map(reference);
  expect(shortOf(await hits("eur"))).toEqual(all);
  expect(shortOf(await hits("EURC"))).toEqual([reference(assetOf(alice, "EURC"))]);
  expect(await hits("EURX")).toEqual([]);
});

test("an asset that is created later is found from its block on", async () => {
  expect(await hits("LATE")).toEqual([]);
  await stored.write(bob, createAsset("LATER"));
  announce();
  expect(shortOf(await hits("LATE"))).toEqual([`asset ${assetOf(bob, "LATER")}`]);
});

test("a content hash finds everything that was recorded with it", async () => {
  expect(shortOf(await hits(contentOf(0xa1)))).toEqual([
    `record ${addressOf(alice)}/lots/7`,
    `record ${addressOf(bob)}/lots/7`,
  ]);
  expect(await hits(contentOf(0xff))).toEqual([]);
});

test("a record is found by its place, plain or percent-encoded, and its neighbours by the beginning of it", async () => {
  const own = `${addressOf(alice)}/lots/7`;
  const strange = `${addressOf(alice)}/a%2Fb%20c/100%25`;
  expect(await hits(own)).toMatchObject([{ kind: "record", reference: own, title: "lots/7" }]);
  expect(await hits(strange)).toMatchObject([
    { kind: "record", reference: strange, title: "a/b c/100%" },
  ]);
  expect(shortOf(await hits(`${addressOf(alice)}/lots/`))).toEqual([`record ${own}`]);
  expect(shortOf(await hits(`${addressOf(alice)}/`))).toEqual([
    `record ${own}`,
    `record ${strange}`,
  ]);
  expect(await hits(`${addressOf(alice)}/lots/8`)).toEqual([]);
});

test("a validator is found by the beginning of its name, its key and its operator", async () => {
  const [first] = genesis.validators;
  if (first === undefined) throw new Error("the sample has validators");
  const operator = formatAddress("quo", first.operator);
  expect(shortOf(await hits("VALIDATOR-1"))).toEqual([`validator ${operator}`]);
  expect(shortOf(await hits(first.consensusKey))).toEqual([`validator ${operator}`]);
  expect(shortOf(await hits(operator))).toEqual([`account ${operator}`, `validator ${operator}`]);
  expect(await hits("valid")).toHaveLength(genesis.validators.length);
});

test("whatever is asked is answered in the agreed form, with at most ten hits", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), async (text) => {
      const url = `${serving.url}/v1/search?${new URLSearchParams({ q: text })}`;
      const response = await fetch(url);
      expect(response.status).toBe(200);
      expect(searchSchema.parse(await response.json()).hits.length).toBeLessThanOrEqual(10);
    }),
    { numRuns: 50 },
  );
});

test("a text that is missing or too long is a bad request; an empty one finds nothing", async () => {
  expect(await hits("  ")).toEqual([]);
  for (const query of ["", `?q=${"x".repeat(513)}`]) {
    const response = await fetch(`${serving.url}/v1/search${query}`);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: "bad_request", field: "query.q" },
    ]);
  }
});
