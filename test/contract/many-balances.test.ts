/**
 * An account that holds more assets than one proof has room for, over HTTP nodes with a real ledger behind them.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../node/adapters/clock.ts";
import { nativeHasher, nativeVerifier } from "../../node/adapters/native-crypto.ts";
import type { HttpServer } from "../../node/http/server.ts";
import type { HttpFetch } from "../../src/api/client.ts";
import { LightClient } from "../../src/client/light-client.ts";
import { type ProvenAccount, proveAccount } from "../../src/client/proven-state.ts";
import { assetIdOf } from "../../src/protocol/assets.ts";
import type { AssetId } from "../../src/protocol/ids.ts";
import type { Operation } from "../../src/protocol/operations.ts";
import { PayingNode } from "../integration/wallet/paying-node.ts";
import { addressOf, alice, bob, fundedWith, serve } from "../integration/wallet/twin-network.ts";

/** A proof has room for 59. */
const assetCount = 70;
const perTransaction = 30;

let node: PayingNode;
let servers: readonly HttpServer[];

/** Ascending by id, as the nodes list them. */
const assets: readonly { readonly id: AssetId; readonly code: string }[] = Array.from(
  { length: assetCount },
  (_, i) => `D${i}`,
)
  .map((code) => ({ code, id: assetIdOf(nativeHasher, alice, code) }))
  .toSorted((a, b) => (a.id < b.id ? -1 : 1));

const given = ({ id, code }: (typeof assets)[number]): readonly Operation[] => [
  {
    from: undefined,
    body: { kind: "create-asset", code, decimals: 0, name: "Dust", maxSupply: 0n },
  },
  { from: undefined, body: { kind: "mint", asset: id, to: bob, amount: 7n } },
];

beforeAll(async () => {
  node = await PayingNode.start(new Map([[alice, fundedWith]]));
  await node.makeBlock([node.transfer(0, "an account to mint to")]);
  for (let at = 0; at < assetCount; at += perTransaction) {
    const some = assets.slice(at, at + perTransaction);
    await node.makeBlock([node.signed(1 + at / perTransaction, some.flatMap(given))]);
  }
  servers = [await serve(node), await serve(node)];
});
afterAll(async () => {
  await Promise.all(servers.map(async (server) => await server.close()));
});

async function bobs(httpFetch: HttpFetch): Promise<ProvenAccount> {
  const client = new LightClient({
    genesis: node.genesis,
    chainId: node.chainId,
    nodes: servers.map(({ url }) => url),
    web: { httpFetch, timeoutSignal: (ms) => AbortSignal.timeout(ms) },
    clock: systemClock,
    hasher: nativeHasher,
    verifier: nativeVerifier,
    tips: { load: async () => undefined, save: async () => {} },
    evidence: { save: async () => undefined },
    timeoutMs: 5_000,
  });
  const found = await proveAccount(client, { account: bob, address: addressOf(bob) });
  if (!found.ok) throw new Error(found.reason.kind);
  return found.value;
}

const idsOf = ({ holdings }: ProvenAccount): readonly string[] =>
  holdings.map(({ asset }) => asset);
const kindsOf = ({ standing }: ProvenAccount): readonly string[] =>
  standing.findings.map(({ kind }) => kind);

/** The first node answers so, where it is asked what an account holds. */
const listing =
  (lie: (url: string) => Response | Promise<Response>): HttpFetch =>
  async (url, request) =>
    url.startsWith(servers[0]?.url ?? "") && url.includes("/balances")
      ? await lie(url)
      : await fetch(url, request);

test("dust does not push an asset out of sight: what the proof has no room for is proven too", async () => {
  const found = await bobs(fetch);
  expect(idsOf(found)).toEqual(assets.map(({ id }) => id));
  expect(found.mayHoldMore).toBe(false);
  expect(kindsOf(found)).toEqual(["proven", "proven"]);
});

test("a list that one node cuts or keeps to itself is had from the other", async () => {
  const empty = listing(async (url) => {
    const whole = (await (await fetch(url)).json()) as object;
    return Response.json({ ...whole, items: [], next: null });
  });
  const cut = await bobs(empty);
  expect(idsOf(cut)).toEqual(assets.map(({ id }) => id));
  const failing = listing(() => new Response("", { status: 500 }));
  expect(idsOf(await bobs(failing))).toEqual(assets.map(({ id }) => id));
});

test("a list without an end is not followed for ever, and what is invented is not shown", async () => {
  let pages = 0;
  const endless = listing(async (url) => {
    pages += 1;
    const whole = (await (await fetch(url)).json()) as { items: readonly object[] };
    const [item] = whole.items;
    const idOf = (n: number): string => `fff${String(n).padStart(61, "0")}`;
    const items = Array.from({ length: 3 }, (_, i) => ({ ...item, asset: idOf(pages * 10 + i) }));
    return Response.json({ ...whole, items, next: idOf(pages * 10 + 9) });
  });
  const found = await bobs(endless);
  expect(idsOf(found)).toEqual(assets.map(({ id }) => id));
  expect(found.mayHoldMore).toBe(true);
  expect(pages).toBeLessThan(10);
});

test("where no node lists the rest, it is said that there may be more", async () => {
  const failing: HttpFetch = async (url, request) =>
    url.includes("/balances") ? new Response("", { status: 500 }) : await fetch(url, request);
  const found = await bobs(failing);
  expect(idsOf(found)).toEqual(assets.slice(0, 59).map(({ id }) => id));
  expect(found.mayHoldMore).toBe(true);
});
