/**
 * Lists of 100,000 transactions: a real node pages through them to the end and back, and writes them as CSV, each row
 * once and in order; and holds no more memory after it, or half way through it, than before.
 *
 * Memory is what is left after a collection, in the heap and outside of it.
 */
import { rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MeasuredNode } from "../../bench/measured-node.ts";
import type { BlockJson, FinalTransactionJson } from "../../src/api/json.ts";
import { readCsv } from "../fixtures/csv-reader.ts";
import { type LongLedger, makeLongLedger } from "../fixtures/long-ledger.ts";
import { pageItems, type TurnedPage, turnPages } from "../fixtures/page-walk.ts";
import { repository, temporaryDir, until } from "./support/local-net.ts";

const transactions = 100_000;
const transactionsPerBlock = 200;
const blocks = transactions / transactionsPerBlock;
/** Less than the id of each row would take: 64 digits, a byte each. */
const growthMax = 40 * transactions;
/** Decoded ones in the node's cache of blocks: about a sixth of the ledger. */
const cachedTransactions = 16_384;
/** A decoded payment takes about 3 kB. */
const transactionHeapBytesMax = 4_096;
/** Of one client at a time; what it asks for besides is refused. */
const exportsPerClient = 2;

let dir: string;
let ledger: LongLedger;
let node: MeasuredNode;
/** Of one export. */
let exportBytes: number;
/** Before the first request. */
let heldAtFirst: number;
/** After one export: the node has warmed up, and its caches are full. */
let heldBefore: number;

beforeAll(async () => {
  dir = temporaryDir();
  const home = join(dir, "home");
  ledger = await makeLongLedger(home, { blocks, transactionsPerBlock });
  node = await MeasuredNode.start(join(repository, "dist/node/main.js"), home);
  heldAtFirst = await held();
  exportBytes = (await (await fetch(`${accountList()}.csv`)).arrayBuffer()).byteLength;
  heldBefore = await held();
});
afterAll(async () => {
  await node?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const accountList = (): string => `${node.url}/v1/accounts/${ledger.address}/transactions`;

async function held(): Promise<number> {
  const { heap, outside } = await node.memory();
  return heap + outside;
}

async function expectNoGrowth(): Promise<void> {
  expect((await held()) - heldBefore).toBeLessThan(growthMax);
}

const numberOf = (row: FinalTransactionJson): number =>
  "memo" in row ? Number(row.memo.text) : Number.NaN;

type Transactions = AsyncGenerator<TurnedPage<FinalTransactionJson>, void, undefined>;

/** Every transaction is there once, newest first, and no page is short but the last. Resolves with the last page. */
async function expectAllFrom(pages: Transactions): Promise<TurnedPage<FinalTransactionJson>> {
  let expected = transactions;
  let last: TurnedPage<FinalTransactionJson> | undefined;
  for await (const page of pages) {
    for (const row of page.items) {
      expected -= 1;
      if (numberOf(row) !== expected) expect(numberOf(row)).toBe(expected);
    }
    expect(page.next === null || page.items.length === pageItems).toBe(true);
    last = page;
  }
  expect(expected).toBe(0);
  if (last === undefined) throw new Error("a list has a page");
  return last;
}

test("of all rows that a node has read it keeps what its cache of blocks may hold", () => {
  expect(heldBefore - heldAtFirst).toBeLessThan(cachedTransactions * transactionHeapBytesMax);
});

/** The same from the last page on, by what each page says is before it. */
async function expectAllBack(list: string, from: string | undefined): Promise<void> {
  let expected = 0;
  for await (const page of turnPages<FinalTransactionJson>(list, "prev", from)) {
    for (const row of page.items.toReversed()) {
      if (numberOf(row) !== expected) expect(numberOf(row)).toBe(expected);
      expected += 1;
    }
  }
  expect(expected).toBe(transactions);
}

test.each([
  ["an account's list", accountList],
  ["the list of all transactions", () => `${node.url}/v1/transactions`],
])("%s is turned over to its end and back: each row once, in order", async (_name, list) => {
  const last = await expectAllFrom(turnPages(list()));
  await expectNoGrowth();
  await expectAllBack(list(), last.cursor);
  await expectNoGrowth();
});

test("the list of blocks is turned over to its end and back", async () => {
  const list = `${node.url}/v1/blocks`;
  const heights: number[] = [];
  let last: string | undefined;
  for await (const page of turnPages<BlockJson>(list)) {
    heights.push(...page.items.map(({ height }) => height));
    last = page.cursor;
  }
  const newest = heights[0] ?? 0;
  expect(newest).toBeGreaterThanOrEqual(blocks);
  expect(heights).toEqual(Array.from({ length: newest + 1 }, (_, i) => newest - i));
  const back: number[] = [];
  for await (const page of turnPages<BlockJson>(list, "prev", last)) {
    back.push(...page.items.map(({ height }) => height).toReversed());
  }
  // The node may have made more blocks.
  expect(back.slice(0, heights.length)).toEqual(heights.toReversed());
});

test("three exports hold every row once, and the node holds none of them", async () => {
  for (let round = 0; round < 3; round += 1) {
    const response = await fetch(`${accountList()}.csv`);
    expect(response.status).toBe(200);
    const [columns = [], ...rows] = readCsv(await response.text());
    const memo = columns.indexOf("memo");
    expect(rows).toHaveLength(transactions);
    const wrong = rows.findIndex((row, i) => Number(row[memo]) !== transactions - 1 - i);
    expect(wrong).toBe(-1);
    await expectNoGrowth();
  }
});

/** A client that reads so many bytes of an export and then no more. */
class SlowReader {
  readonly #incoming: IncomingMessage;

  private constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
  }

  static ask(url: string): Promise<SlowReader> {
    return new Promise((resolve, reject) => {
      const request = get(url, { agent: false }, (incoming) => resolve(new SlowReader(incoming)));
      request.once("error", reject);
    });
  }

  get status(): number | undefined {
    return this.#incoming.statusCode;
  }

  /** Resolves when so many bytes have come. */
  async read(bytes: number): Promise<void> {
    let left = bytes;
    await new Promise<void>((resolve, reject) => {
      this.#incoming.once("end", () => reject(new Error("the export is shorter than that")));
      this.#incoming.on("data", (chunk: Buffer) => {
        left -= chunk.length;
        if (left > 0) return;
        this.#incoming.pause();
        resolve();
      });
    });
  }

  leave(): void {
    this.#incoming.on("error", () => undefined); // It is cut off in the middle.
    this.#incoming.destroy();
  }
}

test("four slow readers that leave half way: two at a time, and nothing of what they read is held", async () => {
  const url = `${accountList()}.csv`;
  for (let readers = 0; readers < 4; readers += exportsPerClient) {
    const reading = await Promise.all(
      Array.from({ length: exportsPerClient }, () => SlowReader.ask(url)),
    );
    expect(reading.map(({ status }) => status)).toEqual(reading.map(() => 200));
    await Promise.all(reading.map((reader) => reader.read(exportBytes / 2)));
    await expectNoGrowth();
    const refused = await SlowReader.ask(url);
    expect(refused.status).toBe(429);
    refused.leave();
    for (const reader of reading) reader.leave();
    await until("the places of those that left are free", 10_000, async () => {
      const next = await SlowReader.ask(url);
      next.leave();
      return next.status === 200;
    });
  }
  await expectNoGrowth();
});
