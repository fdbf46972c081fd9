/**
 * How much of the node's time requests may take, and how many sockets a client may hold: over a real server.
 *
 * The listener is the test's, so that it is known what each request costs.
 * @module
 */
import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { Admission, admissionLimits, type Refuse } from "../../../node/http/admission.ts";
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
  const listener = (_: IncomingMessage, outgoing: ServerResponse): void => {
    begun += 1;
    spin(costMs);
    outgoing.end("ok");
  };
  const admission = new Admission({ listener, refuse: () => undefined });
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

test("nor for all that one connection has asked ahead", async () => {
  const costMs = 4;
  const requests = 24;
  let begun = 0;
  const listener = async (_: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    await Promise.resolve(); // As in the app: most is done a little later, in the same turn.
    begun += 1;
    spin(costMs);
    outgoing.end("ok");
  };
  const admission = new Admission({ listener, refuse: () => undefined });
  const [client] = await hold(await listen(createServer(admission.admit)), 1);
  client?.resume();
  client?.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(requests));
  const between: number[] = [];
  while (begun < requests) {
    const before = begun;
    await nextTurn();
    between.push(begun - before);
  }
  expect(Math.max(...between)).toBeLessThanOrEqual(2 * (admissionLimits.sliceMs / costMs + 1));
});

test("a client with one connection does not wait for those who ask on two hundred", async () => {
  const crowd = 200;
  const begun: string[] = [];
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    begun.push(incoming.socket.remoteAddress ?? "");
    spin(1);
    outgoing.end("ok");
  };
  const admission = new Admission({ listener, refuse: () => undefined });
  const url = await listen(createServer(admission.admit));
  for (const socket of await hold(url, crowd)) {
    const ask = (): boolean => socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    socket.on("data", ask);
    ask();
  }
  while (begun.length < crowd) await nextTurn();
  const waited: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    const before = begun.length;
    expect(await askFrom("127.0.0.2", url)).toBe(200);
    waited.push(begun.indexOf("127.0.0.2", before) - before);
  }
  // A slice or two while its connection is made, and one while it waits: in the order of coming it would be all.
  expect(waited.toSorted((a, b) => a - b)[5]).toBeLessThan(crowd / 2);
});

