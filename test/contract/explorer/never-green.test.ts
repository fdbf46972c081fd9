/**
 * Ways by which a node could bring a page to be green that does not deserve it: figures beside what is proven, lists of
 * true rows that are not the list, and another history that only another node shows.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProvableClaim, Verdict } from "../../../node/explorer/checking/claims.ts";
import { proveRows } from "../../../node/explorer/checking/prove-rows.ts";
import type { FinalTransactionJson } from "../../../src/api/json.ts";
import type { RememberedTip } from "../../../src/client/remembered-tip.ts";
import { type BlockId, epoch, height } from "../../../src/protocol/ids.ts";
import { alice, bob } from "../../integration/wallet/twin-network.ts";
import { ExplorerWorld, statesOf } from "./scenes.ts";

let world: ExplorerWorld;
/** The same genesis, other blocks: what only validators that break the rules can sign. */
let other: ExplorerWorld;
/** The oldest first. */
let rows: readonly FinalTransactionJson[];

beforeAll(async () => {
  world = await ExplorerWorld.start();
  other = await ExplorerWorld.start();
  const both = world.node.transfer(4, "in both histories");
  await world.node.makeBlock([both]);
  await other.node.makeBlock();
  await other.node.makeBlock([both]);
  await world.node.makeBlock();
  await other.node.makeBlock();
  rows = await world.transactions();
});
afterAll(async () => {
  await world.stop();
  await other.stop();
});

const whyOf = (verdict: Verdict): string => ("why" in verdict ? verdict.why : verdict.kind);
const row = (at: number): FinalTransactionJson => {
  const found = rows.at(at);
  if (found === undefined) throw new Error("there is such a row");
  return found;
};

/** Remembered before the two histories part, so that neither contradicts it. */
const atGenesis = async (): Promise<RememberedTip> => {
  const { id, timestampMs } = await world.block(0);
  const { validators } = world.node.genesis;
  return { height: height(0), blockId: id as BlockId, epoch: epoch(0), validators, timestampMs };
};

test("the newest block's time is proven with it: an old tip cannot be shown as one of now", async () => {
  const { height: at, id, timestampMs } = await world.block(world.node.tip().height);
  const tip = { kind: "tip", height: at, id, timestampMs } as const;
  const good = await world.check(tip);
  expect(good).toMatchObject({ kind: "proven", asOfMs: timestampMs });
  expect(statesOf(good)).toContain("word");
  const fresh = await world.check({ ...tip, timestampMs: timestampMs + 3_600_000 });
  expect(whyOf(fresh)).toContain("timestampMs");
});

test("a leader's name that the node does not prove is not said to be proven", async () => {
  const block = await world.block(3);
  // It can be proven only by the state, for its block's own set had another name.
  const claim = { kind: "block", block: { ...block, leaderName: "somebody else" } } as const;
  const unready = (url: URL) =>
    url.pathname.includes("/proofs/state") || url.pathname.endsWith("/state/proof")
      ? Response.json({}, { status: 503 })
      : undefined;
  expect((await world.check(claim)).kind).toBe("false");
  const verdict = await world.check(claim, { fetch: unready });
  expect(verdict.kind).not.toBe("proven");
}, 30_000);

test("a node that follows another history is no agreement, and the page is not green", async () => {
  const claims: readonly ProvableClaim[] = [
    { kind: "block", block: await world.block(3) },
    { kind: "transaction", transaction: row(-1) },
    { kind: "transaction", transaction: row(1) },
  ];
  for (const claim of claims) {
    const verdict = await world.check(claim, {
      remembered: await atGenesis(),
      others: [other.page],
    });
    expect(verdict, claim.kind).toMatchObject({ kind: "false" });
    expect(whyOf(verdict)).toContain("Two histories");
    expect("nodes" in verdict && verdict.nodes[1]).toMatchObject({ tone: "bad" });
    expect("nodes" in verdict && verdict.nodes[1]?.evidence).toBeDefined();
  }
});

