/**
 * What a web page, a stranger or a slow sender can do to the server: nothing.
 * @module
 */
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startHttpServer } from "../../../node/http/server.ts";
import { problemSchema } from "../../../src/api/schemas.ts";
import { silentLog } from "../../../src/base/log.ts";
import { type Serving, serve } from "./serving.ts";

let serving: Serving;

beforeEach(async () => {
  serving = await serve({ blocks: 1, hostNames: ["Ledger.Example"] });
});
afterEach(() => serving.close());

/** Asks with a Host of our choice, which fetch does not allow. */
function askAs(host: string, path = "/v1/status"): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(serving.url);
    const asked = request({ host: "127.0.0.1", port, path, headers: { host } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    asked.on("error", reject).end();
  });
}

/** Sends raw bytes and returns everything that comes back until the server closes. */
async function sendRaw(text: string): Promise<string> {
  const { port } = new URL(serving.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.write(text);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe("the host guard", () => {
  test.each([
    "localhost",
    "localhost:28000",
    "node0.localhost",
    "127.0.0.1:1",
    "192.168.1.7",
    "[::1]:28000",
    "ledger.example",
    "LEDGER.example:80",
  ])("serves %s", async (host) => {
    expect((await askAs(host)).status).toBe(200);
  });

  test.each([
    "evil.example",
    "evil.example:28000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "ledger.example.evil",
    "127.0.0.1.",
  ])("refuses %s, for the page too", async (host) => {
    for (const path of ["/v1/status", "/"]) {
      const { status, text } = await askAs(host, path);
      expect(status).toBe(403);
      expect(problemSchema.parse(JSON.parse(text)).code).toBe("host_refused");
    }
  });
});

test.each(["127.0.0.1@evil.example", "[::1", "a b"])("a Host of %s is 400", async (host) => {
  const { status, text } = await askAs(host);
  expect(status).toBe(400);
  expect(problemSchema.parse(JSON.parse(text)).code).toBe("bad_request");
});

describe("other origins", () => {
  const preflight = (path: string, method: string): Promise<Response> =>
    fetch(`${serving.url}${path}`, {
      method: "OPTIONS",
      headers: { origin: "https://page.example", "access-control-request-method": method },
    });

  test("may read, and may submit a transaction", async () => {
    const read = await fetch(`${serving.url}/v1/status`, {
      headers: { origin: "https://page.example" },
    });
    expect(read.headers.get("access-control-allow-origin")).toBe("*");
    expect(read.headers.get("access-control-allow-credentials")).toBeNull();
    expect(read.headers.get("access-control-expose-headers")).toContain("Quorate-Tip");
    const submit = await preflight("/v1/transactions", "POST");
    expect(submit.headers.get("access-control-allow-methods")).toContain("POST");
  });

  test("may send nothing else", async () => {
    const batch = await preflight("/v1/transactions/batch", "POST");
    expect(batch.headers.get("access-control-allow-methods")).not.toContain("POST");
    const form = await fetch(`${serving.url}/v1/transactions`, { method: "POST", body: "a=b" });
    expect(form.status).toBe(415);
  });
});

test("every answer has a policy that runs only our own files, a problem's too", async () => {
  for (const path of ["/", "/v1/status", "/nothing"]) {
    const policy = (await fetch(`${serving.url}${path}`)).headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
  }
});

test("the explorer's page is asked for again, its scripts and styles are kept for good", async () => {
  const page = await fetch(`${serving.url}/`);
  expect(page.headers.get("content-type")).toContain("text/html");
  const tag = page.headers.get("etag") ?? "";
  const again = await fetch(`${serving.url}/`, {
    headers: { "if-none-match": tag, "cache-control": "no-cache" },
  });
  expect(again.status).toBe(304);
  const files = (await page.text()).match(/\/explorer\/[\w-]+\.(js|css)/g) ?? [];
  expect(files).toHaveLength(2);
  for (const file of files) {
    const { headers } = await fetch(`${serving.url}${file}`);
    expect(headers.get("cache-control")).toContain("immutable");
    expect(headers.get("content-type")).toMatch(/^text\/(javascript|css)/);
    expect(headers.get("content-encoding")).toBe("gzip");
  }
});

test("only a page may ask other nodes", async () => {
  const policyOf = async (path: string): Promise<string> =>
    (await fetch(`${serving.url}${path}`)).headers.get("content-security-policy") ?? "";
  expect(await policyOf("/")).toContain("connect-src 'self' http: https:");
  expect(await policyOf("/v1/status")).toContain("connect-src 'self';");
});

test("what changes is never kept by anybody", async () => {
  for (const path of ["/v1/status", "/v1/blocks/0", "/v1/nothing", "/livez"]) {
    const answer = await fetch(`${serving.url}${path}`);
    expect(answer.headers.get("cache-control"), path).toBe("no-store");
  }
});

test("over the rate is 429 with the seconds to wait, for pages of other origins too", async () => {
  const rate = { perSecond: 0.5, burst: 3 };
  const limited = await serve({ rates: { loopback: rate, others: rate } });
  const statuses: number[] = [];
  for (let i = 0; i < 4; i += 1) statuses.push((await fetch(`${limited.url}/v1/status`)).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  const refused = await fetch(`${limited.url}/v1/status`);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  expect(refused.headers.get("access-control-allow-origin")).toBe("*");
  expect(refused.headers.get("access-control-expose-headers")).toContain("Retry-After");
  expect(problemSchema.parse(await refused.json()).code).toBe("rate_exceeded");
  await limited.close();
});

test("a client is who is at the other end, whatever a header claims", async () => {
  const rate = { perSecond: 0.5, burst: 3 };
  const limited = await serve({ rates: { loopback: rate, others: rate } });
  const statuses: number[] = [];
  for (let i = 0; i < 4; i += 1) {
    const headers = {
      "x-forwarded-for": `10.0.0.${i}`,
      "x-real-ip": `10.0.0.${i}`,
      forwarded: `for=10.0.0.${i}`,
    };
    statuses.push((await fetch(`${limited.url}/v1/status`, { headers })).status);
  }
  expect(statuses).toEqual([200, 200, 200, 429]);
  await limited.close();
});

test.each([
  ["no HTTP", "hello\r\n\r\n"],
  [
    "two lengths",
    "POST /v1/transactions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  ["no host", "GET /v1/status HTTP/1.1\r\n\r\n"],
])("malformed HTTP (%s) is 400", async (_name, text) => {
  expect(await sendRaw(text)).toMatch(/^HTTP\/1\.1 400 /);
});

test.each([
  ["GET http://evil.example/v1/status HTTP/1.1\r\nHost: localhost", 403],
  ["GET http://localhost/v1/status HTTP/1.1\r\nHost: evil.example", 403],
  ["GET http://localhost/v1/status HTTP/1.1\r\nHost: localhost", 200],
  ["GET /v1/status HTTP/1.1\r\nHost: localhost\r\nHost: evil.example", 403],
  ["GET /v1/status HTTP/1.0", 400],
  ["GET * HTTP/1.1\r\nHost: localhost", 400],
  ["GET /v1//status HTTP/1.1\r\nHost: localhost", 404],
  ["GET /v1%2fstatus HTTP/1.1\r\nHost: localhost", 404],
  ["GET /v1/status HTTP/1.1\r\nHost: 0x7f000001", 403],
  ["TRACE /v1/status HTTP/1.1\r\nHost: localhost", 405],
])("%s is %i", async (head, status) => {
  const answer = await sendRaw(`${head}\r\nConnection: close\r\n\r\n`);
  expect(answer.split(" ", 2)[1]).toBe(String(status));
  expect(answer).not.toContain("node:");
  expect(serving.errors).toEqual([]);
});

test.each([
  ["gzip", true],
  ["br, gzip;q=0.5", true],
  ["*", true],
  ["gzip;q=0", false],
  ["gzip; q=0.000, br", false],
  ["identity", false],
  ["notgzip", false],
])("to who takes %s the page is compressed: %s", async (accepted, isCompressed) => {
  for (const path of ["/", "/docs"]) {
    const headers = { "accept-encoding": accepted };
    const answer = await fetch(`${serving.url}${path}`, { headers });
    expect(answer.headers.get("content-encoding") === "gzip").toBe(isCompressed);
    expect(await answer.text()).toMatch(/^<!doctype html>/i);
  }
});

test("a page that a proxy has made weak, or that is one of several, is known again", async () => {
  for (const path of ["/", "/docs"]) {
    const tag = (await fetch(`${serving.url}${path}`)).headers.get("etag") ?? "";
    for (const tags of [`W/${tag}`, `"other", ${tag}`, "*"]) {
      const headers = { "if-none-match": tags, "cache-control": "no-cache" };
      expect((await fetch(`${serving.url}${path}`, { headers })).status).toBe(304);
    }
    const headers = { "if-none-match": '"other"', "cache-control": "no-cache" };
    expect((await fetch(`${serving.url}${path}`, { headers })).status).toBe(200);
  }
});

test("a body whose length is not announced is read up to its bound", async () => {
  const head = "Host: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n";
  const chunked = (body: string): Promise<string> =>
    sendRaw(
      `POST /v1/transactions HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
  expect(await chunked('{"transaction":"AAAA"}')).toContain('"code":"malformed"');
  expect(await chunked("x".repeat(70_000))).toMatch(/^HTTP\/1\.1 413 /);
});

test("a head that is too large is 431", async () => {
  const text = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`;
  expect(await sendRaw(text)).toMatch(/^HTTP\/1\.1 431 /);
});

describe("whoever sends too slowly", () => {
  const patience = {
    headersTimeout: 200,
    requestTimeout: 400,
    keepAliveTimeout: 200,
    connectionsCheckingInterval: 50,
  };
  const slowServing = (): Promise<Serving> => serve({ blocks: 1, patience });
  const sendTo = async ({ url }: Serving, text: string): Promise<string> => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(text);
    let answer = "";
    for await (const chunk of socket) answer += String(chunk);
    return answer;
  };

  test.each([
    ["anything at all", ""],
    ["a head", "GET /v1/status HTTP/1.1\r\nHost: localhost\r\nX: "],
    [
      "a body",
      "POST /v1/transactions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    ],
  ])("%s is answered 408, and let go", async (_name, text) => {
    const slow = await slowServing();
    expect(await sendTo(slow, text)).toMatch(/^HTTP\/1\.1 408 /);
    expect(slow.errors).toEqual([]);
    await slow.close();
  });

  test("the next request is let go without a word", async () => {
    const slow = await slowServing();
    const answer = await sendTo(slow, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*alive\n$/);
    await slow.close();
  });
});

test("a port in use is an error of that name", async () => {
  const port = Number(new URL(serving.url).port);
  const second = startHttpServer({
    queries: serving.node,
    host: "127.0.0.1",
    port,
    log: silentLog,
    local: true,
  });
  await expect(second).rejects.toMatchObject({ name: "HttpServerError", code: "port_in_use" });
});

test("closing does not wait for a connection that asks nothing", async () => {
  const { port } = new URL(serving.url);
  const socket = connect(Number(port), "127.0.0.1");
  await once(socket, "connect");
  await (await fetch(`${serving.url}/livez`)).text(); // By now the server has accepted both.
  const startedMs = performance.now();
  await serving.close();
  // Requests under way are given 2 s.
  expect(performance.now() - startedMs).toBeLessThan(1_500);
  socket.destroy();
});

test("closing ends the streams and frees the port", async () => {
  const stream = await fetch(`${serving.url}/v1/stream`);
  await serving.close();
  const text = await stream.text();
  expect(text).not.toContain("event: block");
  await expect(fetch(`${serving.url}/livez`)).rejects.toThrow();
});
