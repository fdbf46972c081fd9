import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createNetwork } from "../../node/localnet/create-network.ts";
import { layoutOf } from "../../node/localnet/layout.ts";
import {
  askQuorate,
  freeBasePort,
  getJson,
  repository,
  temporaryDir,
} from "./support/local-net.ts";

const main = join(repository, "dist/node/main.js");
const stopMsMax = 5_000;

let dir = "";
let home = "";
let basePort = 0;
let http = "";
const children: ChildProcess[] = [];
const servers: Server[] = [];

beforeEach(async () => {
  dir = temporaryDir();
  basePort = await freeBasePort();
  http = `http://127.0.0.1:${basePort + 1_000}`;
  await createNetwork(layoutOf(dir), { nodes: 1, basePort });
  home = join(dir, "node-0");
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  }
  rmSync(dir, { recursive: true });
});

interface Node {
  readonly child: ChildProcess;
  readonly started: Record<string, unknown>;
  readonly ended: Promise<number | null>;
}

/** Starts the node and resolves with what it says on stdout once it runs. */
async function startNode(...flags: readonly string[]): Promise<Node> {
  const child = spawn(process.execPath, [main, "start", "--home", home, "--json", ...flags]);
  children.push(child);
  const ended = new Promise<number | null>((settle) => child.once("exit", settle));
  const line = await new Promise<string>((settle, fail) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += String(chunk);
      if (text.includes("\n")) settle(text);
    });
    void ended.then((code) => fail(new Error(`ended with ${code}: ${text}`)));
  });
  const { data } = JSON.parse(line) as { readonly data: Record<string, unknown> };
  return { child, started: data, ended };
}

const refusal = (code: string, exitCode: number) => ({
  code: exitCode,
  answer: { ok: false, error: { code } },
});

async function occupy(port: number): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((settle) => server.listen(port, "127.0.0.1", settle));
}

test("a node says what it is, serves, and ends with 0 within 5 s of SIGTERM", async () => {
  const { child, started, ended } = await startNode();
  expect(started).toMatchObject({ event: "started", network: "local", height: 0, home });
  expect(started["http"]).toBe(`${http}/`);
  expect(await getJson(`${http}/v1/status`)).toMatchObject({ chainId: started["chainId"] });
  expect(readFileSync(join(home, "data/LOCK"), "utf8").trim()).toBe(String(child.pid));
  const begin = performance.now();
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(performance.now() - begin).toBeLessThan(stopMsMax);
  expect(existsSync(join(home, "data/LOCK"))).toBe(false);
});

test("one validator is a quorum: it votes, and says so", async () => {
  await startNode();
  await expect
    .poll(async () => (await getJson(`${http}/v1/status`))["voting"], { timeout: 20_000 })
    .toEqual({ kind: "voting" });
});

test("with --stop-with-stdin the end of stdin is the end of the node", async () => {
  const { child, ended } = await startNode("--stop-with-stdin");
  child.stdin?.end();
  expect(await ended).toBe(0);
});

test("a second process on one home is refused and told which process has it", async () => {
  const { child } = await startNode();
  const second = await askQuorate("start", "--home", home, "--p2p-port", "0", "--http-port", "0");
  expect(second).toMatchObject(refusal("ledger_locked", 2));
  expect(second.answer.error?.message).toContain(`pid ${child.pid}`);
  expect(await getJson(`${http}/v1/status`)).toMatchObject({ validatorIndex: 0 });
});

test.each([
  ["P2P", 0],
  ["HTTP", 1_000],
])(
  "a %s port in use is refused by name, and the node can be started elsewhere",
  async (_, offset) => {
    await occupy(basePort + offset);
    const refused = await askQuorate("start", "--home", home);
    expect(refused).toMatchObject(refusal("port_in_use", 2));
    expect(refused.answer.error?.message).toContain(String(basePort + offset));
    const { started } = await startNode("--p2p-port", "0", "--http-port", "0");
    expect(started["event"]).toBe("started");
  },
);

test.each(["node.key", "validator-"])("a %s… that others can read is refused", async (name) => {
  const keys = join(home, "keys");
  const file = readdirSync(keys).find((one) => one.startsWith(name) && one.endsWith(".key")) ?? "";
  chmodSync(join(keys, file), 0o644);
  const refused = await askQuorate("start", "--home", home);
  expect(refused).toMatchObject(refusal("key_exposed", 2));
  expect(refused.answer.error?.message).toContain(file);
});

test("a validator key without its journal starts, follows and does not vote", async () => {
  const keys = join(home, "keys");
  for (const file of readdirSync(keys)) {
    if (/\.(journal|mark)$/.test(file)) rmSync(join(keys, file));
  }
  await startNode();
  expect(await getJson(`${http}/v1/status`)).toMatchObject({ voting: { kind: "silent" } });
  expect(readdirSync(keys).some((file) => file.endsWith(".journal"))).toBe(false);
});

test.each([
  ["--http-port", "70000", "http.port"],
  ["--peer", "nowhere", "p2p.peers"],
  ["--log-level", "loud", "log.level"],
])("%s %s is a usage error that names %s", async (flag, value, option) => {
  const { code, answer } = await askQuorate("start", "--home", home, flag, value);
  expect(code).toBe(2);
  expect(answer.error?.message).toContain(option);
});
