/**
 * The stream tells every final block once, in order, to readers of any speed, and lets go of those that left.
 * @module
 */
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { streamLimits } from "../../../node/http/block-stream.ts";
import type { BlockEventJson } from "../../../src/api/json.ts";
import { blockEventSchema, problemSchema } from "../../../src/api/schemas.ts";
import { type Serving, serve } from "./serving.ts";

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

interface StreamEvent {
  readonly name: string;
  readonly id: string | undefined;
  readonly data: string;
}

async function open(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${serving.url}${path}`, { headers, signal: ended.signal });
}

/** Events as the specification parses them; comments are named ":". */
async function* events(response: Response): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const field = (name: string): string | undefined =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const name = lines[0]?.startsWith(":") ? ":" : (field("event") ?? "");
      yield { name, id: field("id"), data: field("data") ?? "" };
    }
  }
}

async function take(response: Response, count: number): Promise<BlockEventJson[]> {
  const blocks: BlockEventJson[] = [];
  for await (const { name, id, data } of events(response)) {
    if (name !== "block") continue;
    const block = blockEventSchema.parse(JSON.parse(data));
    expect(id).toBe(String(block.height));
    blocks.push(block);
    if (blocks.length === count) break;
  }
  return blocks;
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

test("is silent but for heartbeats while nothing happens", async () => {
  await serving.close();
  serving = await serve({ streams: { ...streamLimits, heartbeatMs: 10 } });
  const seen: string[] = [];
  for await (const { name } of events(await open("/v1/stream"))) {
    if (name !== "") seen.push(name);
    if (seen.length === 3) serving.node.makeBlock([]);
    if (name === "block") break;
  }
  expect(seen.slice(0, 3)).toEqual([":", ":", ":"]);
});

test("a reader above the bound is refused, and the place is free again when one leaves", async () => {
  await serving.close();
  serving = await serve({ streams: { ...streamLimits, readersPerClientMax: 1 } });
  const first = await open("/v1/stream");
  const refused = await open("/v1/stream");
  expect(refused.status).toBe(503);
  expect(problemSchema.parse(await refused.json()).code).toBe("too_many_streams");
  await first.body?.cancel();
  let status = 503;
  while (status === 503) {
    const again = await open("/v1/stream");
    ({ status } = again);
    await again.body?.cancel();
  }
  expect(status).toBe(200);
});

test("HEAD opens no stream", async () => {
  await serving.close();
  serving = await serve({ streams: { ...streamLimits, readersPerClientMax: 1 } });
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
