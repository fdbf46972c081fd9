/**
 * However a local network ends, no process of it is left behind: not a paused one either, which can notice nothing.
 * @module
 */
import { rmSync, statSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  askQuorate,
  freeBasePort,
  isAlive,
  LocalNet,
  temporaryDir,
  until,
  untilGone,
} from "./support/local-net.ts";

const stopMsMax = 6_000;

let dir: string;
let basePort: number;
let net: LocalNet;
let pids: readonly number[];

beforeEach(async () => {
  dir = `${temporaryDir()}/net`;
  basePort = await freeBasePort();
  net = await LocalNet.start({ dir, basePort });
  pids = net.network.nodes.map(({ pid }) => pid ?? 0);
});
afterEach(async () => {
  for (const pid of pids) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  await net.dispose();
  rmSync(dir, { recursive: true, force: true });
});

const command = async (...args: readonly string[]): Promise<void> => {
  const { code, answer } = await askQuorate("network", ...args, "--dir", dir);
  expect(code, JSON.stringify(answer)).toBe(0);
};

async function requireNobody(): Promise<void> {
  for (const pid of pids) expect(await untilGone(pid)).toBeLessThan(stopMsMax);
}

test("when it is killed while a node is paused, the paused one ends too, and the ports are free", async () => {
  await command("pause", "1");
  net.signal("SIGKILL");
  await net.ended;
  await requireNobody();
  net = await LocalNet.start({ dir, basePort });
  pids = net.network.nodes.map(({ pid }) => pid ?? 0);
});

test("when it is killed after a node was paused and resumed, all end as ever", async () => {
  await command("pause", "1");
  await command("resume", "1");
  net.signal("SIGKILL");
  await net.ended;
  await requireNobody();
});

test("when it is stopped after nodes were paused, and one of them killed", async () => {
  await command("pause", "1");
  await command("pause", "2");
  await command("kill", "1");
  await command("stop");
  expect((await net.ended).code).toBe(0);
  await requireNobody();
});

test("when Ctrl-C is pressed twice while a node hangs", async () => {
  await command("pause", "3");
  net.signal("SIGINT");
  const beganMs = performance.now();
  await net.event("stopping");
  await until("the second press is clearly later", 5_000, async () => {
    return performance.now() - beganMs > 500;
  });
  net.signal("SIGINT");
  await net.ended;
  await requireNobody();
});

test("when its terminal is closed", async () => {
  await command("pause", "0");
  net.signal("SIGHUP");
  expect((await net.ended).code).toBe(0);
  await requireNobody();
});

test("its folder and its socket are its owner's alone", () => {
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  expect(statSync(`${dir}/control.sock`).mode & 0o777).toBe(0o600);
});
