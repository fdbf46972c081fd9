/**
 * Submitting: what is good is taken, what is not is told why, and nothing brings the server down.
 * @module
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { encodeBatch } from "../../../src/api/batch.ts";
import { batchSchema, problemSchema, transactionSchema } from "../../../src/api/schemas.ts";
import { utf8 } from "../../../src/base/bytes.ts";
import { type Serving, serve } from "./serving.ts";

let serving: Serving;

beforeAll(async () => {
  serving = await serve({ blocks: 3 });
});
afterAll(async () => {
  expect(serving.errors).toEqual([]);
  await serving.close();
});

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${serving.url}${path}`, init);

async function problemOf(response: Response): Promise<{ status: number; code: string }> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

const post = (path: string, body: BodyInit, contentType?: string): Promise<Response> =>
  ask(path, {
    method: "POST",
    body,
    headers: { "content-type": contentType ?? "application/octet-stream" },
  });

const bytesOf = (nonce: number, memo = ""): Uint8Array<ArrayBuffer> =>
  serving.node.transfer({ nonce, memo: utf8(memo) }).bytes.slice();

test("a good transaction is pending, and the same one again is no error", async () => {
  const named = serving.node.transfer({ nonce: 500 });
  for (let i = 0; i < 2; i += 1) {
    const response = await post("/v1/transactions", named.bytes.slice());
    expect(response.status).toBe(202);
    const json = transactionSchema.parse(await response.json());
    expect(json).toMatchObject({ status: "pending", id: named.id });
  }
});

test("JSON with base64 is as good as the bytes", async () => {
  const named = serving.node.transfer({ nonce: 501 });
  const body = JSON.stringify({ transaction: Buffer.from(named.bytes).toString("base64") });
  const response = await post("/v1/transactions", body, "application/json; charset=utf-8");
  expect(transactionSchema.parse(await response.json()).id).toBe(named.id);
});

test("with wait=final it answers once the transaction is final", async () => {
  const named = serving.node.transfer({ nonce: 502 });
  const answer = post("/v1/transactions?wait=final&timeoutMs=5000", named.bytes.slice());
  while (serving.node.transaction(named.id).kind === "unknown") {
    await new Promise((resolve) => setImmediate(resolve));
  }
  serving.node.makeBlock();
  const response = await answer;
  expect(response.status).toBe(200);
  const json = transactionSchema.parse(await response.json());
  expect(json).toMatchObject({ status: "final", id: named.id });
});

test("with wait=final it answers pending when the time is over", async () => {
  const response = await post("/v1/transactions?wait=final&timeoutMs=1", bytesOf(503));
  expect(response.status).toBe(202);
});

test("what can never be, or is not taken now, is a problem that carries the id", async () => {
  const foreign = serving.node.transfer({ nonce: 504, chain: "00000000" });
  const late = serving.node.transfer({ nonce: 0, memo: utf8("another") });
  const gone = serving.node.transfer({ nonce: 505 });
  const beaten = serving.node.transfer({ nonce: 506 });
  serving.node.rule(gone.id, { kind: "expired" });
  serving.node.rule(beaten.id, { kind: "superseded", by: gone.id });
  for (const [named, status, code, word] of [
    [foreign, 422, "wrong_chain", "invalid"],
    [late, 409, "nonce_too_low", "refused"],
    [gone, 410, "expired", "expired"],
    [beaten, 409, "nonce_too_low", "superseded"],
  ] as const) {
    const response = await post("/v1/transactions", named.bytes.slice());
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status, code, id: named.id, transactionStatus: word });
  }
});

test.each([
  ["nothing", new Uint8Array(0), undefined, 400, "malformed"],
  ["other bytes", new Uint8Array(300).fill(0xff), undefined, 400, "malformed"],
  ["no JSON", "{", "application/json", 400, "bad_request"],
  ["a deep JSON", "[".repeat(60_000), "application/json", 400, "bad_request"],
  ["JSON without the field", "{}", "application/json", 400, "bad_request"],
  ["JSON of another type", '{"transaction":1e400}', "application/json", 400, "bad_request"],
  ["no base64", '{"transaction":"a b"}', "application/json", 400, "bad_request"],
  ["__proto__", '{"__proto__":{"transaction":"AA=="}}', "application/json", 400, "bad_request"],
  ["a lone surrogate", '{"transaction":"\\ud800"}', "application/json", 400, "bad_request"],
  ["null", "null", "application/json", 400, "bad_request"],
  ["text", "hello", "text/plain", 415, "media_type_refused"],
  ["a form", "a=b", "application/x-www-form-urlencoded", 415, "media_type_refused"],
  ["too much", new Uint8Array(64 * 1024 + 1), undefined, 413, "body_too_large"],
] as [string, string | Uint8Array<ArrayBuffer>, string | undefined, number, string][])(
  "%s is refused",
  async (_name, body, contentType, status, code) => {
    const response = await post("/v1/transactions", body, contentType);
    expect(await problemOf(response)).toMatchObject({ status, code });
  },
);

test.each(["?wait=yes", "?timeoutMs=60001", "?timeoutMs=-1", "?wait=final&timeoutMs=abc"])(
  "the query %s is refused",
  async (query) => {
    const response = await post(`/v1/transactions${query}`, bytesOf(507));
    expect(await problemOf(response)).toMatchObject({ status: 400, code: "bad_request" });
  },
);

test("a batch is answered in its order, the malformed in its place", async () => {
  const good = serving.node.transfer({ nonce: 600 });
  const old = serving.node.transfer({ nonce: 1, memo: utf8("old") });
  const items = [good.bytes, Uint8Array.of(1, 2, 3), old.bytes, good.bytes];
  const asBytes = await post("/v1/transactions/batch", encodeBatch(items).slice());
  const asJson = await post(
    "/v1/transactions/batch",
    JSON.stringify(items.map((item) => Buffer.from(item).toString("base64"))),
    "application/json",
  );
  for (const response of [asBytes, asJson]) {
    expect(response.status).toBe(200);
    const answer = batchSchema.parse(await response.json());
    expect(answer.items.map(({ id, status, code }) => [id, status, code])).toEqual([
      [good.id, "pending", null],
      [null, "invalid", "malformed"],
      [old.id, "refused", "nonce_too_low"],
      [good.id, "pending", null],
    ]);
  }
});

test("a batch holds up to 512", async () => {
  const item = serving.node.transfer({ nonce: 601 }).bytes;
  const full = await post("/v1/transactions/batch", encodeBatch(Array(512).fill(item)).slice());
  expect(batchSchema.parse(await full.json()).items).toHaveLength(512);
  const over = JSON.stringify(Array(513).fill(Buffer.from(item).toString("base64")));
  const refused = await post("/v1/transactions/batch", over, "application/json");
  expect(await problemOf(refused)).toMatchObject({ status: 400, code: "bad_request" });
  const overBytes = Uint8Array.of(0x81, 0x04, ...new Uint8Array(513));
  const refusedBytes = await post("/v1/transactions/batch", overBytes);
  expect(await problemOf(refusedBytes)).toMatchObject({ status: 400, code: "bad_request" });
});

test("an oversized batch without a length is cut off, too", async () => {
  const chunk = new Uint8Array(256 * 1024);
  let chunks = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      chunks += 1;
      if (chunks > 12) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const response = await ask("/v1/transactions/batch", {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body,
    duplex: "half",
  } as RequestInit);
  expect(await problemOf(response)).toMatchObject({ status: 413 });
});

describe("a batch in JSON that is none", () => {
  const million = 1_000_000;
  test.each([
    ["a million numbers", `[${"1,".repeat(million)}1]`],
    ["a million lists in each other", "[".repeat(million)],
    ["a list of lists", `[${"[],".repeat(million / 2)}[]]`],
    ["an object of many fields", `{${'"a":1,'.repeat(million / 4)}"a":1}`],
  ])("(%s) is refused before it is parsed", async (_name, body) => {
    const parse = vi.spyOn(JSON, "parse");
    const response = await post("/v1/transactions/batch", body, "application/json");
    const parsed = parse.mock.calls.map(([text]) => text.length);
    parse.mockRestore();
    expect(await problemOf(response)).toMatchObject({
      status: 400,
      code: "bad_request",
      field: "body",
    });
    expect(parsed.filter((length) => length === body.length)).toEqual([]);
  });
});

test("batches that come slowly fill no more of the memory than a few of them, and keep out no single transaction", async () => {
  const few = await serve({ batches: { perClientMax: 2, perLoopbackMax: 2, batchesMax: 3 } });
  const start = async (localAddress: string): Promise<Socket> => {
    const socket = connect({
      port: Number(new URL(few.url).port),
      host: "127.0.0.1",
      localAddress,
    });
    socket.on("error", () => undefined);
    socket.write(
      "POST /v1/transactions/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: 2000000\r\n\r\n",
    );
    socket.write(new Uint8Array(1_000));
    await once(socket, "connect");
    await fetch(`${few.url}/livez`); // By now it has come.
    return socket;
  };
  const sendBatch = async (): Promise<Response> =>
    await fetch(`${few.url}/v1/transactions/batch`, {
      method: "POST",
      body: encodeBatch([]).slice(),
      headers: { "content-type": "application/octet-stream" },
    });
  const [first] = [await start("127.0.0.1"), await start("127.0.0.1")];
  const refused = await sendBatch();
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await problemOf(refused)).toMatchObject({ status: 429, code: "rate_exceeded" });
  const single = await fetch(`${few.url}/v1/transactions`, {
    method: "POST",
    body: few.node.transfer({ nonce: 1 }).bytes.slice(),
    headers: { "content-type": "application/octet-stream" },
  });
  expect(single.status).toBe(202);
  await start("127.0.0.2");
  first?.destroy();
  await expect.poll(async () => (await sendBatch()).status).toBe(200);
  await start("127.0.0.1");
  expect(await problemOf(await sendBatch())).toMatchObject({ status: 429 });
  await few.close();
});

describe("a client that goes", () => {
  test.each(["application/json", "application/octet-stream"])(
    "in the middle of a body of %s is no error of the node",
    async (type) => {
      for (const path of ["/v1/transactions", "/v1/transactions/batch"]) {
        const socket = connect(Number(new URL(serving.url).port), "127.0.0.1");
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 100\r\n\r\n{`,
        );
        await once(socket, "connect");
        await ask("/livez"); // By now the head has come.
        socket.resetAndDestroy();
        await once(socket, "close");
        await ask("/v1/status");
      }
      expect(serving.errors).toEqual([]);
    },
  );

  test("before its transaction is final is not waited for any longer", async () => {
    const before = serving.node.listeners;
    const waiting = Array.from({ length: 5 }, (_, i) => {
      const gone = new AbortController();
      const answer = fetch(`${serving.url}/v1/transactions?wait=final&timeoutMs=60000`, {
        method: "POST",
        body: bytesOf(700 + i),
        headers: { "content-type": "application/octet-stream" },
        signal: gone.signal,
      });
      return { gone, answer: answer.catch(() => "gone") };
    });
    await expect.poll(() => serving.node.listeners).toBe(before + 5);
    for (const { gone } of waiting) gone.abort();
    await expect.poll(() => serving.node.listeners, { timeout: 5_000 }).toBe(before);
    for (const { answer } of waiting) expect(await answer).toBe("gone");
  });
});
