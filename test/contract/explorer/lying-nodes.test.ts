/**
 * What the explorer says of nodes that lie, lag, keep silent or follow another history: of the one that shows the page,
 * and of others that are asked for the same proof.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProvableClaim, Verdict } from "../../../node/explorer/checking/claims.ts";
import { evidenceText } from "../../../node/explorer/checking/evidence-shelf.ts";
import { proveRows } from "../../../node/explorer/checking/prove-rows.ts";
import type { FinalTransactionJson } from "../../../src/api/json.ts";
import { fromHex, toHex } from "../../../src/base/bytes.ts";
import { decodeProof, encodeProof, type Proof } from "../../../src/proof/proof.ts";
import { type BlockId, type Digest, height } from "../../../src/protocol/ids.ts";
import type { OperationBody } from "../../../src/protocol/operations.ts";
import type { PayingNode } from "../../integration/wallet/paying-node.ts";
import { alice, serve } from "../../integration/wallet/twin-network.ts";
import { ExplorerWorld, gold, statesOf } from "./scenes.ts";

let world: ExplorerWorld;
/** The same genesis, other blocks: what only validators that break the rules can sign. */
let other: ExplorerWorld;
let payment: Extract<ProvableClaim, { kind: "transaction" }>;
let account: Extract<ProvableClaim, { kind: "account" }>;
let block: Extract<ProvableClaim, { kind: "block" }>;

beforeAll(async () => {
  world = await ExplorerWorld.start();
  other = await ExplorerWorld.start();
  await other.node.makeBlock();
  await other.node.makeBlock();
  const [first] = await world.transactions();
  if (first === undefined) throw new Error("there is a payment");
  payment = { kind: "transaction", transaction: first };
  account = { kind: "account", account: await world.account(alice) };
  block = { kind: "block", block: await world.block(3) };
});
afterAll(async () => {
  await world.stop();
  await other.stop();
});

const altered =
  (alter: (proof: Proof) => Proof) =>
  (_url: URL, json: unknown): unknown => {
    const answer = json as { readonly proof?: string };
    if (answer.proof === undefined) return json;
    const proof = decodeProof(fromHex(answer.proof));
    if (!proof.ok) throw new Error("a node answers with a proof");
    return { ...answer, proof: toHex(encodeProof(alter(proof.value))) };
  };

/** Too few have signed. */
const unsigned = altered((proof) => {
  const { certificate } = proof.finality;
  const signatures = certificate.signatures.slice(1);
  return { ...proof, finality: { ...proof.finality, certificate: { ...certificate, signatures } } };
});

const problem = (status: number, code: string): Response =>
  Response.json(
    {
      ...{ type: "about:blank", title: code, status, detail: code, code, fix: "Wait." },
      ...{ field: null, id: null, transactionStatus: null, supersededBy: null },
    },
    { status, headers: { "content-type": "application/problem+json" } },
  );

const tonesOf = (verdict: Verdict): readonly string[] =>
  "nodes" in verdict ? verdict.nodes.map(({ tone }) => tone) : [];

test("a proof that too few have signed proves nothing, and is kept as evidence", async () => {
  for (const claim of [payment, account, block]) {
    const verdict = await world.check(claim, { alter: unsigned });
    expect(verdict).toMatchObject({ kind: "false", why: expect.stringContaining("too few") });
    expect(statesOf(verdict)).toMatch(/^(waiting )+bad waiting waiting$/);
    const [word] = "nodes" in verdict ? verdict.nodes : [];
    const kept = JSON.parse(evidenceText(word?.evidence ?? "") ?? "{}");
    expect(kept).toMatchObject({ kind: "quorate-evidence", nodes: [world.page] });
    expect(JSON.stringify(kept)).toContain("proof");
  }
});

test("a page that shows what its node does not prove leaves both as evidence", async () => {
  const transaction = { ...payment.transaction, timestampMs: 1 };
  const verdict = await world.check({ kind: "transaction", transaction });
  expect(statesOf(verdict)).toBe("good bad waiting waiting waiting waiting");
  const [word] = "nodes" in verdict ? verdict.nodes : [];
  const kept = JSON.parse(evidenceText(word?.evidence ?? "") ?? "{}");
  expect(kept.answers.map(({ body }: { body: string }) => Object.keys(JSON.parse(body)))).toEqual([
    Object.keys(transaction),
    ["kind", "version", "chainId", "transaction", "proof"],
  ]);
});

test("what is proven, and is not what was asked for, is not true", async () => {
  expect((await world.check(account)).kind).toBe("proven");
  const asked = ["quo1somebodyelse"];
  const verdict = await world.check({ ...account, asked });
  expect(verdict).toMatchObject({ kind: "false" });
  expect("why" in verdict ? verdict.why : "").toContain("quo1somebodyelse");
});

