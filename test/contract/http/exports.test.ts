/**
 * The CSV exports over a real chain: all rows of one moment, harmless in a spreadsheet, a few at a time, and over when
 * their client is gone.
 */
import { connect } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { ExportLimits } from "../../../node/http/exports/export-stream.ts";
import { utf8 } from "../../../src/base/bytes.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { assetOf, createAsset, give, mint, record } from "../../fixtures/content.ts";
import { readCsv } from "../../fixtures/csv-reader.ts";
import {
  alice,
  bob,
  carol,
  type Holder,
  native,
  transactionOf,
} from "../../fixtures/small-ledger.ts";
import { type ServedChain, serveChain } from "./stored-chain.ts";

const addressOf = ({ account }: Holder): string => formatAddress("quo", account);
const transactionsOf = (holder: Holder): string =>
  `/v1/accounts/${addressOf(holder)}/transactions.csv`;

let open: ServedChain | undefined;
afterEach(async () => {
  expect(open?.serving.errors).toEqual([]);
  await open?.serving.close();
  open = undefined;
});

async function start(limits?: ExportLimits): Promise<ServedChain> {
  open = await serveChain({ exports: limits });
  return open;
}

type Table = readonly Readonly<Record<string, string>>[];

async function table(response: Response): Promise<Table> {
  expect(response.status).toBe(200);
  const [columns = [], ...rows] = readCsv(await response.text());
  return rows.map((row) => {
    expect(row).toHaveLength(columns.length);
    return Object.fromEntries(columns.map((column, i) => [column, row[i] ?? ""]));
  });
}

/** A payment with a memo, durable. */
async function pay(
  { stored }: ServedChain,
  from: Holder,
  to: Holder,
  memo: string,
): Promise<string> {
  const { nonce } = stored.transaction(from, [native(to, 5n)]).signed.transaction;
  const operations = [native(to, 5n)];
  const sent = transactionOf(stored.chainId, {
    from,
    operations,
    nonce,
    memo: utf8(memo),
    fee: 3n,
  });
  stored.finalize([sent]);
  await stored.commit();
  return sent.id;
}

describe("an account's transactions", () => {
  test("have a row for each operation that touches the account, and the fee once, where it paid it", async () => {
    const chain = await start();
    const { stored, serving } = chain;
    const eur = assetOf(alice, "EUR");
    const both: Operation[] = [mint(eur, bob, 1_250n), native(bob, 7n), native(carol, 8n)];
    await stored.write(alice, createAsset("EUR"));
    await stored.write(alice, ...both);
    await stored.write(bob, give(eur, alice, 250n));
    const id = await pay(chain, bob, carol, "thanks");
    const response = await fetch(`${serving.url}${transactionsOf(bob)}`);
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(response.headers.get("content-disposition")).toBe(
      `attachment; filename="${addressOf(bob)}-transactions.csv"`,
    );
    const { height, id: tipId } = stored.chain.tip;
    expect(response.headers.get("quorate-tip")).toBe(`${height}/${tipId}`);
    const rows = await table(response);
    const seen = rows.map((row) => [row["kind"], row["direction"], row["amount"], row["fee"]]);
    expect(seen).toEqual([
      ["transfer", "out", "0.05", "0.03"],
      ["transfer", "out", "2.5", "0"],
      ["mint", "in", "12.5", ""],
      ["transfer", "in", "0.07", ""],
    ]);
    const { header } = stored.chain.tip;
    expect(rows[0]).toEqual({
      time_utc: new Date(header.timestampMs).toISOString(),
      time_unix_ms: String(header.timestampMs),
      block_height: String(height),
      index_in_block: "0",
      transaction_id: id,
      operation: "0",
      kind: "transfer",
      direction: "out",
      from: addressOf(bob),
      to: addressOf(carol),
      asset_id: "00".repeat(32),
      asset_code: "QRT",
      amount_base_units: "5",
      amount: "0.05",
      fee_base_units: "3",
      fee: "0.03",
      sender: addressOf(bob),
      nonce: "1",
      memo: "thanks",
      memo_hex: "7468616e6b73",
    });
    // The second operation of that transaction is the first one of bob's.
    expect(rows.slice(2).map((row) => row["operation"])).toEqual(["0", "1"]);
    expect(rows[2]).toMatchObject({ asset_id: eur, asset_code: "EUR", amount_base_units: "1250" });
  });

  test("of which it only paid the fee have a row without an operation", async () => {
    const { stored, serving } = await start();
    const others = [bob];
    const operations = [native(carol, 5n, bob)];
    const sent = transactionOf(stored.chainId, { from: alice, operations, others, fee: 4n });
    stored.finalize([sent]);
    await stored.commit();
    expect(await table(await fetch(`${serving.url}${transactionsOf(alice)}`))).toMatchObject([
      { transaction_id: sent.id, kind: "", direction: "", amount: "", fee_base_units: "4" },
    ]);
    expect(await table(await fetch(`${serving.url}${transactionsOf(bob)}`))).toMatchObject([
      { transaction_id: sent.id, kind: "transfer", direction: "out", fee_base_units: "" },
    ]);
  });

  test("are all there, over many pages, and none that became final after the beginning", async () => {
    const chain = await start();
    const ids: string[] = [];
    for (let block = 0; block < 3; block += 1) {
      const transactions = Array.from({ length: 60 }, (_, i) =>
        chain.stored.transaction(alice, [native(bob, 5n)], i),
      );
      chain.stored.finalize(transactions);
      await chain.stored.commit();
      ids.push(...transactions.map(({ id }) => id));
    }
    const { node } = chain.serving;
    const read = node.accountTransactions;
    node.accountTransactions = async (...span) => {
      await pay(chain, alice, bob, "later");
      return await read(...span);
    };
    const response = await fetch(`${chain.serving.url}${transactionsOf(alice)}`);
    const rows = await table(response);
    expect(rows.map((row) => row["transaction_id"])).toEqual(ids.toReversed());
  });

  test("with memos that a spreadsheet would run are harmless", async () => {
    const chain = await start();
    const memos = ["=1+1", "-2", '@SUM(1),"x"\r\n=2', "\u202e=3", "plain"];
    for (const memo of memos) await pay(chain, alice, bob, memo);
    const rows = await table(await fetch(`${chain.serving.url}${transactionsOf(alice)}`));
    // Control characters, and those that change the direction, are in the hex alone.
    expect(rows.map((row) => row["memo"])).toEqual(["plain", "", "", "'-2", "'=1+1"]);
    expect(rows.map((row) => Buffer.from(row["memo_hex"] ?? "", "hex").toString())).toEqual(
      memos.toReversed(),
    );
  });
});

