/**
 * The light client over HTTP nodes with a real ledger behind them: what an account holds, and its history.
 * @module
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../node/adapters/clock.ts";
import { nativeHasher, nativeVerifier } from "../../node/adapters/native-crypto.ts";
import type { HttpServer } from "../../node/http/server.ts";
import type { HttpFetch } from "../../src/api/client.ts";
import { fromHex, toHex } from "../../src/base/bytes.ts";
import type { Evidence } from "../../src/client/evidence.ts";
import { proveInclusion } from "../../src/client/inclusion.ts";
import { LightClient } from "../../src/client/light-client.ts";
import { OutcomeProofs } from "../../src/client/outcome-proofs.ts";
import { proveHistory } from "../../src/client/proven-history.ts";
import { proveAccount } from "../../src/client/proven-state.ts";
import type { RememberedTip } from "../../src/client/remembered-tip.ts";
import { decodeProof, encodeProof } from "../../src/proof/proof.ts";
import { assetIdOf } from "../../src/protocol/assets.ts";
import type { Checkpoint } from "../../src/protocol/checkpoint.ts";
import { height } from "../../src/protocol/ids.ts";
import { isSigned } from "../../src/protocol/transaction.ts";
import { PayingNode } from "../integration/wallet/paying-node.ts";
import { addressOf, alice, bob, fundedWith, serve } from "../integration/wallet/twin-network.ts";

let node: PayingNode;
let servers: readonly HttpServer[];
let kept: Evidence[];
let remembered: RememberedTip | undefined;

beforeEach(async () => {
  node = await PayingNode.start(new Map([[alice, fundedWith]]));
  servers = [await serve(node), await serve(node)];
  kept = [];
});
afterEach(async () => {
  await Promise.all(servers.map(async (server) => await server.close()));
});

const honest: HttpFetch = async (url, request) => await fetch(url, request);

function clientOf(httpFetch: HttpFetch = honest, checkpoint?: Checkpoint): LightClient {
  remembered = undefined;
  return new LightClient({
    genesis: node.genesis,
    chainId: node.chainId,
    nodes: servers.map(({ url }) => url),
    web: { httpFetch, timeoutSignal: (ms) => AbortSignal.timeout(ms) },
    clock: systemClock,
    hasher: nativeHasher,
    verifier: nativeVerifier,
    tips: {
      load: async () => remembered,
      save: async (tip) => {
        remembered = tip;
      },
    },
    evidence: {
      save: async (evidence) => {
        kept.push(evidence);
        return undefined;
      },
    },
    checkpoint,
    timeoutMs: 5_000,
  });
}

const gold = assetIdOf(nativeHasher, alice, "GOLD");

/** Alice makes an asset and gives bob some of it. */
async function makeGold(): Promise<void> {
  const create = {
    kind: "create-asset",
    code: "GOLD",
    decimals: 3,
    name: "Gold",
    maxSupply: 0n,
  } as const;
  const mint = { kind: "mint", asset: gold, to: alice, amount: 5_000n } as const;
  await node.makeBlock([
    node.transfer(0, ""),
    node.signed(1, [
      { from: undefined, body: create },
      { from: undefined, body: mint },
    ]),
    node.signed(2, [
      { from: undefined, body: { kind: "transfer", to: bob, asset: gold, amount: 1_500n } },
    ]),
  ]);
}

const holdings = [{ asset: gold, amount: 1_500n, code: "GOLD", decimals: 3, issuer: alice }];

test("an account is proven with everything that it holds, and an unknown one with nothing", async () => {
  await makeGold();
  const found = await proveAccount(clientOf(), { account: bob, address: addressOf(bob) });
  expect(found).toMatchObject({ ok: true, value: { account: { balance: 1n }, holdings } });
  const nobody = "12".repeat(32) as typeof bob;
  const none = await proveAccount(clientOf(), { account: nobody, address: addressOf(nobody) });
  expect(none).toMatchObject({
    ok: true,
    value: { account: { exists: false, balance: 0n, nonce: 0 }, holdings: [] },
  });
});

