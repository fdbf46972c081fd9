/**
 * /v1/local: only for a node of a local network, only from this machine, only for the network's own pages.
 *
 * Behind the server is a real control socket; what the network would do is written down instead of done.
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ControlRequest } from "../../../node/localnet/control-protocol.ts";
import { type ControlServer, serveControl } from "../../../node/localnet/control-server.ts";
import { Refusal } from "../../../node/refusal.ts";
import type { LocalActionJson, LocalNodesJson } from "../../../src/api/local-json.ts";
import { localAcceptedSchema, localNodesSchema } from "../../../src/api/local-schemas.ts";
import { problemSchema } from "../../../src/api/schemas.ts";
import { clientOf, type Serving, serve } from "./serving.ts";

const page = "http://127.0.0.1:28000";
const otherPage = "http://127.0.0.1:28001";
const json = { "content-type": "application/json" };
const id = "ab".repeat(32);

const action: LocalActionJson = {
  number: 1,
  command: "kill",
  node: 2,
  groups: null,
  startedMs: 1_700_000_000_000,
};
const view: LocalNodesJson = {
  nodes: [
    {
      index: 0,
      name: "node-0",
      http: page,
      state: "running",
      reason: null,
      agrees: null,
      tip: { height: 3, id },
      voting: { kind: "voting" },
      sync: { kind: "synced" },
      peers: 0,
      quorumAgeMs: 12,
      group: 0,
      action,
    },
  ],
  partition: { groups: [[0], [1]], sinceMs: 1, healsAtMs: null },
  action: null,
  verdicts: [
    {
      action,
      endedMs: 2,
      safe: true,
      live: false,
      quorum: { reachable: 1, needed: 2, validators: 2 },
      recoveredAfterMs: null,
      words: "no quorum",
      failure: null,
    },
  ],
};

let folder = "";
let control: ControlServer;
let serving: Serving;
let asked: ControlRequest[];
let refusal: Refusal | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "quorate-local-"));
  asked = [];
  refusal = undefined;
  const controlSocket = join(folder, "control.sock");
  control = await serveControl(controlSocket, async (heard) => {
    asked.push(heard);
    if (refusal !== undefined) throw refusal;
    return heard.command === "nodes" ? view : { action };
  });
  const steering = { controlSocket, pages: [page, otherPage], cutOff: [] };
  serving = await serve({ steering: () => steering, hostNames: ["ledger.example"] });
});
afterEach(async () => {
  await serving.close();
  await control.close();
  rmSync(folder, { recursive: true });
});

const routes = ["/v1/local/nodes/2/kill", "/v1/local/partition", "/v1/local/heal"];

const post = (
  path: string,
  headers: Record<string, string> = json,
  body = "{}",
): Promise<Response> => fetch(`${serving.url}${path}`, { method: "POST", headers, body });

/** Asks with a Host of our choice, which fetch does not allow. */
function askAs(host: string, method: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(serving.url);
    const headers = { host, ...json, "content-length": "2" };
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject).end("{}");
  });
}

const codeOf = async (response: Response): Promise<string> =>
  problemSchema.parse(await response.json()).code;

