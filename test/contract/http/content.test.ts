/**
 * Assets, balances and records over HTTP, from a real ledger on its store: the routes, their client and the names of
 * records, which may be any text.
 * @module
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assetSchema, assetsSchema, balancesSchema } from "../../../src/api/asset-schemas.ts";
import {
  recordSchema,
  recordsSchema,
  recordVersionsSchema,
} from "../../../src/api/record-schemas.ts";
import { problemSchema } from "../../../src/api/schemas.ts";
import { toHex, utf8 } from "../../../src/base/bytes.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { assetOf, contentOf, createAsset, give, mint, record } from "../../fixtures/content.ts";
import { alice, bob, carol, type Holder } from "../../fixtures/small-ledger.ts";
import type { StoredLedger } from "../../fixtures/stored-ledger.ts";
import type { Serving } from "./serving.ts";
import { serveContent } from "./stored-content.ts";

const lots = { topic: "lots", key: "7" };
const eur = assetOf(alice, "EUR");
const addressOf = ({ account }: Holder): string => formatAddress("quo", account);

let stored: StoredLedger;
let serving: Serving;

beforeAll(async () => {
  ({ stored, serving } = await serveContent());
  await stored.write(alice, createAsset("EUR", { maxSupply: 500_000n }), createAsset("GOLD"));
  await stored.write(alice, mint(eur, bob, 123_456n), mint(assetOf(alice, "GOLD"), bob, 1n));
  await stored.write(alice, record(lots, 1, 0xa1), record({ topic: "lots", key: "8" }, 1, 0xa1));
  await stored.write(alice, record(lots, 2, 0xa2));
  await stored.write(bob, record(lots, 1, 0xa1));
});
afterAll(async () => {
  expect(serving.errors).toEqual([]);
  await serving.close();
});

const get = async (path: string): Promise<unknown> =>
  await (await fetch(`${serving.url}${path}`)).json();

/** The tip that all of these answers are about. */
const tipNow = (): { height: number; id: string } => {
  const { height, id } = stored.chain.tip;
  return { height, id };
};

describe("assets", () => {
  test("one is told with its issuer, in amounts for people", async () => {
    expect(assetSchema.parse(await get(`/v1/assets/${eur}`))).toEqual({
      id: eur,
      code: "EUR",
      decimals: 2,
      name: "the EUR",
      issuer: addressOf(alice),
      supply: "123456",
      supplyDisplay: "1234.56 EUR",
      maxSupply: "500000",
      maxSupplyDisplay: "5000 EUR",
      tip: tipNow(),
    });
  });

  test("all are listed in pages", async () => {
    const whole = assetsSchema.parse(await get("/v1/assets"));
    const ids = [eur, assetOf(alice, "GOLD")].toSorted();
    expect(whole.items.map(({ id }) => id)).toEqual(ids);
    expect(whole).toMatchObject({ next: null, prev: null, tip: tipNow() });
    const first = assetsSchema.parse(await get("/v1/assets?limit=1"));
    expect(first.next).toBe(ids[1]);
    const second = await serving.client.assets.list({ limit: 1, cursor: first.next ?? "" });
    expect(second.ok && second.value.items.map(({ id }) => id)).toEqual([ids[1]]);
  });

  test("an account comes with all balances, each with code, issuer and decimals", async () => {
    const answer = await serving.client.account(addressOf(bob));
    if (!answer.ok) throw new Error(answer.reason.kind);
    const { balances, moreBalances, tip } = answer.value;
    expect(balances).toHaveLength(3);
    expect(balances[0]).toMatchObject({
      code: "QRT",
      issuer: null,
      decimals: 2,
      display: "10 QRT",
    });
    expect(balances.find(({ asset }) => asset === eur)).toEqual({
      asset: eur,
      code: "EUR",
      issuer: addressOf(alice),
      decimals: 2,
      amount: "123456",
      display: "1234.56 EUR",
    });
    expect([moreBalances, tip]).toEqual([null, tipNow()]);
    const path = `/v1/accounts/${addressOf(bob)}/balances`;
    expect(balancesSchema.parse(await get(path)).items).toEqual(balances.slice(1));
    const page = await serving.client.assets.balances(addressOf(bob), { limit: 1 });
    expect(page.ok && page.value).toMatchObject({ items: [balances[1]], next: balances[2]?.asset });
  });

  test("amounts of other assets in transactions are shown with their decimals, unknown ones bare", async () => {
    const shown = async (asset: typeof eur): Promise<unknown> => {
      const sent = stored.transaction(bob, [give(asset, carol, 150n)]);
      serving.node.makeBlock([sent]);
      const answer = await serving.client.transaction(sent.id);
      return answer.ok && "operations" in answer.value ? answer.value.operations[0] : undefined;
    };
    expect(await shown(eur)).toMatchObject({ amount: "150", display: "1.5 EUR" });
    expect(await shown(assetOf(bob, "NONE"))).toMatchObject({ amount: "150", display: "150" });
  });
});

