/**
 * NodeClient believes nothing that a node says without reading it, and never throws for what a node does.
 * @module
 */
import { describe, expect, test } from "vitest";
import { type HttpFetch, NodeClient } from "../../../src/api/client.ts";
import { requestProblem, transactionProblem } from "../../../src/api/problem.ts";

const id = "ab".repeat(32);
const other = "cd".repeat(32);

interface Asked {
  readonly url: string;
  readonly request: RequestInit;
}

/** A client of a node that gives one answer, and what it was asked. */
function clientOf(answer: Response | Error): {
  client: NodeClient;
  asked: Asked[];
  waits: number[];
} {
  const asked: Asked[] = [];
  const waits: number[] = [];
  const httpFetch: HttpFetch = async (url, request) => {
    asked.push({ url, request });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const timeoutSignal = (ms: number): AbortSignal => {
    waits.push(ms);
    return new AbortController().signal;
  };
  const client = new NodeClient({
    baseUrl: "http://node:1/",
    httpFetch,
    timeoutMs: 50,
    timeoutSignal,
  });
  return { client, asked, waits };
}

const json = (body: unknown, status = 200): Response => Response.json(body, { status });

test("an answer that begins and never ends is no answer once time is up, though the fetch forgets its signal", async () => {
  const timeout = new AbortController();
  let isLeft = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"height":')),
    pull: () => timeout.abort(),
    cancel: () => {
      isLeft = true;
    },
  });
  const client = new NodeClient({
    baseUrl: "http://node:1",
    httpFetch: () => Promise.resolve(new Response(body)),
    timeoutSignal: () => timeout.signal,
  });
  const answer = await client.status();
  expect(answer).toMatchObject({ ok: false, reason: { kind: "unreachable" } });
  expect(isLeft).toBe(true);
});

describe("asking", () => {
  test("puts what it is given into the path and the query, and nothing else", async () => {
    const { client, asked } = clientOf(json({}));
    await client.blocks({ cursor: "5", limit: 10, order: "asc" });
    await client.blocks();
    await client.accountTransactions("a/../b?c", { cursor: undefined });
    await client.stats("10m");
    expect(asked.map(({ url }) => url)).toEqual([
      "http://node:1/v1/blocks?cursor=5&limit=10&order=asc",
      "http://node:1/v1/blocks",
      "http://node:1/v1/accounts/a%2F..%2Fb%3Fc/transactions",
      "http://node:1/v1/stats?window=10m",
    ]);
    expect(asked.every(({ request }) => request.redirect === "error")).toBe(true);
  });

  test("submits the bytes as they are, and waits longer when finality is waited for", async () => {
    const { client, asked, waits } = clientOf(json({}));
    await client.submit(Uint8Array.of(1, 2, 3));
    await client.submit(Uint8Array.of(1, 2, 3), { wait: "final", timeoutMs: 700 });
    expect(asked[0]?.request).toMatchObject({ method: "POST", body: Uint8Array.of(1, 2, 3) });
    expect(asked[1]?.url).toBe("http://node:1/v1/transactions?wait=final&timeoutMs=700");
    expect(waits).toEqual([50, 750]);
  });
});

describe("what can go wrong", () => {
  test("no answer is unreachable, with the reason below it", async () => {
    const error = new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
    const answer = await clientOf(error).client.status();
    expect(answer).toEqual({
      ok: false,
      reason: { kind: "unreachable", message: "connect ECONNREFUSED" },
    });
  });

  test("a connection that breaks in the middle of an answer is unreachable", async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error("terminated"));
      },
    });
    const answer = await clientOf(new Response(body)).client.status();
    expect(answer).toEqual({ ok: false, reason: { kind: "unreachable", message: "terminated" } });
  });

  test.each([
    ["no JSON", new Response("<html>")],
    ["another form", json({ height: 1 })],
    ["nothing", new Response(null)],
    ["an error that is no problem", json({ error: "x" }, 502)],
  ])("%s is garbled", async (_name, response) => {
    const answer = await clientOf(response).client.block(1);
    expect(answer).toMatchObject({ ok: false, reason: { kind: "garbled" } });
  });

  test("an endless answer is garbled, not memory", async () => {
    const chunk = new TextEncoder().encode(" ".repeat(1024 * 1024));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(chunk);
      },
    });
    const answer = await clientOf(new Response(body)).client.status();
    expect(answer).toMatchObject({ ok: false, reason: { kind: "garbled" } });
    expect(sent).toBeLessThan(64);
  });

  test("a problem comes as it is", async () => {
    const problem = requestProblem("block_unknown", "none", { field: "path.reference" });
    const answer = await clientOf(json(problem, 404)).client.block(7);
    expect(answer).toEqual({ ok: false, reason: { kind: "problem", problem } });
  });
});

describe("what a node decides about a transaction is a value", () => {
  test.each([
    [
      transactionProblem({ word: "refused", id, code: "fee_too_low", detail: "pay 5" }),
      { status: "refused", id, code: "fee_too_low", message: "pay 5" },
    ],
    [
      transactionProblem({ word: "invalid", id, code: "bad_signature", detail: "no" }),
      { status: "invalid", id, code: "bad_signature", message: "no" },
    ],
    [
      transactionProblem({ word: "superseded", id, detail: "by", supersededBy: other }),
      { status: "superseded", id, supersededBy: other },
    ],
    [transactionProblem({ word: "expired", id, detail: "late" }), { status: "expired", id }],
    [requestProblem("transaction_unknown", "?", { id }), { status: "unknown", id }],
  ])("$0.code", async (problem, value) => {
    const { client } = clientOf(json(problem, problem.status));
    expect(await client.submit(Uint8Array.of(1))).toEqual({ ok: true, value });
  });

  test("but bytes that are no transaction have no id, and stay a problem", async () => {
    const problem = transactionProblem({
      word: "invalid",
      id: undefined,
      code: "malformed",
      detail: "short",
    });
    const answer = await clientOf(json(problem, 400)).client.submit(Uint8Array.of(1));
    expect(answer).toEqual({ ok: false, reason: { kind: "problem", problem } });
  });
});