test("an asset that one node leaves out is shown all the same, and the node is named", async () => {
  await makeGold();
  const [liar] = servers;
  const hiding: HttpFetch = async (url, request) => {
    const response = await fetch(url, request);
    const isHidden = url.startsWith(liar?.url ?? "") && url.includes("/accounts/");
    if (!isHidden || !response.ok) return response;
    const json = (await response.json()) as { readonly proof: string };
    const proof = decodeProof(fromHex(json.proof));
    if (!proof.ok) throw new Error("a node answers with a proof");
    const items = proof.value.items.filter(
      (item) => item.kind !== "state" || !item.key.startsWith("01"),
    );
    return Response.json({ ...json, proof: toHex(encodeProof({ ...proof.value, items })) });
  };
  const account = { account: bob, address: addressOf(bob) };
  const found = await proveAccount(clientOf(hiding), account);
  expect(found).toMatchObject({ ok: true, value: { holdings } });
  expect(found.ok && found.value.standing.findings[0]).toMatchObject({
    node: liar?.url,
    kind: "lying",
    code: "balance_withheld",
  });
  expect(kept.map(({ code }) => code)).toEqual(["balance_withheld"]);
});

test("a history in pages: each transaction once, none missing", async () => {
  const count = 7;
  for (let nonce = 0; nonce < count; nonce += 1) {
    await node.makeBlock([node.transfer(nonce, String(nonce))]);
  }
  const client = clientOf();
  const account = { account: alice, address: addressOf(alice) };
  const nonces: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await proveHistory(client, { ...account, limit: 3, cursor });
    if (!page.ok) throw new Error(page.reason.kind);
    expect(page.value.missing).toEqual([]);
    expect(page.value.standing.findings.map(({ kind }) => kind)).toEqual(["proven", "proven"]);
    for (const { named } of page.value.items) {
      if (isSigned(named)) nonces.push(named.signed.transaction.nonce);
    }
    cursor = page.value.next ?? undefined;
  } while (cursor !== undefined);
  expect(nonces).toEqual([6, 5, 4, 3, 2, 1, 0]);
});

test("whoever hides an outgoing transaction is found out by the nonces, also at the end of a page", async () => {
  const transfers = [0, 1, 2, 3].map((nonce) => node.transfer(nonce, String(nonce)));
  for (const each of transfers) await node.makeBlock([each]);
  const hidden = new Set([transfers[3]?.id, transfers[0]?.id]);
  const hiding: HttpFetch = async (url, request) => {
    const response = await fetch(url, request);
    if (!url.includes("/transactions?")) return response;
    const json = (await response.json()) as { readonly items: readonly { readonly id: string }[] };
    const items = json.items.filter(({ id }) => !hidden.has(id as never));
    return Response.json({ ...json, items });
  };
  const account = { account: alice, address: addressOf(alice) };
  const page = await proveHistory(clientOf(hiding), { ...account, limit: 10, cursor: undefined });
  expect(page).toMatchObject({ ok: true, value: { missing: [3, 0] } });
});

const options = { timeoutMs: 5_000 };

test("a receipt proves that transaction and no other one", async () => {
  const [first, second] = [node.transfer(0, "first"), node.transfer(1, "second")];
  await node.makeBlock([first, second]);
  const [url = ""] = servers.map((server) => server.url);
  const client = clientOf();
  expect(await proveInclusion(client, url, second.id, options)).toMatchObject({
    kind: "included",
    index: 1,
    named: { id: second.id },
    proven: { blockId: node.tip().id },
  });
  const swapped: HttpFetch = async (path, request) =>
    await fetch(path.replace(second.id, first.id), request);
  const reply = await proveInclusion(clientOf(swapped), url, second.id, options);
  expect(reply).toMatchObject({ kind: "lying", code: "wrong_subject" });

  const mixed: HttpFetch = async (path, request) => {
    const response = await fetch(path, request);
    const other = await fetch(path.replace(second.id, first.id), request);
    const [own, theirs] = [await response.json(), await other.json()] as Record<string, string>[];
    return Response.json({ ...own, proof: theirs?.["proof"] });
  };
  const both = await proveInclusion(clientOf(mixed), url, second.id, options);
  expect(both).toMatchObject({ kind: "lying", code: "wrong_subject" });
});

test("a receipt of another history than the one that was seen is a fork, below and above what was seen", async () => {
  const other = await PayingNode.start(new Map([[alice, fundedWith]]));
  const elsewhere = other.transfer(0, "elsewhere");
  await other.makeBlock([elsewhere]);
  const server = await serve(other);
  try {
    const client = clientOf();
    await node.makeBlock();
    await proveAccount(client, { account: bob, address: addressOf(bob) });
    const below = await proveInclusion(client, server.url, elsewhere.id, options);
    expect(below.kind).toBe("forked");
    const later = other.transfer(1, "later");
    for (let blocks = 0; blocks < 3; blocks += 1) await other.makeBlock();
    await other.makeBlock([later]);
    expect((await proveInclusion(client, server.url, later.id, options)).kind).toBe("forked");
  } finally {
    await server.close();
  }
});

