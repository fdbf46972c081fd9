import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ControlAnswers } from "../../../../node/localnet/control-answers.ts";
import { askNetwork, isAnswering } from "../../../../node/localnet/control-client.ts";
import { type ControlRequest, parseRequest } from "../../../../node/localnet/control-protocol.ts";
import {
  type ControlServer,
  requireNoNetwork,
  serveControl,
} from "../../../../node/localnet/control-server.ts";
import { exitCodes, Refusal } from "../../../../node/refusal.ts";

const askMs = 5_000;
let folder = "";
let path = "";
const servers: ControlServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "quorate-control-"));
  path = join(folder, "control.sock");
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  rmSync(folder, { recursive: true });
});

async function serve(answer: (request: ControlRequest) => Promise<unknown>): Promise<void> {
  servers.push(await serveControl(path, answer));
}

/** Sends raw text and resolves with all that comes back. */
function send(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = "";
    const socket = connect(path);
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      heard += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(heard));
    socket.write(text);
  });
}

test("a request reaches the network and its data comes back", async () => {
  await serve(async (request) => ({ asked: request }));
  const request: ControlRequest = { command: "kill", node: 2 };
  expect(await askNetwork(path, request, askMs)).toEqual({ asked: request });
});

test.each<ControlRequest>([
  { command: "nodes" },
  { command: "healed", number: 3 },
  { command: "heal" },
  { command: "heal", background: true },
  { command: "restart", node: 0, background: true },
  { command: "partition", groups: [[0, 1], [2]], forMs: null },
  { command: "partition", groups: [[3]], forMs: 20_000, background: true },
])("%j is understood as it was meant", (request) => {
  expect(parseRequest(JSON.stringify(request))).toEqual(request);
});

test.each([
  { command: "healed" },
  { command: "kill", node: -1 },
  { command: "partition", groups: [[0]], forMs: 999 },
  { command: "partition", groups: [[0]], forMs: 3_600_001 },
  { command: "partition", groups: [[0]] },
  { command: "partition", groups: [["0"]], forMs: null },
  { command: "partition", groups: "0|1", forMs: null },
])("%j is no request", (request) => {
  expect(parseRequest(JSON.stringify(request))).toBeUndefined();
});

test("a refusal comes back as it was made", async () => {
  await serve(async () => {
    throw new Refusal({ code: "node_unknown", message: "no node 9", fix: "0 to 3" });
  });
  await expect(askNetwork(path, { command: "kill", node: 9 }, askMs)).rejects.toMatchObject({
    code: "node_unknown",
    message: "no node 9",
    fix: "0 to 3",
    exitCode: exitCodes.notFound,
  });
});

test.each([
  "\n",
  "{}\n",
  "[1]\n",
  '{"command":"kill"}\n',
  '{"command":"kill","node":1.5}\n',
  "no\n",
])("%j is answered as no request, and the network goes on", async (line) => {
  await serve(async () => "fine");
  expect(JSON.parse(await send(line))).toMatchObject({
    ok: false,
    error: { code: "request_unknown" },
  });
  expect(await askNetwork(path, { command: "status" }, askMs)).toBe("fine");
});

test("a request without an end is cut off", async () => {
  await serve(async () => "fine");
  expect(await send("x".repeat(5_000))).toContain("request_unknown");
});

test("the socket is the owner's alone", async () => {
  await serve(async () => "fine");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a second network is refused while the first answers", async () => {
  await serve(async () => "first");
  await expect(serve(async () => "second")).rejects.toMatchObject({ code: "network_running" });
  expect(await askNetwork(path, { command: "status" }, askMs)).toBe("first");
});

test("a socket that a dead network left is taken over", async () => {
  leaveStaleSocket();
  expect(existsSync(path)).toBe(true);
  expect(await isAnswering(path)).toBe(false);
  await serve(async () => "alive");
  expect(await askNetwork(path, { command: "status" }, askMs)).toBe("alive");
});

test("looking for a network in a folder changes nothing there", async () => {
  leaveStaleSocket();
  await requireNoNetwork(path);
  expect(existsSync(path)).toBe(true);
});

test("a network that is too busy to accept a connection keeps its socket", async () => {
  const busy = spawn(process.execPath, [
    ...["-e", `require("node:net").createServer().listen({ path: process.argv[1], backlog: 1 })`],
    path,
  ]);
  const waiting: Socket[] = [];
  try {
    await expect.poll(() => existsSync(path), { timeout: 5_000 }).toBe(true);
    busy.kill("SIGSTOP");
    // Nobody accepts: soon there is no room for one more.
    await expect
      .poll(async () => {
        const socket = connect(path);
        waiting.push(socket);
        return await new Promise((resolve) => {
          socket.once("connect", () => resolve("connected"));
          socket.once("error", (error) => resolve("code" in error ? error.code : "failed"));
        });
      })
      .toBe("EAGAIN");
    await expect(serve(async () => "second")).rejects.toMatchObject({ code: "network_running" });
    expect(existsSync(path)).toBe(true);
  } finally {
    for (const socket of waiting) socket.destroy();
    busy.kill("SIGKILL");
  }
});

test("whoever asks for the stop is answered when everything has stopped, also while it starts", async () => {
  let isRequested = false;
  const answers = new ControlAnswers(() => {
    isRequested = true;
  });
  let answer: unknown;
  const stopped = answers.answer({ command: "stop" }).then((said) => {
    answer = said;
  });
  await expect(answers.answer({ command: "status" })).rejects.toMatchObject({
    code: "network_starting",
  });
  expect([isRequested, answer]).toEqual([true, undefined]);
  answers.ended();
  await stopped;
  expect(answer).toEqual({ stopped: true });
});

test("closing lets an answer that is due leave, and removes the socket", async () => {
  let finish = (_: unknown): void => {};
  const heard = new Promise<void>((resolve) => {
    void serve(async () => {
      resolve();
      return await new Promise((done) => {
        finish = done;
      });
    });
  });
  await expect.poll(() => existsSync(path)).toBe(true);
  const asked = askNetwork(path, { command: "stop" }, askMs);
  await heard;
  const closed = servers[0]?.close();
  finish("stopped");
  expect(await asked).toBe("stopped");
  await closed;
  expect(existsSync(path)).toBe(false);
});

test("without a network the answer is a refusal of its own", async () => {
  await expect(askNetwork(path, { command: "status" }, askMs)).rejects.toMatchObject({
    code: "network_not_running",
    exitCode: exitCodes.unreachable,
  });
});

/** A socket file whose process is gone: what `kill -9` leaves behind. */
function leaveStaleSocket(): void {
  const script = `require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, 9))`;
  spawnSync(process.execPath, ["-e", script, path]);
}