describe("where one request after the other is held", () => {
  const held: ServerResponse[] = [];
  const order: string[] = [];
  const refused: (string | undefined)[] = [];
  const refuse: Refuse = (why, _, outgoing) => {
    refused.push(why);
    outgoing.writeHead(429).end();
  };
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    order.push(`${incoming.method} ${incoming.url}`);
    if (incoming.url === "/hold") held.push(outgoing);
    else outgoing.end();
  };
  const holding = async (limits: Partial<typeof admissionLimits>): Promise<string> => {
    held.length = 0;
    order.length = 0;
    refused.length = 0;
    const all = { ...admissionLimits, workingMax: 1, workMs: 60_000, ...limits };
    return await listen(createServer(new Admission({ listener, refuse }, all).admit));
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
    // What is refused costs nothing: the app is not asked.
    expect(order).toHaveLength(4);
  });

  test("who has sent little finds room in a queue that others have filled", async () => {
    const url = await holding({ waitingMax: 6, waitingPerClientMax: 6 });
    const first = fetch(`${url}/hold`);
    await until(() => held.length === 1);
    const many = Array.from({ length: 6 }, (_, i) => fetch(`${url}/many${i}`));
    await fetch(`${url}/livez`); // By now they have come.
    const other = askFrom("127.0.0.2", `${url}/other`);
    await until(() => refused.length === 1);
    held[0]?.end();
    expect(await other).toBe(200);
    const statuses = (await Promise.all([first, ...many])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 200, 200, 200, 200, 200, 429]);
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

/** The status of an answer to somebody with this address. */
function askFrom(localAddress: string, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { localAddress, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

const plenty = { perSecond: 1e6, burst: 1e6 };
const rates = { loopback: plenty, others: plenty };

/** Everything that comes until the server closes. */
async function exchange(url: string, text: string): Promise<string> {
  const [socket] = await hold(url, 1);
  if (socket === undefined) throw new Error("one was opened");
  socket.write(text);
  let answer = "";
  try {
    for await (const chunk of socket) answer += String(chunk);
  } catch {
    // A reset, which is an end as well.
  }
  return answer;
}

describe("one connection", () => {
  const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

  test("that asks without end before it is answered is let go, and costs nobody else anything", async () => {
    const serving = await serve({ rates, blocks: 1 });
    let asked = 0;
    const status = serving.node.status.bind(serving.node);
    serving.node.status = () => {
      asked += 1;
      return status();
    };
    await exchange(serving.url, ask("/v1/status").repeat(5_000));
    expect(asked).toBeLessThanOrEqual(admissionLimits.aheadMax);
    expect((await fetch(`${serving.url}/v1/status`)).status).toBe(200);
    await serving.close();
  });

  test("that asks a few things ahead gets all answers in order", async () => {
    const serving = await serve({ rates, blocks: 20 });
    const last = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const asked = Array.from({ length: 20 }, (_, i) => ask(`/v1/blocks/${i}`)).join("");
    const answer = await exchange(serving.url, asked + last);
    const [, ...answers] = answer.split("HTTP/1.1 200 OK");
    expect(answers).toHaveLength(21);
    for (let i = 0; i < 20; i += 1) expect(answers[i]).toContain(`"height":${i},`);
    await serving.close();
  });

  test("that goes takes with it what it has asked ahead", async () => {
    const serving = await serve({ rates, blocks: 1 });
    const transaction = serving.node.transfer({ nonce: 5 }).bytes;
    const [socket] = await hold(serving.url, 1);
    socket?.write(
      `POST /v1/transactions?wait=final&timeoutMs=60000 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: ${transaction.length}\r\n\r\n`,
    );
    socket?.write(transaction);
    socket?.write(ask("/v1/stream"));
    await expect.poll(() => serving.streamReaders(), { timeout: 5_000 }).toBe(1);
    socket?.destroy();
    await expect.poll(() => serving.streamReaders(), { timeout: 5_000 }).toBe(0);
    await serving.close();
  });
});

test("even a supervisor is one client among others where it asks without end", async () => {
  const little = { perSecond: 0.001, burst: 3 };
  const serving = await serve({
    rates: { loopback: little, others: little },
    admission: { ...admissionLimits, urgent: { loopback: little, others: little } },
  });
  const statuses: number[] = [];
  for (let i = 0; i < 7; i += 1) statuses.push((await fetch(`${serving.url}/livez`)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429]);
  await serving.close();
});

test("metrics that many ask for at once are made once", async () => {
  let made = 0;
  const metrics = {
    contentType: "text/plain",
    requestAnswered: () => undefined,
    text: async () => {
      made += 1;
      return "some_metric 1\n";
    },
  };
  const serving = await serve({ rates, metrics });
  const asked = Array.from({ length: 20 }, () => fetch(`${serving.url}/metrics`));
  const texts = await Promise.all((await Promise.all(asked)).map((answer) => answer.text()));
  expect(new Set(texts)).toEqual(new Set(["some_metric 1\n"]));
  // One in a quarter of a second, and to ask may take longer than that.
  expect(made).toBeLessThan(asked.length / 2);
  await serving.close();
});

describe("answers that are not taken", () => {
  const ask = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n";

  test("are few: their client gets no others until it has taken them", async () => {
    const untaken = { ...admissionLimits.untaken, bytesPerLoopbackMax: 200_000 };
    const serving = await serve({ rates, admission: { ...admissionLimits, untaken } });
    const sleepers = await hold(serving.url, 8);
    for (const socket of sleepers) socket.pause();
    // The kernel holds some megabytes for each, the description has some hundred kilobytes.
    for (let i = 0; i < 30; i += 1) {
      for (const socket of sleepers) socket.write(ask);
      await fetch(`${serving.url}/livez`);
    }
    const status = async (): Promise<number> => (await fetch(`${serving.url}/v1/status`)).status;
    await expect.poll(status, { timeout: 10_000 }).toBe(429);
    const refused = await fetch(`${serving.url}/v1/status`);
    expect(refused.headers.get("access-control-allow-origin")).toBe("*");
    expect(problemSchema.parse(await refused.json()).code).toBe("rate_exceeded");
    expect(await askFrom("127.0.0.2", `${serving.url}/v1/status`)).toBe(200);
    for (const socket of sleepers) socket.resume();
    await expect.poll(status, { timeout: 10_000 }).toBe(200);
    await serving.close();
  });

  test("are given up after a while", async () => {
    const untaken = { ...admissionLimits.untaken, takeMs: 100 };
    const serving = await serve({ rates, admission: { ...admissionLimits, untaken } });
    const [sleeper] = await hold(serving.url, 1);
    sleeper?.pause();
    for (let i = 0; i < 30; i += 1) sleeper?.write(ask);
    const ended = once(sleeper as Socket, "close");
    await new Promise((resolve) => setTimeout(resolve, 400));
    sleeper?.resume();
    await ended;
    await serving.close();
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
    for (const name of ["quorate-tip", "content-security-policy", "x-content-type-options"]) {
      expect(answer.headers.get(name), name).not.toBeNull();
    }
    // A page of another origin must see that it has to wait.
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
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

  test("when all are taken, who holds none gets one of whoever holds most", async () => {
    const limits = { connectionsMax: 6, perClientMax: 6, perLoopbackMax: 6 };
    const started = createServer((_, outgoing) => outgoing.end("ok"));
    limitConnections(started, limits);
    const url = await listen(started);
    const held = await hold(url, 6);
    for (const socket of held) socket.resume();
    expect(await askFrom("127.0.0.2", url)).toBe(200);
    await expect.poll(() => held.filter(({ destroyed }) => destroyed).length).toBe(1);
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
