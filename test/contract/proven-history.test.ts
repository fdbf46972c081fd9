/**
 * Histories over HTTP nodes with a real ledger behind them, one of which lies about what an account's transactions are.
 * @module
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../node/adapters/clock.ts";
import { nativeHasher, nativeVerifier } from "../../node/adapters/native-crypto.ts";
import type { HttpServer } from "../../node/http/server.ts";
import type { HttpFetch } from "../../src/api/client.ts";
import type { Evidence } from "../../src/client/evidence.ts";
import { LightClient } from "../../src/client/light-client.ts";
import { type ProvenHistory, proveHistory } from "../../src/client/proven-history.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { isSigned, type NamedSigned } from "../../src/protocol/transaction.ts";
import { PayingNode } from "../integration/wallet/paying-node.ts";
import { addressOf, alice, bob, fundedWith, serve } from "../integration/wallet/twin-network.ts";

let node: PayingNode;
let servers: readonly HttpServer[];
let kept: Evidence[];

beforeEach(async () => {
  node = await PayingNode.start(new Map([[alice, fundedWith]]));
  servers = [await serve(node), await serve(node)];
  kept = [];
});
afterEach(async () => {
  await Promise.all(servers.map(async (server) => await server.close()));
});

const carol = "ca".repeat(32) as AccountId;

/** Alice pays bob so many times, each in a block of its own. */
async function pay(count: number): Promise<readonly NamedSigned[]> {
  const paid = Array.from({ length: count }, (_, nonce) => node.transfer(nonce, String(nonce)));
  for (const each of paid) await node.makeBlock([each]);
  return paid;
}

interface Item {
  readonly id: string;
  readonly height: number;
  readonly index: number;
}

interface Page {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** What a liar makes of a page. `all`: what an honest one has of alice, newest first. */
type Lie = (page: Page, all: readonly Item[]) => Page;

const urlOf = (position: number): string => servers[position]?.url ?? "";

/** The first node lies so about every list; the others are honest. */
function lying(lie: Lie): HttpFetch {
  return async (url, request) => {
    const response = await fetch(url, request);
    if (!url.startsWith(urlOf(0)) || !url.includes("/transactions?")) return response;
    const whole = await fetch(`${urlOf(0)}/v1/accounts/${addressOf(alice)}/transactions`);
    const all = (await whole.json()) as Page;
    const page = (await response.json()) as Page;
    return Response.json({ ...page, ...lie(page, all.items) });
  };
}

interface Nodes {
  readonly nodes?: readonly string[];
  readonly timeoutMs?: number;
}

function clientOf(httpFetch: HttpFetch, { nodes, timeoutMs = 5_000 }: Nodes = {}): LightClient {
  return new LightClient({
    genesis: node.genesis,
    chainId: node.chainId,
    nodes: nodes ?? servers.map(({ url }) => url),
    web: { httpFetch, timeoutSignal: (ms) => AbortSignal.timeout(ms) },
    clock: systemClock,
    hasher: nativeHasher,
    verifier: nativeVerifier,
    tips: { load: async () => undefined, save: async () => {} },
    evidence: {
      save: async (evidence) => {
        kept.push(evidence);
        return undefined;
      },
    },
    timeoutMs,
  });
}

interface Asked {
  readonly limit?: number;
  readonly cursor?: string | undefined;
  readonly account?: AccountId;
}

async function historyOf(
  client: LightClient,
  { limit = 3, cursor, account = alice }: Asked = {},
): Promise<ProvenHistory> {
  const wish = { account, address: addressOf(account), limit, cursor };
  const found = await proveHistory(client, wish);
  if (!found.ok) throw new Error(found.reason.kind);
  return found.value;
}

const noncesOf = ({ items }: ProvenHistory): readonly number[] =>
  items.map(({ named }) => (isSigned(named) ? named.signed.transaction.nonce : -1));

const kindsOf = ({ standing }: ProvenHistory): readonly string[] =>
  standing.findings.map((finding) =>
    finding.kind === "lying" ? `lying: ${finding.code}` : finding.kind,
  );

/** All pages: nonces in the order shown, what is said of the nodes, and which are missing. */
async function wholeHistory(client: LightClient) {
  const nonces: number[] = [];
  const missing: number[] = [];
  const kinds = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 0; pages < 10; pages += 1) {
    const page = await historyOf(client, { cursor });
    nonces.push(...noncesOf(page));
    missing.push(...page.missing);
    for (const [i, kind] of kindsOf(page).entries()) kinds.add(`${i} ${kind}`);
    if (page.next === null) return { nonces, missing, kinds: [...kinds].toSorted() };
    cursor = page.next;
  }
  throw new Error("the pages do not end");
}