/** Another history of the same network, with a transaction that this one has not. */
async function elsewhere(): Promise<{ readonly server: HttpServer; readonly id: string }> {
  const other = await PayingNode.start(new Map([[alice, fundedWith]]));
  const transfer = other.transfer(0, "elsewhere");
  for (let blocks = 0; blocks < 4; blocks += 1) await other.makeBlock();
  await other.makeBlock([transfer]);
  const server = await serve(other);
  servers = [...servers, server];
  return { server, id: transfer.id };
}

/** Proofs without the blocks that they were asked about. */
const hushed: HttpFetch = async (url, request) => {
  const response = await fetch(url, request);
  const json = (await response.json()) as { readonly proof?: string };
  if (json.proof === undefined) return Response.json(json, response);
  const proof = decodeProof(fromHex(json.proof));
  if (!proof.ok) throw new Error("a node answers with a proof");
  const items = proof.value.items.filter(({ kind }) => kind !== "history");
  return Response.json({ ...json, proof: toHex(encodeProof({ ...proof.value, items })) });
};

test("a checkpoint is held against receipts: one that passes over it in silence is not believed", async () => {
  const { server, id } = await elsewhere();
  const own = node.transfer(0, "own");
  await node.makeBlock([own]);
  for (let blocks = 0; blocks < 4; blocks += 1) await node.makeBlock();
  const [url = ""] = servers.map((each) => each.url);
  const found = node.blockAt(height(4));
  const checkpoint = { height: height(4), blockId: found?.block.id ?? node.tip().id };

  const loud = await proveInclusion(clientOf(honest, checkpoint), server.url, id, options);
  expect(loud).toMatchObject({ kind: "lying", code: "checkpoint_contradicted" });
  const silent = await proveInclusion(clientOf(hushed, checkpoint), server.url, id, options);
  expect(silent).toMatchObject({ kind: "lying", code: "history_withheld" });
  expect(remembered).toBeUndefined();

  const good = await proveInclusion(clientOf(honest, checkpoint), url, own.id, options);
  expect(good).toMatchObject({ kind: "included", proven: { header: { height: 2 } } });
});

test("a receipt that ends below the checkpoint is none, and what it leads to is not remembered", async () => {
  const { server, id } = await elsewhere();
  const checkpoint = { height: height(50), blockId: node.tip().id };
  const client = clientOf(honest, checkpoint);
  const reply = await proveInclusion(client, server.url, id, options);
  expect(reply).toMatchObject({
    kind: "lagging",
    lag: { height: 6, behind: 44, than: "checkpoint" },
  });
  expect(remembered).toBeUndefined();
  const proofs = new OutcomeProofs(client, { id, own: undefined }, () => {});
  const words = {
    node: server.url,
    kind: "final",
    height: 6,
    blockId: "00".repeat(32),
    timestampMs: 1,
  } as const;
  expect(await proofs.prove(words, options)).toMatchObject({ kind: "unproven" });
});

test("a receipt that ends below what was seen is none: nothing ties it to that history", async () => {
  for (let blocks = 0; blocks < 20; blocks += 1) await node.makeBlock();
  const client = clientOf();
  const { server, id } = await elsewhere();
  await proveAccount(client, { account: bob, address: addressOf(bob) });
  expect(remembered?.height).toBe(21);
  const reply = await proveInclusion(client, server.url, id, options);
  expect(reply).toMatchObject({
    kind: "lagging",
    lag: { height: 6, behind: 15, than: "remembered" },
  });
  expect(remembered?.height).toBe(21);
});

test("an old receipt is proven together with what was seen since", async () => {
  const old = node.transfer(0, "old");
  await node.makeBlock([old]);
  for (let blocks = 0; blocks < 5; blocks += 1) await node.makeBlock();
  const client = clientOf();
  await proveAccount(client, { account: bob, address: addressOf(bob) });
  const [url = ""] = servers.map((server) => server.url);
  const reply = await proveInclusion(client, url, old.id, options);
  expect(reply).toMatchObject({
    kind: "included",
    proven: { header: { height: 2 }, certified: { blockId: node.tip().id } },
  });
});
