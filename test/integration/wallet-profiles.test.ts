/**
 * Profiles through the real process: several networks in one wallet, each pinned to the genesis it had at first.
 * @module
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HttpServer } from "../../node/http/server.ts";
import { formatGenesis } from "../../src/protocol/genesis.ts";
import { WalletCommand } from "./wallet/command.ts";
import { PayingNode } from "./wallet/paying-node.ts";
import { addressOf, alice, bob, fundedWith, serve, TwinNetwork } from "./wallet/twin-network.ts";

let network: TwinNetwork;
/** A node of another network: the same people, other balances. */
let other: PayingNode;
let server: HttpServer;
/** Knows of no network file. */
let wallet: WalletCommand;

beforeEach(async () => {
  network = await TwinNetwork.start(2);
  other = await PayingNode.start(new Map([[bob, fundedWith]]));
  server = await serve(other);
  const folder = join(network.folder, "elsewhere");
  await mkdir(folder);
  wallet = new WalletCommand({ folder, networkFile: undefined });
});

afterEach(async () => {
  await server.close();
  await network.stop();
});

const url = (i = 0): string => network.proxies[i]?.url ?? "";
const chainOf = async (profile: string): Promise<string | null> => {
  const { data } = await wallet.json("config", "show");
  return data.profiles.find(({ name }) => name === profile)?.chainId ?? null;
};

test("nodes are added, listed and removed; the first ones make the profile in use", async () => {
  expect(await wallet.json("nodes", "list")).toMatchObject({
    exit: 3,
    error: { code: "profile_unknown" },
  });
  for (const each of [url(0), url(1), `${url(1)}/`]) {
    expect(await wallet.json("nodes", "add", each)).toMatchObject({ exit: 0 });
  }
  const listed = await wallet.json("nodes", "list");
  expect(listed.data).toEqual({ profile: "default", chainId: null, nodes: [url(0), url(1)] });
  expect((await wallet.json("nodes", "remove", url(0))).data.nodes).toEqual([url(1)]);
  const gone = await wallet.json("nodes", "remove", url(0));
  expect(gone).toMatchObject({ exit: 3, error: { code: "node_unknown" } });
  const bad = await wallet.json("nodes", "add", "ftp://a");
  expect(bad).toMatchObject({ exit: 2, error: { code: "bad_node_url" } });
});

test("a node that is silent is added, with a word about it", async () => {
  const added = await wallet.json("nodes", "add", "http://127.0.0.1:9", "--timeout", "2s");
  expect(added.exit).toBe(0);
  expect(added.stderr).toContain("does not answer");
});

describe("a profile that was used", () => {
  beforeEach(async () => {
    await wallet.json("nodes", "add", url());
    expect(await wallet.json("balance", addressOf(alice))).toMatchObject({ exit: 0 });
  });

  test("is pinned to its network", async () => {
    expect(await chainOf("default")).toBe(network.node.chainId);
  });

  test("refuses nodes of another network, and says how to change that", async () => {
    const before = await readFile(join(wallet.home, "config.json"), "utf8");
    const added = await wallet.json("nodes", "add", server.url);
    expect(added).toMatchObject({ exit: 8, error: { code: "genesis_changed" } });
    const fix = `quorate-wallet config set chain-id ${other.chainId} --profile default`;
    expect(added.error.fix).toContain(fix);
    expect(await readFile(join(wallet.home, "config.json"), "utf8")).toBe(before);
    expect((await wallet.json(...fix.split(" ").slice(1))).exit).toBe(0);
    expect((await wallet.json("nodes", "add", server.url)).exit).toBe(0);
  });

  test.each([
    ["with a copy of its genesis", false],
    ["without", true],
  ])("%s refuses its own nodes when they serve another one", async (_what, isLost) => {
    const path = join(wallet.home, "config.json");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(url(), server.url));
    if (isLost) await rm(join(wallet.home, "genesis"), { recursive: true });
    for (const command of [
      ["balance", addressOf(bob)],
      ["send", "1", addressOf(bob), "--from", "anna", "--yes"],
    ]) {
      const answer = await wallet.json(...command);
      expect(answer).toMatchObject({ exit: 8, error: { code: "genesis_changed" } });
      expect(answer.error.message).toContain(other.chainId);
    }
    expect(await chainOf("default")).toBe(network.node.chainId);
    expect(other.submitted).toEqual([]);
  });

  test("refuses a genesis file of another network", async () => {
    const path = join(network.folder, "genesis.json");
    await writeFile(path, formatGenesis(other.genesis));
    const answer = await wallet.json("list", "--genesis", path);
    expect(answer).toMatchObject({ exit: 8, error: { code: "genesis_changed" } });
  });

  test("chain-id none: it is pinned again by its next use", async () => {
    expect((await wallet.json("config", "set", "chain-id", "none")).exit).toBe(0);
    expect(await chainOf("default")).toBeNull();
    await wallet.json("balance", addressOf(alice));
    expect(await chainOf("default")).toBe(network.node.chainId);
  });
});

test("two networks in one wallet: --profile for one call, config set for all", async () => {
  await wallet.json("nodes", "add", url());
  await wallet.json("nodes", "add", server.url, "--profile", "other");
  const balance = async (...flags: readonly string[]) =>
    (await wallet.json("balance", addressOf(bob), ...flags)).data.amount;
  expect(await balance()).toBe("0");
  expect(await balance("--profile", "other")).toBe(String(fundedWith));
  expect((await wallet.json("config", "set", "profile", "other")).exit).toBe(0);
  expect(await balance()).toBe(String(fundedWith));
  expect(await chainOf("default")).toBe(network.node.chainId);
  expect(await chainOf("other")).toBe(other.chainId);
  expect((await wallet.json("config", "set", "profile", "none")).data.profile).toBeNull();
});

test("a network file that is named goes before the profile, and --profile before QUORATE_NETWORK", async () => {
  await wallet.json("nodes", "add", server.url);
  const file = ["--network", network.networkFile];
  const named = await wallet.json("balance", "alice", ...file);
  expect(named).toMatchObject({ exit: 0, data: { amount: String(fundedWith) } });
  const both = await wallet.json("list", ...file, "--profile", "default");
  expect(both).toMatchObject({ exit: 2, error: { code: "profile_or_network" } });
  await network.wallet.json("nodes", "add", server.url, "--profile", "other");
  const chosen = await network.wallet.json("balance", addressOf(bob), "--profile", "other");
  expect(chosen).toMatchObject({ exit: 0, data: { amount: String(fundedWith) } });
});

test.each([
  [["config", "set", "colour", "red"], 2, "setting_unknown"],
  [["config", "set", "profile", "nobody"], 3, "profile_unknown"],
  [["config", "set", "chain-id", "none"], 2, "no_profile"],
  [["list", "--profile", "nobody"], 3, "profile_unknown"],
  [["nodes", "add", "http://127.0.0.1:9", "--profile", "../x"], 2, "bad_name"],
])("%j exits %i", async (flags, exit, code) => {
  expect(await wallet.json(...flags)).toMatchObject({ exit, error: { code } });
});

test("a damaged configuration is refused, not lost", async () => {
  await wallet.json("nodes", "add", url());
  for (const text of ["{", '{"version":2,"profiles":{}}', '{"version":1,"profiles":{"a":{}}}']) {
    await writeFile(join(wallet.home, "config.json"), text);
    const listed = await wallet.json("list");
    expect(listed).toMatchObject({ exit: 2, error: { code: "config_malformed" } });
  }
});