describe("what is asked for", () => {
  test("the nodes are told as the network tells them", async () => {
    const answer = await fetch(`${serving.url}/v1/local/nodes`);
    expect(answer.status).toBe(200);
    const body: unknown = await answer.json();
    expect(body).toEqual(view);
    expect(localNodesSchema.parse(body)).toEqual(view);
    expect(asked).toEqual([{ command: "nodes" }]);
  });

  test.each(["kill", "pause", "resume", "restart"] as const)("%s is begun", async (command) => {
    const answer = await post(`/v1/local/nodes/2/${command}`);
    expect(answer.status).toBe(202);
    expect(localAcceptedSchema.parse(await answer.json())).toEqual({ action });
    expect(asked).toEqual([{ command, node: 2, background: true }]);
  });

  test("a partition is begun with its groups and its time, and ended", async () => {
    const client = clientOf(serving.url);
    const begun = await client.local.partition({ groups: [[0, 1], [2]], forMs: 20_000 });
    expect(begun).toEqual({ ok: true, value: { action } });
    await client.local.partition({ groups: [[0]] });
    await client.local.heal();
    await client.local.steer(3, "pause");
    expect((await client.local.nodes()).ok).toBe(true);
    expect(asked).toEqual([
      { command: "partition", groups: [[0, 1], [2]], forMs: 20_000, background: true },
      { command: "partition", groups: [[0]], forMs: null, background: true },
      { command: "heal", background: true },
      { command: "pause", node: 3, background: true },
      { command: "nodes" },
    ]);
  });

  test.each([
    ["/v1/local/nodes/2/stop", "{}", 400],
    ["/v1/local/nodes/x/kill", "{}", 400],
    ["/v1/local/nodes/-1/kill", "{}", 400],
    ["/v1/local/nodes/2/kill", "no", 400],
    ["/v1/local/partition", "{}", 400],
    ["/v1/local/partition", '{"groups":[]}', 400],
    ["/v1/local/partition", '{"groups":[[-1]]}', 400],
    ["/v1/local/partition", '{"groups":[["0"]]}', 400],
    ["/v1/local/partition", '{"groups":[[0]],"forMs":5}', 400],
    ["/v1/local/partition", '{"groups":[[0]],"forMs":36000001}', 400],
    ["/v1/local/partition", '{"groups":[[0]],"more":1}', 400],
    ["/v1/local/partition", `{"groups":[[${"0,".repeat(3_000)}0]]}`, 413],
  ])("POST %s with %.40s is %i, and the network hears nothing", async (path, body, status) => {
    const answer = await post(path, json, body);
    expect(answer.status).toBe(status);
    problemSchema.parse(await answer.json());
    expect(asked).toEqual([]);
  });

  test.each([
    ["node_unknown", 404, "node_unknown"],
    ["node_busy", 409, "node_busy"],
    ["node_down", 409, "node_down"],
    ["groups_invalid", 400, "bad_request"],
    ["rate_exceeded", 429, "rate_exceeded"],
    ["network_starting", 503, "network_gone"],
  ])("the network's %s is %i %s", async (code, status, shown) => {
    refusal = new Refusal({ code, message: "in its words", fix: "" });
    const answer = await post("/v1/local/heal");
    expect(answer.status).toBe(status);
    if (status === 429) expect(answer.headers.get("retry-after")).toBe("1");
    const problem = problemSchema.parse(await answer.json());
    expect([problem.code, problem.detail]).toEqual([shown, "in its words"]);
  });

  test("a network that is gone is 503", async () => {
    await control.close();
    for (const answer of [
      await fetch(`${serving.url}/v1/local/nodes`),
      await post(routes[2] ?? ""),
    ]) {
      expect([answer.status, await codeOf(answer)]).toEqual([503, "network_gone"]);
    }
  });
});

test("a node that no local network started has no such routes", async () => {
  const plain = await serve();
  for (const [method, path] of [
    ["GET", "/v1/local/nodes"],
    ["POST", "/v1/local/nodes/0/kill"],
    ["POST", "/v1/local/heal"],
  ] as const) {
    const body = method === "POST" ? { body: "{}", headers: json } : {};
    const answer = await fetch(`${plain.url}${path}`, { method, ...body });
    expect([answer.status, await codeOf(answer)]).toEqual([404, "route_unknown"]);
  }
  const { paths } = (await (await fetch(`${plain.url}/openapi.json`)).json()) as {
    readonly paths: object;
  };
  expect(Object.keys(paths).filter((path) => path.startsWith("/v1/local"))).toEqual([]);
  await plain.close();
});

