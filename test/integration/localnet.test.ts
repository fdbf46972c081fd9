import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  askQuorate,
  freeBasePort,
  getJson,
  isAlive,
  LocalNet,
  runQuorate,
  temporaryDir,
  until,
  untilGone,
} from "./support/local-net.ts";

const stopMsMax = 5_000;

const heightOf = async (http: string): Promise<number> => {
  const { tip } = await getJson(`${http}/v1/status`);
  return (tip as { readonly height: number }).height;
};

const pidsOf = (net: LocalNet): readonly number[] =>
  net.network.nodes.flatMap(({ pid }) => (pid === null ? [] : [pid]));

describe("a running network", () => {
  let net: LocalNet;
  beforeAll(async () => {
    net = await LocalNet.start();
  });
  afterAll(async () => await net?.dispose());

  const command = (...args: readonly string[]) => askQuorate("network", ...args, "--dir", net.dir);

  test("network.json says where four ready nodes of one chain are", async () => {
    const { chainId, nodes } = net.network;
    expect(chainId).toMatch(/^[0-9a-f]{64}$/);
    expect(nodes.map(({ name }) => name)).toEqual(["node-0", "node-1", "node-2", "node-3"]);
    for (const [i, { http, p2p, pid, home }] of nodes.entries()) {
      expect(http).toBe(`http://127.0.0.1:${net.basePort + 1_000 + i}`);
      expect(p2p).toBe(`127.0.0.1:${net.basePort + i}`);
      expect(isAlive(pid ?? 0)).toBe(true);
      expect(existsSync(join(home, "data/ledger"))).toBe(true);
      expect((await fetch(`${http}/readyz`)).status).toBe(200);
      expect(await getJson(`${http}/v1/status`)).toMatchObject({ chainId, validatorIndex: i });
    }
  });

  test("the accounts are funded, and their keys are for the owner alone", async () => {
    const { nodes, accounts } = net.network;
    expect(accounts.map(({ name }) => name)).toEqual(["alice", "bob", "carol", "treasury"]);
    for (const { name, address } of accounts) {
      const account = await getJson(`${nodes[1]?.http}/v1/accounts/${address}`);
      expect(account).toMatchObject({ address, exists: true });
      const path = join(net.dir, "dev-keys", `${name}.json`);
      expect(statSync(path).mode & 0o077).toBe(0);
      expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
        kind: "quorate-dev-key",
        name,
        address,
      });
    }
  });

  test("a killed node is gone and said to be down, and a restarted one is ready again", async () => {
    const before = net.network.nodes[2]?.pid ?? 0;
    const killed = await command("kill", "2");
    expect(killed).toMatchObject({ code: 0, answer: { data: { state: "down", pid: null } } });
    expect(isAlive(before)).toBe(false);
    expect(net.network.nodes[2]?.pid).toBeNull();
    expect(await command("kill", "2")).toMatchObject({
      code: 2,
      answer: { error: { code: "node_down" } },
    });
    const restarted = await command("restart", "2");
    expect(restarted).toMatchObject({
      code: 0,
      answer: { data: { state: "running", ready: true } },
    });
    const after = net.network.nodes[2];
    expect(after?.pid).not.toBe(before);
    expect((await fetch(`${after?.http}/readyz`)).status).toBe(200);
  });

  test("nobody starts a killed node but restart", async () => {
    await command("kill", "1");
    const { pulses } = { pulses: net.events.filter(({ event }) => event === "pulse").length };
    await until("two more pulses have passed", 10_000, async () => {
      return net.events.filter(({ event }) => event === "pulse").length >= pulses + 2;
    });
    expect(net.network.nodes[1]?.pid).toBeNull();
    expect(await command("restart", "1")).toMatchObject({ code: 0 });
  });

  test("a running node is restarted as another process", async () => {
    const before = net.network.nodes[0]?.pid;
    expect(await command("restart", "0")).toMatchObject({ code: 0, answer: { ok: true } });
    expect(net.network.nodes[0]?.pid).not.toBe(before);
  });

  test("status lists every node with its state", async () => {
    const { code, answer } = await command("status");
    expect(code).toBe(0);
    expect(answer.data).toMatchObject({
      nodes: net.network.nodes.map(() => ({ state: "running" })),
    });
  });

  test("a number that no node has is not found", async () => {
    expect(await command("kill", "9")).toMatchObject({
      code: 3,
      answer: { error: { code: "node_unknown" } },
    });
  });

  test("a second network in the same folder is refused and does no harm", async () => {
    const second = await command("up", "--reset");
    expect(second).toMatchObject({ code: 2, answer: { error: { code: "network_running" } } });
    expect(pidsOf(net).every(isAlive)).toBe(true);
  });

  test("a second network in another folder, on the same ports, is refused by name", async () => {
    const dir = join(net.dir, "other");
    const port = net.basePort;
    const { code, answer } = await askQuorate(
      ...["network", "up", "--dir", dir, "--base-port", String(port)],
    );
    expect(code).toBe(2);
    expect(answer.error?.code).toBe("port_in_use");
    expect(answer.error?.message).toContain(String(port));
    expect(answer.error?.fix).toContain("--base-port");
    expect(existsSync(dir)).toBe(false);
  });

  test("another network on other ports runs beside it", async () => {
    const other = await LocalNet.start({ flags: ["--nodes", "1"] });
    try {
      expect(other.network.chainId).not.toBe(net.network.chainId);
      expect(await heightOf(other.network.nodes[0]?.http ?? "")).toBeGreaterThanOrEqual(0);
    } finally {
      await other.dispose();
    }
  });
});

