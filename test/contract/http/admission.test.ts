/**
 * How much of the node's time requests may take, and how many sockets a client may hold: over a real server.
 *
 * The listener is the test's, so that it is known what each request costs.
 * @module
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { Admission, admissionLimits, refusalOf } from "../../../node/http/admission.ts";
import { limitConnections } from "../../../node/http/connections.ts";
import { problemSchema } from "../../../src/api/schemas.ts";
import { serve } from "./serving.ts";

let server: Server | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function listen(started: Server): Promise<string> {
  server = started.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Opens so many connections, which the test lets go at its end. */
async function hold(url: string, count: number): Promise<readonly Socket[]> {
  const opened = Array.from({ length: count }, () => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => undefined); // It closes, which is what counts.
    sockets.push(socket);
    return socket;
  });
  await Promise.all(opened.map((socket) => once(socket, "connect")));
  return opened;
}

/** Resolves when the thread has looked at the network. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function spin(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

test("however many ask, other work of the thread is not kept waiting for all of them", async () => {
  const costMs = 4;
  const requests = 50;
  let begun = 0;
  const admission = new Admission((_: IncomingMessage, outgoing: ServerResponse) => {
    begun += 1;
    spin(costMs);
    outgoing.end("ok");
  });
  let accepted = 0;
  const started = createServer(admission.admit).on("connection", () => {
    accepted += 1;
  });
  const clients = await hold(await listen(started), requests);
  while (accepted < requests) await nextTurn();
  // All of them come before the thread looks at any.
  for (const client of clients) {
    client.resume();
    client.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }
  spin(20);
  // How many are begun between two looks at the network.
  const between: number[] = [];
  while (begun < requests) {
    const before = begun;
    await nextTurn();
    between.push(begun - before);
  }
  // One slice, and the request that ends it, before and after the look at the network.
  const most = 2 * (admissionLimits.sliceMs / costMs + 1);
  expect(Math.max(...between)).toBeLessThanOrEqual(most);
});

describe("where one request after the other is held", () => {
  const held: ServerResponse[] = [];
  const order: string[] = [];
  const refused: (string | undefined)[] = [];
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const refusal = refusalOf(incoming);
    if (refusal !== undefined) {
      refused.push(refusal);
      outgoing.writeHead(429).end();
      return;
    }
    order.push(`${incoming.method} ${incoming.url}`);
    if (incoming.url === "/hold") held.push(outgoing);
    else outgoing.end();
  };
  const holding = async (limits: Partial<typeof admissionLimits>): Promise<string> => {
    held.length = 0;
    order.length = 0;
    refused.length = 0;
    const all = { ...admissionLimits, workingMax: 1, workMs: 60_000, ...limits };
    return await listen(createServer(new Admission(listener, all).admit));
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await nextTurn();
  };

  test("a submission is next, however many reads wait", async () => {
    const url = await holding({});
    const first = fetch(`${url}/hold`);
    await until(() => held.length === 1);
    const reads = Array.from({ length: 20 }, (_, i) => fetch(`${url}/${i}`));
    await fetch(`${url}/livez`); // By now the reads have come.
    const submission = fetch(`${url}/v1/transactions`, { method: "POST" });
    await fetch(`${url}/livez`);
    held[0]?.end();
    await Promise.all([first, ...reads, submission]);
    const posted = order
      .filter((each) => !each.endsWith("/livez"))
      .indexOf("POST /v1/transactions");
    expect(posted).toBeGreaterThan(0);
    expect(posted).toBeLessThanOrEqual(3);
  });

  test("what is beyond a client's share of the queue is refused at once", async () => {
    const url = await holding({ waitingPerClientMax: 3 });
    const first = fetch(`${url}/hold`);
    await until(() => held.length === 1);
    const reads = Array.from({ length: 5 }, () => fetch(`${url}/x`));
    await until(() => refused.length === 2);
    held[0]?.end();
    const statuses = (await Promise.all([first, ...reads])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 200, 200, 200, 429, 429]);
    expect(refused).toEqual(["owner-full", "owner-full"]);
  });

  test("a request that waits for something itself keeps nobody out", async () => {
    const url = await holding({ workMs: 1 });
    const first = fetch(`${url}/hold`);
    await until(() => held.length === 1);
    expect((await fetch(`${url}/x`)).status).toBe(200);
    held[0]?.end();
    await first;
  });

  test("supervisors are answered while everybody else waits", async () => {
    const url = await holding({ waitingPerClientMax: 0 });
    const first = fetch(`${url}/hold`);
    await until(() => held.length === 1);
    expect((await fetch(`${url}/x`)).status).toBe(429);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    held[0]?.end();
    await first;
  });
});

test("what is refused unread is a problem with Retry-After: 429 for one client's excess, 503 for everybody's", async () => {
  const none = { ...admissionLimits, sliceMs: 0 };
  for (const [limits, status, code] of [
    [{ ...none, waitingPerClientMax: 0 }, 429, "rate_exceeded"],
    [{ ...none, waitingMax: 0 }, 503, "node_overloaded"],
  ] as const) {
    const serving = await serve({ admission: limits });
    const answer = await fetch(`${serving.url}/v1/status`);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(problemSchema.parse(await answer.json()).code).toBe(code);
    expect((await fetch(`${serving.url}/livez`)).status).toBe(200);
    await serving.close();
  }
});

describe("connections", () => {
  test("one client may hold so many, and gets room back when it lets go", async () => {
    const limits = { connectionsMax: 100, perClientMax: 1, perLoopbackMax: 4 };
    const started = createServer((_, outgoing) => outgoing.end("ok"));
    limitConnections(started, limits);
    const url = await listen(started);
    const [first] = await hold(url, 4);
    const [surplus] = await hold(url, 1);
    if (first === undefined || surplus === undefined) throw new Error("five were opened");
    surplus.resume();
    await once(surplus, "close");
    first.destroy();
    await expect.poll(async () => (await fetch(url).catch(() => undefined))?.status).toBe(200);
  });

  test("a thousand slow clients hold sockets while others are served, and the memory that they cost is small", async () => {
    const serving = await serve({ blocks: 3 });
    const clients = 1_000;
    const before = process.memoryUsage().rss;
    const slow = await hold(serving.url, clients);
    for (const socket of slow) socket.write("GET /v1/status HTTP/1.1\r\nHost: localhost\r\nX: x");
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => (await fetch(`${serving.url}/v1/blocks`)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    for (const socket of slow) socket.write("y");
    expect((await fetch(`${serving.url}/v1/status`)).status).toBe(200);
    expect(slow.filter(({ destroyed }) => destroyed)).toEqual([]);
    // Both ends are in this process.
    expect((process.memoryUsage().rss - before) / clients).toBeLessThan(128 * 1024);
    for (const socket of slow) socket.destroy();
    await serving.close();
  });
});
