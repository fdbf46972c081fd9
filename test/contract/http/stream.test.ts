/**
 * The stream tells every final block once, in order, to readers of any speed, and lets go of those that left.
 * @module
 */
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { streamLimits } from "../../../node/http/stream/limits.ts";
import type { BlockEventJson } from "../../../src/api/json.ts";
import { blockEventSchema, problemSchema } from "../../../src/api/schemas.ts";
import { transactionEventSchema } from "../../../src/api/stream-schemas.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { AccountId } from "../../../src/protocol/ids.ts";
import { alice, bob, idOf } from "./sample.ts";
import { type Serving, serve } from "./serving.ts";
import { eventsOf } from "./stream-client.ts";

let serving: Serving;
let ended: AbortController;

beforeEach(async () => {
  serving = await serve({ blocks: 5 });
  ended = new AbortController();
});
afterEach(async () => {
  ended.abort();
  await serving.close();
  expect(serving.node.listeners).toBe(0);
});

async function open(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${serving.url}${path}`, { headers, signal: ended.signal });
}

/** So many blocks; other events are passed over. */
async function take(response: Response, count: number): Promise<BlockEventJson[]> {
  const blocks: BlockEventJson[] = [];
  for await (const { name, id, data } of eventsOf(response)) {
    if (name !== "block") continue;
    const block = blockEventSchema.parse(JSON.parse(data));
    expect(id).toBe(String(block.height));
    blocks.push(block);
    if (blocks.length === count) break;
  }
  return blocks;
}

/** The first events, with comments, as name and id. */
async function heard(response: Response, count: number): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, id } of eventsOf(response)) {
    names.push(`${name} ${id}`);
    if (names.length === count) break;
  }
  return names;
}

async function problemOf(path: string, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await open(path, headers);
  const { code, field } = problemSchema.parse(await response.json());
  return [response.status, code, field];
}

test("tells the blocks that become final from now on, with the ids of their transactions", async () => {
  const response = await open("/v1/stream");
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const named = serving.node.transfer({ nonce: 77 });
  const made = serving.node.makeBlock([named]);
  serving.node.makeBlock([]);
  expect(await take(response, 2)).toEqual([
    {
      height: 6,
      id: made.block.id,
      timestampMs: made.block.header.timestampMs,
      transactions: [named.id],
    },
    expect.objectContaining({ height: 7, transactions: [] }),
  ]);
});

test.each([
  ["cursor", "/v1/stream?topics=blocks&cursor=2", {}],
  ["Last-Event-ID", "/v1/stream?cursor=0", { "last-event-id": "2" }],
])("goes on after the block that %s names, without a gap", async (_name, path, headers) => {
  const response = await open(path, headers);
  serving.node.makeBlock([]);
  const heights = (await take(response, 4)).map(({ height }) => height);
  expect(heights).toEqual([3, 4, 5, 6]);
});

test("a position above the tip waits for the first block above it", async () => {
  const response = await open("/v1/stream?cursor=6");
  serving.node.makeBlock([]);
  serving.node.makeBlock([]);
  expect((await take(response, 1)).map(({ height }) => height)).toEqual([7]);
});

test("two hundred blocks arrive in order at two readers", async () => {
  const readers = await Promise.all([open("/v1/stream?cursor=0"), open("/v1/stream?cursor=100")]);
  for (let i = 0; i < 200; i += 1) serving.node.makeBlock([]);
  const [early, late] = await Promise.all(readers.map((reader, i) => take(reader, i ? 105 : 205)));
  expect(early?.map(({ height }) => height)).toEqual(Array.from({ length: 205 }, (_, i) => i + 1));
  expect(late?.map(({ height }) => height)).toEqual(Array.from({ length: 105 }, (_, i) => i + 101));
});

test("is silent but for heartbeats while nothing happens, and says where it begins", async () => {
  await serving.close();
  serving = await serve({ streams: { ...streamLimits, heartbeatMs: 10 } });
  const seen: string[] = [];
  for await (const { name, id } of eventsOf(await open("/v1/stream"))) {
    seen.push(`${name} ${id}`);
    if (seen.length === 4) serving.node.makeBlock([]);
    if (name === "block") break;
  }
  expect(seen.slice(0, 4)).toEqual(["position 0", " 0", " 0", " 0"]);
});

const address = (account: AccountId): string => formatAddress("quo", account);

test("a transaction comes once, before its block, as /v1/transactions tells it, with every topic that it matches", async () => {
  const topics = ["transactions", `account:${address(alice)}`, `account:${address(bob)}`];
  const response = await open(`/v1/stream?topics=blocks,${topics.join()}&cursor=3`);
  const seen: string[] = [];
  for await (const { name, id, data } of eventsOf(response)) {
    seen.push(`${name} ${id}`);
    if (name === "transaction") {
      const event = JSON.parse(data) as Record<string, unknown>;
      expect(transactionEventSchema.parse(event)).toEqual(event);
      const asked = await open(`/v1/transactions/${event["id"]}`);
      expect(event).toEqual({ ...((await asked.json()) as object), topics });
    }
    if (seen.length === 5) break;
  }
  expect(seen).toEqual(["position 3", "transaction 4.0", "block 4", "transaction 5.0", "block 5"]);
});

test("who follows an account is told its position where nothing happens to it", async () => {
  await serving.close();
  serving = await serve({ streams: { ...streamLimits, heartbeatMs: 10 } });
  const stranger = address(idOf(0x77) as AccountId);
  const seen: string[] = [];
  for await (const { name, id } of eventsOf(
    await open(`/v1/stream?topics=account:${stranger}&cursor=0`),
  )) {
    if (name === "") continue;
    seen.push(`${name} ${id}`);
    if (seen.length === 1) for (let i = 0; i < 7; i += 1) serving.node.makeBlock([]);
    if (id === "7") break;
  }
  expect(new Set(seen.map((line) => line.split(" ")[0]))).toEqual(new Set(["position"]));
  expect(seen.at(-1)).toBe("position 7");
});

test("a long silent past is passed over, and the reader is told how far it has come", async () => {
  const stranger = address(idOf(0x77) as AccountId);
  for (let i = 5; i < 600; i += 1) serving.node.makeBlock([]);
  const own = await heard(await open(`/v1/stream?topics=account:${stranger}&cursor=0`), 2);
  expect(own).toEqual(["position 0", "position 600"]);
  const all = await heard(await open("/v1/stream?topics=transactions&cursor=5"), 3);
  expect(all).toEqual(["position 5", "position 261", "position 517"]);
});

test("the end of a list, as a cursor, goes on where the list ends", async () => {
  const list = await open(`/v1/accounts/${address(alice)}/transactions?limit=1`);
  const { items, tip } = (await list.json()) as {
    items: { height: number; index: number }[];
    tip: { height: number };
  };
  const response = await open(`/v1/stream?topics=account:${address(alice)}&cursor=${tip.height}`);
  serving.node.makeBlock([serving.node.transfer({ nonce: 9 })]);
  expect(await heard(response, 2)).toEqual([`position ${tip.height}`, "transaction 6.0"]);
  const [newest] = items;
  const before = await open(
    `/v1/accounts/${address(alice)}/transactions?cursor=${newest?.height}.${newest?.index}`,
  );
  expect(((await before.json()) as { items: unknown[] }).items[0]).toEqual(newest);
});

test.each([
  [`/v1/accounts/${address(alice)}/transactions?cursor=4`, 4],
  [`/v1/accounts/${address(alice)}/transactions?cursor=4.0`, 4],
  ["/v1/blocks?cursor=4", 4],
  ["/v1/blocks?order=asc&cursor=4.0", 4],
])("%s begins with the event that the cursor is of", async (path, height) => {
  const page = (await (await open(path)).json()) as { items: { height: number }[] };
  expect(page.items[0]?.height).toBe(height);
});

const seventeen = Array.from({ length: 17 }, (_, i) => `account:${address(idOf(i) as AccountId)}`);

test.each([
  ["topics=everything", 400, "bad_request", "query.topics"],
  ["topics=", 400, "bad_request", "query.topics"],
  ["topics=blocks,,transactions", 400, "bad_request", "query.topics"],
  ["topics=blocks&topics=transactions", 400, "bad_request", "query.topics"],
  ["topics=account:quo1x", 400, "bad_address", "query.topics"],
  [`topics=${seventeen.join()}`, 400, "bad_request", "query.topics"],
  [`topics=${"blocks,".repeat(600)}blocks`, 400, "bad_request", "query.topics"],
  ["cursor=x", 400, "bad_cursor", "query.cursor"],
  ["cursor=", 400, "bad_cursor", "query.cursor"],
  ["cursor=5.01", 400, "bad_cursor", "query.cursor"],
  ["cursor=-1", 400, "bad_cursor", "query.cursor"],
  ["cursor=1006", 404, "height_unknown", "query.cursor"],
  ["cursor=999999999999999.999999999999999", 404, "height_unknown", "query.cursor"],
])("%s is %d %s", async (query, status, code, field) => {
  expect(await problemOf(`/v1/stream?${query}`)).toEqual([status, code, field]);
  const head = await fetch(`${serving.url}/v1/stream?${query}`, { method: "HEAD" });
  expect(head.status).toBe(status);
});

test("a bad Last-Event-ID is named", async () => {
  const answer = await problemOf("/v1/stream?cursor=1", { "last-event-id": "1.2.3" });
  expect(answer).toEqual([400, "bad_cursor", "header.last-event-id"]);
});

test("sixteen accounts are not too many, and a topic that is named twice counts once", async () => {
  const topics = [...seventeen.slice(1), ...seventeen.slice(1), "blocks", "blocks"];
  const response = await open(`/v1/stream?topics=${topics.join()}&cursor=4`);
  expect(await heard(response, 2)).toEqual(["position 4", "block 5"]);
});

test.each([
  ["of one client", 429, "streams_exceeded", { readersPerLoopbackMax: 1 }],
  ["of all", 503, "too_many_streams", { readersMax: 1 }],
])(
  "a reader above the bound %s is refused, and the place is free again when one leaves",
  async (_name, status, code, bound) => {
    await serving.close();
    serving = await serve({ streams: { ...streamLimits, ...bound } });
    const first = await open("/v1/stream");
    const refused = await open("/v1/stream");
    expect(refused.status).toBe(status);
    expect(refused.headers.get("retry-after")).toBe("10");
    expect(problemSchema.parse(await refused.json()).code).toBe(code);
    await first.body?.cancel();
    let again = status;
    while (again === status) {
      const response = await open("/v1/stream");
      again = response.status;
      await response.body?.cancel();
    }
    expect(again).toBe(200);
  },
);

test("HEAD opens no stream", async () => {
  await serving.close();
  serving = await serve({ streams: { ...streamLimits, readersMax: 1 } });
  const head = await fetch(`${serving.url}/v1/stream`, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect((await open("/v1/stream")).status).toBe(200);
});

test("a reader that takes nothing is told too_slow and closed", async () => {
  await serving.close();
  serving = await serve({ streams: { ...streamLimits, heartbeatMs: 20, stallMs: 40 } });
  const named = serving.node.transfer({ nonce: 1 });
  // One event of each block is about 70 kB; the buffers of the kernel take some MB.
  for (let i = 0; i < 300; i += 1) serving.node.makeBlock(Array(1_000).fill(named));
  const { port } = new URL(serving.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.pause();
  socket.write("GET /v1/stream?cursor=0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const text = await readLate(socket, serving);
  expect(text.slice(-200)).toContain("event: too_slow");
  expect(text.split("event: block").length).toBeLessThan(300);
});

/** Reads a socket to its end, but only once the server has let go of the reader. */
async function readLate(socket: Socket, { streamReaders }: Serving): Promise<string> {
  while (streamReaders() === 0) await new Promise((resolve) => setImmediate(resolve));
  while (streamReaders() > 0) await new Promise((resolve) => setImmediate(resolve));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) {
    chunks.push(chunk);
    if (chunk.includes("too_slow")) break;
  }
  return Buffer.concat(chunks).toString("latin1");
}