describe("pages of the network's own nodes", () => {
  test.each([page, otherPage, "http://localhost:28001"])(
    "%s may look and steer",
    async (origin) => {
      const read = await fetch(`${serving.url}/v1/local/nodes`, { headers: { origin } });
      const done = await post("/v1/local/nodes/2/kill", { ...json, origin });
      for (const answer of [read, done]) {
        expect(answer.ok).toBe(true);
        expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
        expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
        expect(answer.headers.get("vary")?.toLowerCase()).toContain("origin");
      }
    },
  );

  test("are let through a preflight, with JSON and nothing else", async () => {
    const answer = await fetch(`${serving.url}/v1/local/nodes/2/kill`, {
      method: "OPTIONS",
      headers: {
        origin: otherPage,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe(otherPage);
    expect(answer.headers.get("access-control-allow-methods")).toContain("POST");
    expect(answer.headers.get("access-control-allow-headers")).toBe("Content-Type");
    expect(asked).toEqual([]);
  });

  test("and nobody else are let in by what lies below the same path", async () => {
    for (const [headers, allowed] of [
      [{}, null],
      [{ origin: page }, page],
    ] as const) {
      const answer = await fetch(`${serving.url}/v1/local/none`, { headers });
      expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([
        404,
        allowed,
      ]);
    }
  });

  test("can read why something was refused", async () => {
    const answer = await post("/v1/local/partition", { ...json, origin: page });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([400, page]);
  });
});

/** Cross-site request forgery: what a page of somebody else makes a browser send. */
describe("other pages", () => {
  const foreign = [
    "https://evil.example",
    "null",
    "http://127.0.0.1",
    "http://127.0.0.1:28002",
    "https://127.0.0.1:28000",
    "http://127.0.0.1:28000.evil.example",
    "http://localhost:1",
  ];

  test.each(foreign)(
    "%s can neither steer nor look, not even after a preflight",
    async (origin) => {
      for (const path of routes) {
        const answer = await post(path, { ...json, origin }, '{"groups":[[0]]}');
        expect([answer.status, await codeOf(answer)]).toEqual([403, "origin_refused"]);
        expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      }
      const read = await fetch(`${serving.url}/v1/local/nodes`, { headers: { origin } });
      expect([read.status, read.headers.get("access-control-allow-origin")]).toEqual([403, null]);
      const preflight = await fetch(`${serving.url}/v1/local/heal`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
      expect(preflight.ok).toBe(false);
      expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
      expect(asked).toEqual([]);
    },
  );

  test.each([
    "text/plain",
    "text/plain;application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonx",
  ])("a body of %s, which a form or a no-cors fetch can send, is refused", async (type) => {
    for (const origin of [{}, { origin: page }]) {
      for (const path of routes) {
        const answer = await post(path, { "content-type": type, ...origin }, '{"groups":[[0]]}');
        expect([answer.status, await codeOf(answer)]).toEqual([415, "media_type_refused"]);
      }
    }
    expect(asked).toEqual([]);
  });

  test("a post without a body and without a type is refused", async () => {
    const answer = await fetch(`${serving.url}/v1/local/heal`, { method: "POST" });
    expect(answer.status).toBe(415);
    expect(asked).toEqual([]);
  });

  test.each(["cross-site", "same-site"])(
    "an image or a script of a %s page is refused",
    async (site) => {
      const answer = await fetch(`${serving.url}/v1/local/nodes`, {
        headers: { "sec-fetch-site": site },
      });
      expect([answer.status, await codeOf(answer)]).toEqual([403, "origin_refused"]);
      expect(asked).toEqual([]);
    },
  );
});

/** DNS rebinding: a name of somebody else that points at this machine. */
describe("other names of this machine", () => {
  test.each([
    "evil.example",
    "evil.example:28000",
    "127.0.0.1.evil.example",
    "evil.localhost",
    "ledger.example",
    "192.168.1.7",
    "0.0.0.0",
  ])("%s serves nothing of it", async (host) => {
    for (const [method, path] of [
      ["GET", "/v1/local/nodes"],
      ["POST", "/v1/local/heal"],
      ["OPTIONS", "/v1/local/heal"],
    ] as const) {
      expect(await askAs(host, method, path)).toBe(403);
    }
    expect(asked).toEqual([]);
  });

  test.each(["localhost", "localhost:28000", "127.0.0.1:28000", "[::1]:28000"])(
    "%s does",
    async (host) => {
      expect(await askAs(host, "POST", "/v1/local/heal")).toBe(202);
    },
  );

  test.each(["x-forwarded-for", "forwarded", "via"])(
    "who comes through a proxy (%s) may be anywhere, and finds nothing",
    async (name) => {
      const answer = await post("/v1/local/heal", { ...json, [name]: "for=10.1.2.3" });
      expect([answer.status, await codeOf(answer)]).toEqual([404, "route_unknown"]);
      expect(asked).toEqual([]);
    },
  );
});

test("who is not on this machine finds nothing", async () => {
  const { networkInterfaces } = await import("node:os");
  const own = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === "IPv4" && !each.internal);
  const everywhere = await serve({
    host: "0.0.0.0",
    steering: () => ({ controlSocket: join(folder, "control.sock"), pages: [page], cutOff: [] }),
  });
  const { port } = new URL(everywhere.url);
  // A machine without a network has no such address, and nobody who could come from there.
  const address = own?.address;
  const statuses =
    address === undefined
      ? [404]
      : [
          (await fetch(`http://${address}:${port}/v1/local/nodes`)).status,
          (
            await fetch(`http://${address}:${port}/v1/local/heal`, {
              method: "POST",
              headers: json,
              body: "{}",
            })
          ).status,
        ];
  expect(new Set(statuses)).toEqual(new Set([404]));
  expect((await fetch(`http://127.0.0.1:${port}/v1/local/nodes`)).status).toBe(200);
  await everywhere.close();
});