describe("records", () => {
  test("one is told in its current version, and in an earlier one, with its transaction", async () => {
    const path = `/v1/records/${addressOf(alice)}/lots/7`;
    const now = recordSchema.parse(await get(path));
    expect(now).toMatchObject({
      address: addressOf(alice),
      ...lots,
      version: 2,
      newest: 2,
      contentHash: contentOf(0xa2),
      height: 4,
      data: { hex: toHex(utf8("2")), text: "2" },
      tip: tipNow(),
    });
    const block = stored.chain.blockAt(stored.chain.tip.height);
    expect(block?.header.height).toBe(5);
    const early = recordSchema.parse(await get(`${path}?version=1`));
    expect(early).toMatchObject({ version: 1, newest: 2, contentHash: contentOf(0xa1), height: 3 });
    expect(early.transaction).toMatchObject({ height: 3, index: 0 });
    expect(early.transaction?.id).not.toBe(now.transaction?.id);
  });

  test("versions come newest first", async () => {
    const versions = await serving.client.records.versions(addressOf(alice), "lots", "7");
    expect(versions.ok && versions.value.items.map(({ version }) => version)).toEqual([2, 1]);
    const path = `/v1/records/${addressOf(alice)}/lots/7/versions?limit=1`;
    const first = recordVersionsSchema.parse(await get(path));
    expect(first.next).toBe("1");
    const second = recordVersionsSchema.parse(await get(`${path}&cursor=1`));
    expect([second.items[0]?.version, second.next]).toEqual([1, null]);
  });

  test("a content is found wherever it was written, in pages", async () => {
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await serving.client.records.withContent(contentOf(0xa1), { cursor, limit: 2 });
      if (!page.ok) throw new Error(page.reason.kind);
      seen.push(...page.value.items.map(({ address, key, version }) => [address, key, version]));
      cursor = page.value.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([
      [addressOf(alice), "7", 1],
      [addressOf(alice), "8", 1],
      [addressOf(bob), "7", 1],
    ]);
  });

  test("an account's records are listed in pages, also of one topic", async () => {
    const first = await serving.client.records.ofAccount(addressOf(alice), { limit: 1 });
    if (!first.ok) throw new Error(first.reason.kind);
    expect(first.value.items.map(({ key, version }) => [key, version])).toEqual([["7", 2]]);
    const cursor = first.value.next ?? "";
    const second = await serving.client.records.ofAccount(addressOf(alice), { cursor });
    expect(second.ok && second.value.items.map(({ key }) => key)).toEqual(["8"]);
    const path = `/v1/records/${addressOf(alice)}?topic=nothing`;
    expect(recordsSchema.parse(await get(path)).items).toEqual([]);
  });
});