test("a node without an answer, or without a proof at the moment, leaves it open", async () => {
  const silent = () => {
    throw new TypeError("fetch failed");
  };
  for (const claim of [payment, account, block]) {
    expect(await world.check(claim, { fetch: silent })).toMatchObject({
      kind: "open",
      why: "This node does not answer.",
    });
  }
  const unready = () => problem(503, "proof_not_ready");
  expect(await world.check(payment, { fetch: unready })).toMatchObject({ kind: "open" });
});

test("a node that shows a transaction as final and has no proof of it lies", async () => {
  const none = () => problem(404, "transaction_unknown");
  expect(await world.check(payment, { fetch: none })).toMatchObject({ kind: "false" });
});

test("a node that is behind what was proven before proves nothing", async () => {
  const remembered = await other.remembered();
  const behind = { ...remembered, height: height(remembered.height + 100) };
  for (const claim of [payment, account, block]) {
    const verdict = await world.check(claim, { remembered: behind });
    const why = expect.stringMatching(/^This node is at #.* this browser has .*seen.*proven/);
    expect(verdict).toMatchObject({ kind: "open", isOld: false, why });
  }
});

test("a node whose history contradicts what was proven before shows nothing true", async () => {
  const remembered = { ...(await world.remembered()), blockId: "77".repeat(32) as BlockId };
  for (const claim of [payment, account, block]) {
    const verdict = await world.check(claim, { remembered });
    expect(verdict).toMatchObject({ kind: "false", why: expect.stringContaining("Two histories") });
  }
});

test("another network than the one that was seen first is not asked for anything", async () => {
  const asked: string[] = [];
  const verdict = await world.check(payment, {
    acquaintance: { kind: "other", known: { chainId: "ab".repeat(32), sinceMs: 5 } },
    fetch: (url) => {
      asked.push(url.href);
      return undefined;
    },
  });
  expect(verdict).toMatchObject({
    kind: "false",
    why: expect.stringContaining("another network than the one that this browser knows"),
  });
  expect(statesOf(verdict)).toBe("waiting waiting waiting waiting waiting bad");
  expect(asked).toEqual([]);
});

test("a checkpoint must be in the history", async () => {
  const { id } = await world.block(2);
  const checkpoint = { height: height(2), blockId: id as BlockId };
  expect(await world.check(payment, { checkpoint })).toMatchObject({ kind: "proven" });
  const wrong = { ...checkpoint, blockId: "77".repeat(32) as BlockId };
  expect((await world.check(payment, { checkpoint: wrong })).kind).not.toBe("proven");
  expect((await world.check(account, { checkpoint: wrong })).kind).not.toBe("proven");
});

test("others that prove the same agree, and one that does not answer is named", async () => {
  const [, second] = world.servers;
  const others = [second?.url ?? "", "http://127.0.0.1:9"];
  for (const claim of [payment, account, block]) {
    const verdict = await world.check(claim, { others });
    expect(verdict.kind).toBe("proven");
    expect(tonesOf(verdict)).toEqual(["good", "good", "warn"]);
  }
});

test("another node that lies is named, and what the page shows stays proven", async () => {
  const [, second] = world.servers;
  const liar = second?.url ?? "";
  const alter = (url: URL, json: unknown) => (url.origin === liar ? unsigned(url, json) : json);
  for (const claim of [payment, account, block]) {
    const verdict = await world.check(claim, { others: [liar], alter });
    expect(verdict.kind).toBe("proven");
    expect(tonesOf(verdict)).toEqual(["good", "bad"]);
    const kept = "nodes" in verdict ? verdict.nodes[1]?.evidence : undefined;
    expect(evidenceText(kept ?? "")).toContain(liar);
  }
});

test("what others prove does not make up for a lie of the page's own node", async () => {
  const [, second] = world.servers;
  const others = [second?.url ?? ""];
  const alter = (url: URL, json: unknown) =>
    url.origin === world.page ? unsigned(url, json) : json;
  for (const claim of [payment, account, block]) {
    const verdict = await world.check(claim, { others, alter });
    expect(verdict.kind).toBe("false");
    expect(tonesOf(verdict)).toEqual(["bad", "good"]);
  }
});

test("a proof of another block than was asked for is none", async () => {
  const { proof } = await world.json<{ readonly proof: string }>("/v1/blocks/2/proof");
  const verdict = await world.check(block, {
    alter: (_, json) => ({ ...(json as object), proof }),
  });
  expect(verdict).toMatchObject({ kind: "false", why: expect.stringContaining("another height") });
});

test("two nodes of two histories cannot both be right: nothing is proven", async () => {
  const verdict = await world.check(account, { others: [other.page] });
  expect(verdict).toMatchObject({ kind: "false", why: expect.stringContaining("Two histories") });
});

/** A world of its own, whose account is shown while it goes on. */
async function moving(
  run: (own: { world: ExplorerWorld; node: PayingNode; shown: typeof account }) => Promise<void>,
): Promise<void> {
  const own = await ExplorerWorld.start();
  const shown = { kind: "account", account: await own.account(alice) } as const;
  try {
    await run({ world: own, node: own.node, shown });
  } finally {
    await own.stop();
  }
}

test("an account that has changed since it was shown is old, and no lie", async () => {
  await moving(async ({ world: own, node, shown }) => {
    await node.makeBlock([node.transfer(4, "later")]);
    expect(await own.check(shown)).toMatchObject({ kind: "open", isOld: true });
    await node.makeBlock();
    const now = { kind: "account", account: await own.account(alice) } as const;
    await node.makeBlock();
    expect(await own.check(now)).toMatchObject({ kind: "proven" });
  });
});

test("an asset and a record that have changed since they were shown are old, and no lie", async () => {
  await moving(async ({ world: own, node }) => {
    const asset = await own.asset();
    const [newest, earlier] = [await own.record(2), await own.record(1)];
    const bodies: readonly OperationBody[] = [
      { kind: "mint", asset: gold, to: alice, amount: 1n },
      {
        ...{ kind: "record" as const, topic: newest.topic, key: newest.key, version: 3 },
        contentHash: "c1".repeat(32) as Digest,
        data: new Uint8Array(0),
      },
    ];
    await node.makeBlock([
      node.signed(
        4,
        bodies.map((body) => ({ from: undefined, body })),
      ),
    ]);
    for (const claim of [
      { kind: "asset", asset },
      { kind: "record", record: newest },
      { kind: "record", record: earlier },
    ] as const) {
      expect(await own.check(claim)).toMatchObject({ kind: "open", isOld: true });
    }
    const now = { kind: "record", record: await own.record(3) } as const;
    expect(await own.check(now)).toMatchObject({ kind: "proven" });
  });
});

test("a lie is one whatever block it claims to be of", async () => {
  await moving(async ({ world: own, node, shown }) => {
    const lie = (json: unknown, by: number) => {
      const { tip, ...rest } = json as typeof shown.account;
      return { ...rest, nonce: 99, tip: { ...tip, height: tip.height + by } };
    };
    const isAccount = (url: URL) => /\/accounts\/[^/]+$/.test(url.pathname);
    const check = async (by: number, meanwhile?: (url: URL) => Promise<void>) => {
      const account = lie(shown.account, by) as typeof shown.account;
      const alter = (url: URL, json: unknown) => (isAccount(url) ? lie(json, by) : json);
      const verdict = await own.check({ kind: "account", account }, { alter, meanwhile });
      return "why" in verdict ? `${verdict.kind}: ${verdict.why}` : verdict.kind;
    };
    expect(await check(0)).toMatch(/^false: .*shown 99/);
    expect(await check(-1)).toMatch(/^false: .*and now answers as of/);
    expect(await check(1)).toMatch(/^open: .*proves nothing above/);
    // There is always a block between an answer and the next proof, and before and after it the same is proven.
    await node.makeBlock();
    const blockEach = async (url: URL) => {
      if (isAccount(url)) await node.makeBlock();
    };
    expect(await check(0, blockEach)).toMatch(/^false: .*shown 99/);
  });
});

test("listed transactions are proven one by one, and an altered or a foreign one is named", async () => {
  const rows = (await world.transactions()).toReversed();
  const shown = { ...account, listed: { rows, isEnd: true } };
  const all = await proveRows(world.scene(), shown, () => {});
  expect(all).toMatchObject({ proven: rows.length, total: rows.length, flaws: [] });
  expect(all.complete).toContain("without a gap, 0 to 3");
  const first = rows[0] as FinalTransactionJson;
  const lies = [{ ...first, index: 7 }, ...rows.slice(2)];
  const some = await proveRows(
    world.scene(),
    { ...account, listed: { rows: lies, isEnd: true } },
    () => {},
  );
  expect(some).toMatchObject({
    proven: lies.length - 1,
    flaws: [expect.stringContaining(first.id)],
  });
  expect(some.complete).toContain("numbers are missing");
});

test("the transactions of a block are all of it when they hash to its root", async () => {
  const second = await world.block(2);
  const all = (await world.transactions()).slice(0, 2);
  const listed = (rows: readonly FinalTransactionJson[]) =>
    ({ kind: "block", block: second, listed: { rows, isEnd: true } }) as const;
  const whole = await proveRows(world.scene(), listed(all), () => {});
  expect(whole).toMatchObject({
    proven: 2,
    total: 2,
    complete: expect.stringContaining("all that"),
  });
  const cut = listed(all.slice(0, 1));
  expect((await proveRows(world.scene(), cut, () => {})).complete).toContain("lists 1 of them");
});

test("a node that takes no part is asked nothing", async () => {
  const asked = new Set<string>();
  const lone = await serve(world.node);
  await world.check(account, {
    fetch: (url) => {
      asked.add(url.origin);
      return undefined;
    },
  });
  await lone.close();
  expect([...asked]).toEqual([world.page]);
});
