/**
 * Long lists in a browser: it holds what it shows and no more, however many rows and blocks went by.
 *
 * What it holds is told by the browser itself, after a collection.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, CDPSession, Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { launchBrowser } from "../../bench/browser.ts";
import { MeasuredNode } from "../../bench/measured-node.ts";
import { createNativeSigner } from "../../node/adapters/native-crypto.ts";
import type { FinalTransactionJson } from "../../src/api/json.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { accountIdOf, singleKeyPolicy } from "../../src/protocol/policy.ts";
import { type LongLedger, makeLongLedger } from "../fixtures/long-ledger.ts";
import { turnPages } from "../fixtures/page-walk.ts";
import { bob } from "../fixtures/small-ledger.ts";
import { repository, temporaryDir, until } from "../integration/support/local-net.ts";
import { clientOf, type Payer, PayingClient } from "../integration/support/paying-client.ts";
import { Reader } from "./support/browser.ts";

const payer: Payer = payerOf(new Uint8Array(32).fill(9));
/** Rows that a page adds. */
const pageRows = 25;
let dir: string;
let ledger: LongLedger;
let node: MeasuredNode;
let browser: Browser;
const readers: Reader[] = [];

beforeAll(async () => {
  dir = temporaryDir();
  const home = join(dir, "home");
  ledger = await makeLongLedger(home, { blocks: 500, transactionsPerBlock: 200, others: [payer] });
  node = await MeasuredNode.start(join(repository, "dist/node/main.js"), home);
  browser = await launchBrowser();
});
afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.close();
});
afterAll(async () => {
  await browser?.close();
  await node?.stop();
  rmSync(dir, { recursive: true, force: true });
});

function payerOf(seed: Uint8Array): Payer {
  const signer = createNativeSigner(seed);
  const policy = singleKeyPolicy(signer.publicKey);
  return { signer, policy, account: accountIdOf(nobleHasher, policy), address: "" };
}

async function open(hash: string): Promise<{ reader: Reader; session: CDPSession }> {
  const reader = await Reader.open(browser, `${node.url}/${hash}`);
  readers.push(reader);
  const session = await reader.page.context().newCDPSession(reader.page);
  await session.send("Performance.enable");
  await session.send("HeapProfiler.enable");
  return { reader, session };
}

interface Held {
  /** Bytes. */
  readonly heap: number;
  /** Of all documents, those that nothing shows any more too. */
  readonly nodes: number;
}

async function heldBy(session: CDPSession): Promise<Held> {
  // What is gone from the page is freed by the first, and what it held by those after it.
  for (let i = 0; i < 3; i += 1) await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (metric: string): number =>
    metrics.find(({ name }) => name === metric)?.value ?? Number.NaN;
  return { heap: of("JSHeapUsedSize"), nodes: of("Nodes") };
}

const transactions = (reader: Reader): Locator => reader.card("Transactions, newest first");

/** Asks for more with the keyboard, so many times; the focus is then on the first row that came. */
async function lengthen(reader: Reader, pages: number): Promise<void> {
  const rows = transactions(reader).locator("tbody tr");
  for (let page = 0; page < pages; page += 1) {
    const before = await rows.count();
    await transactions(reader).getByRole("button", { name: "Show more" }).focus();
    await reader.page.keyboard.press("Enter");
    await rows.nth(before).waitFor();
    await until("the focus is in the first new row", 5_000, () =>
      rows.nth(before).evaluate((row) => row.contains(document.activeElement)),
    );
  }
}

const shownIds = (reader: Reader): Promise<readonly string[]> =>
  transactions(reader)
    .locator("tbody tr a[href^='#/tx/']")
    .evaluateAll((links) => links.map((link) => link.getAttribute("href")?.slice(5) ?? ""));

/** The ids of so many, and how long their text is that the node sends. */
async function newestRows(count: number): Promise<{ ids: readonly string[]; bytes: number }> {
  const ids: string[] = [];
  let bytes = 0;
  const list = `${node.url}/v1/accounts/${ledger.address}/transactions`;
  for await (const page of turnPages<FinalTransactionJson>(list)) {
    ids.push(...page.items.map(({ id }) => id));
    bytes += page.bytes;
    if (ids.length >= count) break;
  }
  return { ids: ids.slice(0, count), bytes: (bytes * count) / ids.length };
}

test("twenty pages with the keyboard: each row once, the last page costs what the first did, and who leaves holds none", async () => {
  const { reader, session } = await open(`#/account/${ledger.address}`);
  await reader.settled();
  const rows = 21 * pageRows;
  const newest = await newestRows(rows);
  const left: Held[] = [];
  for (let visit = 0; visit < 2; visit += 1) {
    await reader.go(`#/account/${ledger.address}`);
    const short = await heldBy(session);
    await lengthen(reader, 10);
    const half = await heldBy(session);
    await lengthen(reader, 10);
    const long = await heldBy(session);
    expect(await shownIds(reader)).toEqual(newest.ids);
    expect(long.nodes - half.nodes).toBeLessThan(1.1 * (half.nodes - short.nodes));
    expect(long.heap - half.heap).toBeLessThan(1.5 * (half.heap - short.heap));
    await reader.go("#/assets");
    left.push(await heldBy(session));
  }
  // The first visit has warmed it up.
  const [first, second] = left;
  if (first === undefined || second === undefined) throw new Error("there were two visits");
  expect(second.nodes - first.nodes).toBeLessThan(pageRows);
  expect(second.heap - first.heap).toBeLessThan(newest.bytes);
  expect(reader.complaints).toEqual([]);
});

test("a thousand blocks come to the home page, one of its lists paused: both stay short, and nothing of them is kept", async () => {
  const { reader, session } = await open("#/");
  await reader.settled();
  await reader.card("Newest blocks").getByRole("button", { name: "Pause" }).click();
  const rows = reader.page.locator("main .live tbody tr");
  await until("both lists are full", 20_000, async () => (await rows.count()) === 20);
  const client = new PayingClient({
    ...{ payer, chainId: ledger.chainId, payee: bob.account },
    nodes: () => [node.url],
  });
  const start = await heightOf();
  client.start();
  try {
    // What may wait behind a paused list waits by then.
    await until("six hundred blocks", 120_000, async () => (await heightOf()) >= start + 600);
    const [before, paid] = [await heldBy(session), client.paid.length];
    await until("a thousand more", 120_000, async () => (await heightOf()) >= start + 1_600);
    await until("the page has them", 10_000, async () => {
      const height = await reader.page
        .locator("dl.figures")
        .getByText(/^[\d,]+$/)
        .first()
        .textContent();
      return Number(height?.replaceAll(",", "")) >= start + 1_600;
    });
    const after = await heldBy(session);
    expect(await rows.count()).toBe(20);
    expect(after.nodes - before.nodes).toBeLessThan(1_000);
    expect(after.heap - before.heap).toBeLessThan(100 * (client.paid.length - paid));
  } finally {
    await client.stop();
  }
  expect(reader.complaints).toEqual([]);
});

async function heightOf(): Promise<number> {
  const status = await clientOf(node.url).status();
  return status.ok ? status.value.tip.height : 0;
}