test("an account that ends early shows a whole page of balances, or is not true", async () => {
  const account = await world.account(bob);
  expect(account.balances.length).toBe(2);
  for (const count of [0, 1]) {
    const cut = { ...account, balances: account.balances.slice(0, count), moreBalances: "x" };
    const verdict = await world.check({ kind: "account", account: cut });
    expect(verdict, `${count} balances`).toMatchObject({ kind: "false" });
  }
});

test("that an account holds nothing else is said to be the node's word", async () => {
  const verdict = await world.check({ kind: "account", account: await world.account(alice) });
  const words = "steps" in verdict ? verdict.steps.filter(({ state }) => state === "word") : [];
  expect(words.map(({ detail }) => detail).join()).toContain("no other asset");
});

test("a record is the one that was asked for, in its newest version", async () => {
  const record = await world.record(2);
  const { address, topic, key } = record;
  const asked = [address, topic, key];
  expect((await world.check({ kind: "record", record, asked })).kind).toBe("proven");
  const old = { kind: "record", record: await world.record(1), asked } as const;
  expect(whyOf(await world.check(old))).toContain("version 1");
  // "docs / a" and "b" are not "docs" and "a / b", however they are joined.
  const joined = { ...record, topic: "docs", key: "a / b" };
  const verdict = await world.check({
    kind: "record",
    record: joined,
    asked: [address, "docs / a", "b"],
  });
  expect(whyOf(verdict)).toContain("It was asked for");
});

test("what was written beside a record cannot be shown without the transaction that wrote it", async () => {
  const record = await world.record(2);
  const data = { hex: "58", text: "X" };
  for (const lie of [{ data }, { data: null }]) {
    const shown = { ...record, transaction: null, ...lie };
    expect(whyOf(await world.check({ kind: "record", record: shown }))).toContain("no transaction");
  }
});

const proved = async (claim: Parameters<typeof proveRows>[1]) =>
  await proveRows(world.scene(), claim, () => {});

test("true transactions of another block are none of this block", async () => {
  const block = await world.block(2);
  const listed = { rows: [row(0), row(-1)], isEnd: true };
  const verdict = await proved({ kind: "block", block, listed });
  expect(verdict).toMatchObject({ proven: 1, total: 2 });
  expect(verdict.flaws[0]).toContain("another block");
});

test("true transactions of others are none of this account", async () => {
  const account = await world.account("12".repeat(32) as typeof alice);
  const verdict = await proved({ kind: "account", account, listed: { rows, isEnd: true } });
  expect(verdict.proven).toBe(0);
  expect(verdict.flaws[0]).toContain("not of this account");
});

test("a row that is repeated, or out of order, is named", async () => {
  const account = await world.account(alice);
  const newest = rows.toReversed();
  const [first, second, ...rest] = newest;
  if (first === undefined || second === undefined) throw new Error("two rows");
  for (const list of [
    [first, ...newest],
    [second, first, ...rest],
  ]) {
    const verdict = await proved({ kind: "account", account, listed: { rows: list, isEnd: true } });
    expect(verdict.proven).toBe(list.length - 1);
    expect(verdict.flaws[0]).toContain("order");
  }
});

test("what an account sent last, or first, cannot be left out", async () => {
  const account = await world.account(alice);
  const newest = rows.toReversed();
  const words = async (list: readonly FinalTransactionJson[], isEnd: boolean) =>
    (await proved({ kind: "account", account, listed: { rows: list, isEnd } })).complete;
  expect(await words(newest, true)).toContain("without a gap");
  expect(await words(newest.slice(1), true)).toContain("leaves some out");
  expect(await words(newest.slice(0, -1), true)).toContain("leaves some out");
  expect(await words(newest.slice(0, -1), false)).toContain("without a gap");
  expect(await words([], true)).toContain("leaves some out");
});