test("blocks are exported from a height to a height", async () => {
  const chain = await start();
  for (let i = 0; i < 120; i += 1) await chain.stored.write(alice, native(bob, 5n));
  const all = await table(await fetch(`${chain.serving.url}/v1/blocks.csv`));
  expect(all.map((row) => row["height"])).toEqual(Array.from({ length: 121 }, (_, i) => `${i}`));
  const some = await table(await fetch(`${chain.serving.url}/v1/blocks.csv?from=7&to=9`));
  expect(some).toEqual(all.slice(7, 10));
  const block = chain.stored.chain.blockById(some[0]?.["block_id"] as never);
  expect(block?.header.height).toBe(7);
  expect(some[0]).toMatchObject({
    transactions: "1",
    time_unix_ms: String(block?.header.timestampMs),
    parent: all[6]?.["block_id"],
  });
});

test("records are exported as they were when the export began", async () => {
  const { stored, serving } = await start();
  const records = Array.from({ length: 150 }, (_, i) => ({
    topic: "=cmd",
    key: String(i).padStart(3, "0"),
  }));
  for (let i = 0; i < records.length; i += 50) {
    await stored.write(alice, ...records.slice(i, i + 50).map((names) => record(names, 1, 0xa1)));
  }
  const path = `/v1/records.csv?address=${addressOf(alice)}`;
  const response = await fetch(`${serving.url}${path}`);
  await stored.write(alice, record({ topic: "=cmd", key: "149" }, 2, 0xa2));
  await stored.write(alice, record({ topic: "new", key: "1" }, 1, 0xa3));
  const rows = await table(response);
  expect(rows.map((row) => row["key"])).toEqual(records.map(({ key }) => key));
  expect(new Set(rows.map((row) => row["version"]))).toEqual(new Set(["1"]));
  expect(rows[0]).toMatchObject({
    address: addressOf(alice),
    topic: "'=cmd",
    content_hash: "a1".repeat(32),
    block_height: "1",
  });
  const again = await table(await fetch(`${serving.url}${path}&topic=new`));
  expect(again).toMatchObject([{ topic: "new", key: "1", version: "1", block_height: "5" }]);
});

test("a record that is written again and again while it is exported is found in few steps", async () => {
  const { stored, serving } = await start();
  const hot = { topic: "hot", key: "1" };
  for (let version = 1; version <= 3; version += 1) {
    await stored.write(alice, record(hot, version, version));
  }
  const { records } = serving.node;
  let lookedUp = 0;
  const ofAccount = records.ofAccount.bind(records);
  const record1 = records.record.bind(records);
  records.record = (...asked) => {
    lookedUp += 1;
    return record1(...asked);
  };
  records.ofAccount = async (...asked) => {
    for (let version = 4; version <= 200; version += 1) {
      await stored.write(alice, record(hot, version, version % 256));
    }
    return await ofAccount(...asked);
  };
  const path = `/v1/records.csv?address=${addressOf(alice)}`;
  const rows = await table(await fetch(`${serving.url}${path}`));
  expect(rows).toMatchObject([{ key: "1", version: "3", content_hash: "03".repeat(32) }]);
  expect(lookedUp).toBeLessThanOrEqual(Math.ceil(Math.log2(200)));
});