test("inventions at the top of one node's list push nothing out, and it is named for each page", async () => {
  await pay(5);
  const inventing = lying((page) => ({
    ...page,
    items: page.items.map((item, i) => ({
      ...item,
      id: String(i).repeat(64),
      height: 1_000_000 - i,
    })),
  }));
  expect(await wholeHistory(clientOf(inventing))).toEqual({
    nonces: [4, 3, 2, 1, 0],
    missing: [],
    kinds: ["0 lying: outcome_contradicted", "1 proven"],
  });
  expect(new Set(kept.map(({ nodes }) => nodes.join()))).toEqual(new Set([urlOf(0)]));
});

test("old transactions that one node puts on top push nothing out, and it is named", async () => {
  await pay(7);
  const swapping = lying((page, all) => ({
    ...page,
    items: all.slice(-3).map((item, i) => ({ ...item, height: 1_000_000 - i })),
  }));
  const shown = await historyOf(clientOf(swapping));
  expect(noncesOf(shown)).toEqual([6, 5, 4]);
  expect(shown.missing).toEqual([]);
  expect(kindsOf(shown)).toEqual(["lying: wrong_subject", "proven"]);
});

test("a node's word where the next page begins skips nothing", async () => {
  await pay(7);
  const skipping = lying((page) => ({ ...page, next: page.next === null ? null : "0.0" }));
  const both = await wholeHistory(clientOf(skipping));
  expect(both.nonces).toEqual([6, 5, 4, 3, 2, 1, 0]);
  const alone = await wholeHistory(clientOf(skipping, { nodes: [urlOf(0)] }));
  expect(alone.nonces).toEqual([6, 5, 4, 3, 2, 1, 0]);
});

test("a page without any item hides no outgoing transaction, also where it says that there is more", async () => {
  await pay(4);
  const hiding = lying(() => ({ items: [], next: "1.0" }));
  const alone = await historyOf(clientOf(hiding, { nodes: [urlOf(0)] }));
  expect(alone).toMatchObject({ items: [], next: null, missing: [3, 2, 1, 0] });
});

test("an outgoing transaction that is hidden between two pages is missing", async () => {
  const paid = await pay(6);
  const hidden = paid[3]?.id;
  const hiding = lying((page) => ({
    ...page,
    items: page.items.filter(({ id }) => id !== hidden),
  }));
  const found = await wholeHistory(clientOf(hiding, { nodes: [urlOf(0)] }));
  expect(found).toMatchObject({ nonces: [5, 4, 2, 1, 0], missing: [3] });
});

test("two nodes that hide different ones hide nothing, and both are named", async () => {
  const paid = await pay(5);
  const hide: Readonly<Record<string, string | undefined>> = {
    [urlOf(0)]: paid[3]?.id,
    [urlOf(1)]: paid[4]?.id,
  };
  const hiding: HttpFetch = async (url, request) => {
    const response = await fetch(url, request);
    if (!url.includes("/transactions?")) return response;
    const page = (await response.json()) as Page;
    const hidden = hide[new URL(url).origin];
    return Response.json({ ...page, items: page.items.filter(({ id }) => id !== hidden) });
  };
  expect(await wholeHistory(clientOf(hiding))).toMatchObject({
    nonces: [4, 3, 2, 1, 0],
    missing: [],
    kinds: expect.arrayContaining(["0 lying: inclusion_withheld", "1 lying: inclusion_withheld"]),
  });
});

test("transactions of others are not shown: the node that lists them is named, not the honest one", async () => {
  await pay(2);
  const mixing = lying((page, all) => ({ ...page, items: all }));
  const client = clientOf(mixing);
  const shown = await historyOf(client, { account: carol });
  expect(shown).toMatchObject({ items: [], missing: [], next: null });
  expect(kindsOf(shown)).toEqual(["lying: wrong_subject", "proven"]);
  expect(new Set(kept.map(({ nodes }) => nodes.join()))).toEqual(new Set([urlOf(0)]));

  const received = await historyOf(clientOf(fetch), { account: bob });
  expect(noncesOf(received)).toEqual([1, 0]);
  expect(kindsOf(received)).toEqual(["proven", "proven"]);
});

test("a node that keeps its list to itself is not waited for, and is called silent", async () => {
  await pay(2);
  const hanging: HttpFetch = async (url, request) => {
    if (!url.startsWith(urlOf(0)) || !url.includes("/transactions?")) {
      return await fetch(url, request);
    }
    return await new Promise((_, reject) => {
      request.signal?.addEventListener("abort", () => reject(new Error("aborted")));
    });
  };
  // Longer than this test may take.
  const shown = await historyOf(clientOf(hanging, { timeoutMs: 120_000 }));
  expect(noncesOf(shown)).toEqual([1, 0]);
  expect(kindsOf(shown)).toEqual(["silent", "proven"]);
});

test("no list at all is a failure, not an empty history", async () => {
  await pay(2);
  const failing: HttpFetch = async (url, request) =>
    url.includes("/transactions?") ? new Response("", { status: 500 }) : await fetch(url, request);
  const wish = { account: bob, address: addressOf(bob), limit: 3, cursor: undefined };
  const found = await proveHistory(clientOf(failing), wish);
  expect(found).toMatchObject({ ok: false, reason: { kind: "nothing-proven" } });
});