describe("the end of a network and its next beginning", () => {
  let net: LocalNet | undefined;
  let dir = "";
  afterEach(async () => {
    await net?.dispose();
    net = undefined;
    rmSync(dir, { recursive: true, force: true });
  });

  const startAt = async (basePort: number, ...flags: string[]): Promise<LocalNet> => {
    net = await LocalNet.start({ dir, basePort, flags });
    return net;
  };

  test("stop ends all within 5 s with exit code 0, and the next start goes on", async () => {
    dir = temporaryDir();
    const base = await freeBasePort();
    const first = await startAt(base);
    const { chainId } = first.network;
    const pids = pidsOf(first);
    const begin = performance.now();
    expect(await askQuorate("network", "stop", "--dir", dir)).toMatchObject({ code: 0 });
    expect((await first.ended).code).toBe(0);
    expect(performance.now() - begin).toBeLessThan(stopMsMax);
    expect(pids.some(isAlive)).toBe(false);
    expect(first.network.nodes.map(({ pid }) => pid)).toEqual([null, null, null, null]);
    expect(existsSync(join(dir, "control.sock"))).toBe(false);

    expect(await askQuorate("network", "up", "--dir", dir, "--nodes", "7")).toMatchObject({
      code: 2,
      answer: { error: { code: "nodes_differ" } },
    });
    const second = await startAt(base);
    expect(second.network.chainId).toBe(chainId);
  });

  test("SIGTERM to the parent ends all within 5 s with exit code 0", async () => {
    dir = temporaryDir();
    const running = await startAt(await freeBasePort());
    const pids = pidsOf(running);
    const begin = performance.now();
    running.signal("SIGTERM");
    expect((await running.ended).code).toBe(0);
    expect(performance.now() - begin).toBeLessThan(stopMsMax);
    expect(pids.some(isAlive)).toBe(false);
  });

  test("nodes do not outlive a killed parent, and the network starts again at once", async () => {
    dir = temporaryDir();
    const base = await freeBasePort();
    const first = await startAt(base);
    const { chainId } = first.network;
    const pids = pidsOf(first);
    first.signal("SIGKILL");
    await first.ended;
    const second = await startAt(base);
    expect(second.network.chainId).toBe(chainId);
    for (const pid of pids) expect(await untilGone(pid)).toBeLessThan(stopMsMax);
  });

  test("--reset begins another chain and leaves foreign files alone", async () => {
    dir = temporaryDir();
    const base = await freeBasePort();
    const first = await startAt(base, "--nodes", "1");
    const { chainId } = first.network;
    await first.dispose({ keep: true });
    writeFileSync(join(dir, "notes.txt"), "mine");
    const second = await startAt(base, "--nodes", "2", "--reset");
    expect(second.network.chainId).not.toBe(chainId);
    expect(second.network.nodes).toHaveLength(2);
    expect(readFileSync(join(dir, "notes.txt"), "utf8")).toBe("mine");
  });

  test("a kept network moves to other ports", async () => {
    dir = temporaryDir();
    const first = await startAt(await freeBasePort());
    const { chainId } = first.network;
    await first.dispose({ keep: true });
    const second = await startAt(await freeBasePort());
    expect(second.network.chainId).toBe(chainId);
    for (const { http } of second.network.nodes) {
      expect(await getJson(`${http}/v1/status`)).toMatchObject({ peers: 3 });
    }
  });

  test("a node that refuses to start is named with its reason; the others run", async () => {
    dir = temporaryDir();
    const base = await freeBasePort();
    await (await startAt(base)).dispose({ keep: true });
    const config = join(dir, "node-3/config.toml");
    writeFileSync(config, readFileSync(config, "utf8").replace("\nport =", "\nprot ="));
    const running = await startAt(base);
    expect(running.network.nodes.map(({ pid }) => pid === null)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    const down = running.events.find(({ event, node }) => {
      return event === "changed" && (node as { readonly state: string }).state === "down";
    });
    expect(JSON.stringify(down)).toContain("p2p.prot");
  });
});

describe("what is refused before anything is made", () => {
  test("a port that another program has is named, and no folder is made", async () => {
    const parent = temporaryDir();
    const dir = join(parent, "net");
    const base = await freeBasePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(base + 1_002, "127.0.0.1", resolve));
    try {
      const { code, answer } = await askQuorate(
        ...["network", "up", "--dir", dir, "--base-port", String(base)],
      );
      expect(code).toBe(2);
      expect(answer.error?.code).toBe("port_in_use");
      expect(answer.error?.message).toContain(String(base + 1_002));
      expect(existsSync(dir)).toBe(false);
    } finally {
      server.close();
      rmSync(parent, { recursive: true });
    }
  });

  test("a folder whose socket path is too long is refused by name", async () => {
    const parent = temporaryDir();
    const dir = join(parent, "n".repeat(107));
    mkdirSync(dir);
    expect(await askQuorate("network", "up", "--dir", dir)).toMatchObject({
      code: 2,
      answer: { error: { code: "socket_path_too_long" } },
    });
    rmSync(parent, { recursive: true });
  });

  test("a command to a network that does not run ends with exit code 4", async () => {
    const dir = temporaryDir();
    expect(await askQuorate("network", "status", "--dir", dir)).toMatchObject({
      code: 4,
      answer: { error: { code: "network_not_running" } },
    });
    rmSync(dir, { recursive: true });
  });

  test.each([
    ["network", "up", "--nodes", "0"],
    ["network", "up", "--base-port", "80"],
    ["network", "up", "--no-such-flag"],
    ["network", "kill", "first"],
    ["network", "kill"],
    ["no-such-command"],
  ])("%s %s %s %s is a usage error", async (...args) => {
    const given = args.filter((word) => word !== undefined);
    expect(await askQuorate(...given)).toMatchObject({
      code: 2,
      answer: { ok: false, error: { code: "usage" } },
    });
    const { code, stdout, stderr } = await runQuorate(...given);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("error:");
  });

  test("a home that is none is not found", async () => {
    const dir = temporaryDir();
    expect(await askQuorate("start", "--home", dir)).toMatchObject({
      code: 3,
      answer: { error: { code: "home_not_found" } },
    });
    rmSync(dir, { recursive: true });
  });
});