describe("names of records", () => {
  /** Written, and read back by every way there is. */
  async function isKept(topic: string, key: string): Promise<void> {
    await stored.write(bob, record({ topic, key }, 1, 0x55));
    const one = await serving.client.records.one(addressOf(bob), topic, key, 1);
    expect(one.ok && one.value).toMatchObject({ topic, key, version: 1 });
    const versions = await serving.client.records.versions(addressOf(bob), topic, key);
    expect(versions.ok && versions.value.items).toMatchObject([{ topic, key, version: 1 }]);
    const listed = await serving.client.records.ofAccount(addressOf(bob), { topic, limit: 100 });
    expect(listed.ok && listed.value.items.some((item) => item.key === key)).toBe(true);
  }

  test.each([
    ["a/b", "c/d"],
    ["/", "//"],
    ["%", "%2F"],
    ["%25", "%2525"],
    ["100%", "%zz"],
    ["%FF", "%C3%28"],
    [".", ".."],
    ["..", "."],
    ["%2e%2e", "%2E"],
    ["-", "versions"],
    ["versions", "-"],
    ["?a=b&c", "#d"],
    ["+ +", " "],
    ["\\", ";:@=,!$&'()*"],
    ["\u202eabc", "\u200f\u200b\ufeff"],
    ["\u007f\u0080\u2028", "\u{10ffff}\uffff"],
    ["😀".repeat(16), "🏳️‍🌈".repeat(4)],
    ["__proto__", "constructor"],
    ["é", "e\u0301"],
    ["Ω".repeat(32), "K"],
    ["null", "undefined"],
  ])("%j and %j lead to the record", async (topic, key) => {
    await isKept(topic, key);
  });

  test("any text of 1 to 64 bytes without control characters leads to the record", async () => {
    const letter = fc.oneof(
      fc.constantFrom("/", "%", ".", "?", "#", "&", "+", "\\", "2", "F", "%2F", "%00", "\u202e"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    );
    const name = fc
      .array(letter, { minLength: 1, maxLength: 24 })
      .map((letters) => letters.join(""))
      .filter((text) => utf8(text).length <= 64 && [...text].every((each) => each >= " "));
    const seen = new Set<string>();
    const names = fc.tuple(name, name).filter((pair) => {
      const isNew = !seen.has(JSON.stringify(pair));
      seen.add(JSON.stringify(pair));
      return isNew;
    });
    await fc.assert(
      fc.asyncProperty(names, async ([topic, key]) => {
        const known = await serving.client.records.one(addressOf(bob), topic, key);
        fc.pre(!known.ok);
        await isKept(topic, key);
      }),
      { numRuns: 25 },
    );
  });
});

describe("a bad question is a problem with a code and the field", () => {
  const address = addressOf(alice);
  const other = formatAddress("other", alice.account);
  test.each([
    ["/v1/assets/x", 400, "bad_request", "path.id"],
    [`/v1/assets/${"0".repeat(64)}`, 404, "asset_not_found", "path.id"],
    ["/v1/assets?cursor=5", 400, "bad_cursor", "query.cursor"],
    ["/v1/assets?limit=101", 400, "bad_request", "query.limit"],
    ["/v1/accounts/x/balances", 400, "bad_address", "path.address"],
    [`/v1/accounts/${address}/balances?cursor=x`, 400, "bad_cursor", "query.cursor"],
    ["/v1/records", 400, "bad_request", "query.contentHash"],
    ["/v1/records?contentHash=AA", 400, "bad_request", "query.contentHash"],
    [`/v1/records?contentHash=${"a".repeat(64)}&cursor=1`, 400, "bad_cursor", "query.cursor"],
    [`/v1/records?contentHash=${"a".repeat(64)}&cursor=1.1.256`, 400, "bad_cursor", "query.cursor"],
    [`/v1/records?contentHash=${"a".repeat(64)}&limit=0`, 400, "bad_request", "query.limit"],
    [`/v1/records/${other}`, 400, "bad_address", "path.address"],
    [`/v1/records/${address}?cursor=zz`, 400, "bad_cursor", "query.cursor"],
    [`/v1/records/${address}?cursor=0161`, 400, "bad_cursor", "query.cursor"],
    [`/v1/records/${address}?topic=`, 400, "bad_request", "query.topic"],
    [`/v1/records/${other}/a/b`, 400, "bad_address", "path.address"],
    [`/v1/records/${address}/a/b`, 404, "record_not_found", "path.key"],
    [`/v1/records/${address}/lots/7?version=3`, 404, "record_not_found", "query.version"],
    [`/v1/records/${address}/lots/7?version=0`, 400, "bad_request", "query.version"],
    [`/v1/records/${address}/lots/7?version=-1`, 400, "bad_request", "query.version"],
    [`/v1/records/${address}/%FF/7`, 400, "bad_request", "path.topic"],
    [`/v1/records/${address}/lots/%E0%A4%A`, 400, "bad_request", "path.key"],
    [`/v1/records/${address}/lots/%00`, 400, "bad_request", "path.key"],
    [`/v1/records/${address}/lots/a%1F`, 400, "bad_request", "path.key"],
    [`/v1/records/${address}/${"x".repeat(65)}/7`, 400, "bad_request", "path.topic"],
    [`/v1/records/${address}/${"%C3%A9".repeat(33)}/7`, 400, "bad_request", "path.topic"],
    [`/v1/records/${address}/a/b?topic=`, 400, "bad_request", "query.topic"],
    [`/v1/records/${address}/a/b/versions`, 404, "record_not_found", "path.key"],
    [`/v1/records/${address}/lots/7/versions?cursor=x`, 400, "bad_cursor", "query.cursor"],
    [`/v1/records/${address}/a/b/c`, 404, "route_unknown", null],
    [`/v1/records/${address}/a`, 404, "route_unknown", null],
  ])("GET %s is %i %s, %s", async (path, status, code, field) => {
    const response = await fetch(`${serving.url}${path}`);
    const problem = problemSchema.parse(await response.json());
    expect(response.status).toBe(status);
    expect(problem).toMatchObject({ status, code, field });
  });
});