test("an export that breaks is cut off in the middle, without a word of why", async () => {
  const chain = await start();
  await pay(chain, alice, bob, "first");
  const { node } = chain.serving;
  const read = node.accountTransactions;
  let pages = 0;
  node.accountTransactions = async (account, _from, limit) => {
    pages += 1;
    if (pages === 3) throw new Error("cannot read /var/lib/secret");
    const page = await read(account, undefined, limit);
    return { ...page, next: { height: 1, index: 0 } };
  };
  const printed = vi.spyOn(console, "error");
  const { hostname, port } = new URL(chain.serving.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${transactionsOf(alice)} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`);
  let text = "";
  for await (const part of socket) text += String(part);
  expect(text).toContain("first");
  expect(text).not.toContain("secret");
  expect(text.endsWith("0\r\n\r\n")).toBe(false);
  expect(chain.serving.errors.splice(0).join()).toContain("secret");
  expect(printed.mock.calls).toEqual([]);
  printed.mockRestore();
});

describe("a client", () => {
  const limits = { exportsMax: 3, exportsPerClientMax: 2, stallMs: 60_000, yieldMs: 60_000 };

  /** Reads the beginning of the answer and then nothing more. */
  async function hang(chain: ServedChain): Promise<() => void> {
    const { hostname, port } = new URL(chain.serving.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${transactionsOf(alice)} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`);
    await new Promise((resolve) => socket.once("data", resolve));
    socket.pause();
    return () => socket.destroy();
  }

  /** From now on alice has transactions without end; tells how many pages of them were read. */
  async function makeEndless({ stored, serving }: ServedChain): Promise<() => number> {
    const [transaction] = (await stored.write(alice, native(bob, 5n))).transactions;
    if (transaction === undefined) throw new Error("the block has a transaction");
    const { height, id, header } = stored.chain.tip;
    const place = { height, blockId: id, timestampMs: header.timestampMs, index: 0 };
    const items = Array.from({ length: 100 }, () => ({ transaction, ...place }));
    let pages = 0;
    serving.node.accountTransactions = async () => {
      pages += 1;
      return { items, next: { height, index: 1 } };
    };
    return () => pages;
  }

  /** Until no more is read. */
  async function rest(pages: () => number): Promise<void> {
    let before = -1;
    const fresh = (): number => {
      const read = pages() - before;
      before = pages();
      return read;
    };
    await expect.poll(fresh, { interval: 100, timeout: 20_000 }).toBe(0);
  }

  test("that does not read has no more read for it than it could take", async () => {
    const chain = await start(limits);
    const pages = await makeEndless(chain);
    const leave = await hang(chain);
    await rest(pages);
    // A page has about 40 kB, and the buffers of both ends hold some megabytes.
    expect(pages()).toBeLessThan(500);
    leave();
  });

  test("has a few exports at a time, is told when to come back, and may when one of them has ended", async () => {
    const chain = await start(limits);
    const pages = await makeEndless(chain);
    const leave = [await hang(chain), await hang(chain)];
    const blocks = `${chain.serving.url}/v1/blocks.csv`;
    const refused = await fetch(blocks);
    expect([refused.status, await refused.json()]).toMatchObject([
      429,
      { code: "too_many_exports" },
    ]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await fetch(blocks, { method: "HEAD" })).status).toBe(200);
    leave[0]?.();
    await expect.poll(async () => (await fetch(blocks)).status, { timeout: 10_000 }).toBe(200);
    leave[1]?.();
    await rest(pages);
  });
});

test.each([
  ["/v1/accounts/x/transactions.csv", 400, "bad_address", "path.address"],
  ["/v1/blocks.csv?from=x", 400, "bad_request", "query.from"],
  ["/v1/blocks.csv?from=1", 404, "height_unknown", "query.from"],
  ["/v1/blocks.csv?to=1", 404, "height_unknown", "query.to"],
  ["/v1/records.csv", 400, "bad_request", "query.address"],
  ["/v1/records.csv?address=x", 400, "bad_address", "query.address"],
  [`/v1/records.csv?address=${addressOf(alice)}&topic=`, 400, "bad_request", "query.topic"],
])("GET %s is %i %s, %s", async (path, status, code, field) => {
  const { serving } = await start();
  const response = await fetch(`${serving.url}${path}`);
  expect([response.status, await response.json()]).toMatchObject([status, { code, field }]);
});
