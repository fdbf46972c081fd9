/**
 * Lists: pages that meet in both directions, and cursors that are of this list or refused. And what a node that is behind
 * says of what it does not have.
 */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatAddress } from "../../../src/protocol/address.ts";
import { assetOf, contentOf, createAsset, mint, record } from "../../fixtures/content.ts";
import { alice, bob, native } from "../../fixtures/small-ledger.ts";
import { type ServedChain, serveChain } from "./stored-chain.ts";

const address = formatAddress("quo", alice.account);
const bobAddress = formatAddress("quo", bob.account);
const lots = { topic: "lots", key: "7" };

let chain: ServedChain;
let url: string;

beforeAll(async () => {
  chain = await serveChain();
  url = chain.serving.url;
  for (let version = 1; version <= 7; version += 1) {
    await chain.stored.write(alice, record(lots, version, version), native(bob, 1n));
  }
  const codes = ["ONE", "TWO", "THREE", "FOUR", "FIVE"];
  await chain.stored.write(bob, ...codes.map((code) => createAsset(code)));
  await chain.stored.write(bob, ...codes.map((code) => mint(assetOf(bob, code), bob, 5n)));
  const others = ["a", "b", "c", "dd"].map((key) => record({ topic: "others", key }, 1, 0xcc));
  await chain.stored.write(bob, ...others);
  const together = [0, 1, 2].map((ahead) =>
    chain.stored.transaction(alice, [native(bob, 2n)], ahead),
  );
  chain.stored.finalize(together);
  await chain.stored.commit();
});
afterAll(async () => {
  expect(chain.serving.errors).toEqual([]);
  await chain.serving.close();
});

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
  readonly prev: string | null;
}

const read = async (path: string): Promise<Page> =>
  (await (await fetch(`${url}${path}`)).json()) as Page;

describe("a list", () => {
  test.each([
    ["/v1/blocks", 12],
    ["/v1/blocks?order=asc", 12],
    ["/v1/transactions", 13],
    [`/v1/accounts/${address}/transactions`, 10],
    [`/v1/records/${address}/lots/7/versions`, 7],
    ["/v1/assets", 5],
    [`/v1/accounts/${bobAddress}/balances`, 5],
    [`/v1/records/${bobAddress}`, 4],
    [`/v1/records?contentHash=${contentOf(0xcc)}`, 4],
  ])("%s has all its items in pages, and the way back leads to the same", async (path, count) => {
    const join = path.includes("?") ? "&" : "?";
    for (const limit of [1, 2, 3]) {
      const pages: Page[] = [];
      const cursors: (string | null)[] = [];
      let cursor: string | null = null;
      do {
        cursors.push(cursor);
        const at: string = cursor === null ? "" : `&cursor=${cursor}`;
        const page: Page = await read(`${path}${join}limit=${limit}${at}`);
        pages.push(page);
        cursor = page.next;
      } while (cursor !== null);
      expect(pages.flatMap(({ items }) => items)).toHaveLength(count);
      expect(pages[0]?.prev).toBeNull();
      for (const [i, { prev }] of pages.entries()) {
        if (i === 0) continue;
        expect(prev).not.toBeNull();
        const back = await read(`${path}${join}limit=${limit}&cursor=${prev}`);
        expect(back.items).toEqual(pages[i - 1]?.items);
      }
    }
  });

  test.each([
    "/v1/blocks",
    "/v1/blocks/1/transactions",
    "/v1/transactions",
    `/v1/accounts/${address}/transactions`,
    `/v1/accounts/${address}/balances`,
    "/v1/assets",
    `/v1/records?contentHash=${"a".repeat(64)}`,
    `/v1/records/${address}`,
    `/v1/records/${address}/lots/7/versions`,
    "/v1/mempool",
  ])("%s refuses what is no cursor of it", async (path) => {
    const join = path.includes("?") ? "&" : "?";
    for (const cursor of [
      "",
      "x",
      "-1",
      "1.",
      "01",
      "1e3",
      "%00",
      "9".repeat(16),
      "a".repeat(600),
    ]) {
      const response = await fetch(`${url}${path}${join}cursor=${cursor}`);
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { code: "bad_cursor", field: "query.cursor" },
      ]);
    }
  });
});

describe("a node that is behind", () => {
  beforeAll(() => {
    chain.serving.node.sync = { kind: "behind", blocks: 40, peers: 3 };
  });
  afterAll(() => {
    chain.serving.node.sync = { kind: "synced" };
  });

  test.each([
    ["/v1/blocks/100", "path.reference"],
    [`/v1/blocks/${"0".repeat(64)}/transactions`, "path.reference"],
    ["/v1/validators?height=100", "query.height"],
    ["/v1/headers?from=100&to=100", "query.from"],
    ["/v1/blocks.csv?to=100", "query.to"],
    [`/v1/assets/${"0".repeat(64)}`, "path.id"],
    [`/v1/records/${address}/a/b`, "path.key"],
  ])("answers GET %s with 503: it may not have it yet", async (path, field) => {
    const response = await fetch(`${url}${path}`);
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { code: "not_synced", status: 503, field },
    ]);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("answers what it has, and what no node has, as ever", async () => {
    expect((await fetch(`${url}/v1/blocks/1`)).status).toBe(200);
    expect((await fetch(`${url}/v1/nothing`)).status).toBe(404);
    const unknown = await fetch(`${url}/v1/transactions/${"0".repeat(64)}`);
    expect([unknown.status, await unknown.json()]).toMatchObject([
      404,
      { code: "transaction_unknown", transactionStatus: "unknown" },
    ]);
  });
});

test("even a request that no route sees is answered with the tip", async () => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end("GET /v1/status HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n");
  let text = "";
  for await (const part of socket) text += String(part);
  const { height, id } = chain.stored.chain.tip;
  expect(text).toContain("HTTP/1.1 400");
  expect(text.toLowerCase()).toContain(`quorate-tip: ${height}/${id}`);
});
