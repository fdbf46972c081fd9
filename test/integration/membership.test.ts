/**
 * Members come and go in a network of real processes: by add-node, by invitation and join, by votes; and what is wrong
 * with an invitation, a request or a vote is refused with its exit code.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { loadOperatorKey } from "../../node/operator-key.ts";
import { castVote } from "../../node/vote-casting.ts";
import type { StandingChangeJson } from "../../src/api/membership-json.ts";
import type { AccountId, ChainId, PublicKey } from "../../src/protocol/ids.ts";
import {
  askQuorate,
  freeBasePort,
  getJson,
  isAlive,
  LocalNet,
  repository,
  runQuorate,
  temporaryDir,
  until,
  untilGone,
} from "./support/local-net.ts";
import { clientOf } from "./support/paying-client.ts";

const flags = ["--epoch-length", "20"];

interface Checkpoint {
  readonly height: number;
  readonly blockId: string;
}

interface Seen extends StandingChangeJson {
  readonly sightings: readonly { readonly linked: boolean; readonly synced: boolean }[];
}

describe("a network of four", () => {
  let net: LocalNet;
  let basePort = 0;
  beforeAll(async () => {
    basePort = await freeBasePort();
    net = await LocalNet.start({ basePort, flags });
  });
  afterAll(async () => await net?.dispose());

  const network = (...args: readonly string[]) => askQuorate("network", ...args, "--dir", net.dir);
  const membership = (...args: readonly string[]) =>
    askQuorate("membership", ...args, "--network", join(net.dir, "network.json"));
  const urlOf = (index: number): string => net.network.nodes[index]?.http ?? "";
  const namesIn = async (url: string): Promise<readonly string[]> => {
    const answer = await clientOf(url).validators();
    return answer.ok ? answer.value.items.map(({ name }) => name).sort() : [];
  };

  test("an observer that is added follows and stays without a vote", async () => {
    const added = await network("add-node", "--observer");
    expect(added).toMatchObject({ code: 0, answer: { data: { synced: true } } });
    expect(net.network.nodes).toHaveLength(5);
    expect(await getJson(`${urlOf(4)}/v1/status`)).toMatchObject({
      validatorIndex: null,
      voting: { kind: "observer" },
    });
    const { answer } = await membership("list");
    expect(answer.data).toMatchObject({ changes: [], quorum: 3 });
  });

  test("a node that is added is synced, voted in, and a validator from the next epoch on", async () => {
    const { code, answer } = await network("add-node", "--wait");
    expect(code).toBe(0);
    expect(answer.data).toMatchObject({ needed: 3, node: { name: "node-5" } });
    expect(await namesIn(urlOf(0))).toEqual(["node-0", "node-1", "node-2", "node-3", "node-5"]);
    await until("node 5 votes", 20_000, async () => {
      const status = await clientOf(urlOf(5)).status();
      return status.ok && status.value.voting.kind === "voting";
    });
    expect(await network("status")).toMatchObject({
      code: 0,
      answer: {
        data: { nodes: net.network.nodes.map(({ name }) => ({ name, state: "running" })) },
      },
    });
  });

  test("the members set a parameter, and blocks of the way there are led by the new one too", async () => {
    const voted = await Promise.all(
      [0, 1, 2, 3].map((i) => membership("parameter", "baseFee", "101", "--as", `${i}`, "--yes")),
    );
    expect(voted.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    await until("the new fee holds", 30_000, async () => {
      const parameters = await clientOf(urlOf(1)).parameters();
      return parameters.ok && parameters.value.current["baseFee"] === "101";
    });
    const leaders = new Set<string | null>();
    for (
      let cursor: string | undefined = "", pages = 0;
      cursor !== undefined && pages < 4;
      pages += 1
    ) {
      const page = await clientOf(urlOf(0)).blocks({ limit: 50, cursor: cursor || undefined });
      if (!page.ok) throw new Error(JSON.stringify(page.reason));
      for (const { leaderName } of page.value.items) leaders.add(leaderName);
      cursor = page.value.next ?? undefined;
    }
    expect(leaders).toContain("node-5");
  });

  test("a paused node is said to be paused, and goes on when it is resumed", async () => {
    expect(await network("pause", "5")).toMatchObject({
      code: 0,
      answer: { data: { state: "paused" } },
    });
    expect((await network("status")).answer.data).toMatchObject({ pulse: { running: 5 } });
    expect(await network("resume", "5")).toMatchObject({
      code: 0,
      answer: { data: { state: "running" } },
    });
    expect((await fetch(`${urlOf(5)}/livez`)).status).toBe(200);
  });

  test("a validator that is removed goes on as an observer", async () => {
    const { code } = await network("remove-node", "1", "--wait");
    expect(code).toBe(0);
    await until("node 1 observes", 20_000, async () => {
      const status = await clientOf(urlOf(1)).status();
      return status.ok && status.value.voting.kind === "observer";
    });
    expect(await namesIn(urlOf(1))).toEqual(["node-0", "node-2", "node-3", "node-5"]);
    expect(await network("remove-node", "1")).toMatchObject({
      code: 3,
      answer: { error: { code: "not_listed" } },
    });
  });

  test("the next start brings back all nodes, the added ones too", async () => {
    const { chainId } = net.network;
    await net.dispose({ keep: true });
    net = await LocalNet.start({ dir: net.dir, basePort });
    expect(net.network.chainId).toBe(chainId);
    expect(net.network.nodes.map(({ pid }) => pid !== null)).toEqual(Array(6).fill(true));
    expect(await namesIn(urlOf(5))).toEqual(["node-0", "node-2", "node-3", "node-5"]);
    const other = await askQuorate("network", "up", "--dir", net.dir, "--epoch-length", "30");
    expect(other.code).toBe(2);
  });
});

describe("an organisation from elsewhere", () => {
  let net: LocalNet;
  let basePort = 0;
  let elsewhere = "";
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    elsewhere = temporaryDir();
    basePort = await freeBasePort();
    net = await LocalNet.start({ basePort, flags });
  });
  afterEach(async () => {
    if (child?.pid !== undefined && isAlive(child.pid)) {
      child.kill("SIGTERM");
      await untilGone(child.pid);
    }
  });
  afterAll(async () => {
    await net?.dispose();
    rmSync(elsewhere, { recursive: true, force: true });
  });

  const membership = (...args: readonly string[]) =>
    askQuorate("membership", ...args, "--network", join(net.dir, "network.json"));
  const home = (): string => join(elsewhere, "acme");
  const invitation = (): string => join(elsewhere, "members.invite");
  const endpoint = (): string => `127.0.0.1:${basePort + 7}`;
  const joinArgs = (): readonly string[] => [
    ...["join", invitation(), "--home", home(), "--name", "acme", "--endpoint", endpoint()],
    ...["--http-port", String(basePort + 1_007), "--new-operator"],
  ];
  const request = (): string => join(home(), "membership-request.json");

  test("an invitation is one file, and one that was changed makes no home", async () => {
    const made = await runQuorate("invite", "create", "--home", join(net.dir, "node-1"));
    expect(made.code).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject({
      kind: "quorate-invite",
      chainId: net.network.chainId,
      from: { name: "node-1", keyKind: "validator" },
    });
    const changed = { ...JSON.parse(made.stdout), peers: ["127.0.0.1:1"] };
    writeFileSync(invitation(), JSON.stringify(changed));
    expect(await askQuorate(...joinArgs(), "--yes")).toMatchObject({
      code: 8,
      answer: { error: { code: "invite_bad_signature" } },
    });
    expect(existsSync(home())).toBe(false);
    writeFileSync(invitation(), made.stdout);
  });

  test("join asks before it trusts an inviter, and says which flag answers", async () => {
    const { code, answer } = await askQuorate(...joinArgs());
    expect(code).toBe(2);
    expect(answer.error).toMatchObject({ code: "confirmation_needed", fix: "Add --yes." });
    expect(existsSync(home())).toBe(false);
  });

  test("from join over a linked and synced node to a validator, by the members' votes", async () => {
    const joined = await askQuorate(...joinArgs(), "--yes");
    expect(joined).toMatchObject({
      code: 0,
      answer: { data: { home: home(), request: request() } },
    });
    child = spawn(
      process.execPath,
      [join(repository, "dist/node/main.js"), "start", "--home", home()],
      { stdio: "ignore" },
    );
    const url = `http://127.0.0.1:${basePort + 1_007}`;
    await until("the new node is up", 20_000, async () => (await clientOf(url).status()).ok);

    const proposed = await membership("propose", "--put", request(), "--as", "0", "--yes");
    expect(proposed).toMatchObject({ code: 0, answer: { data: { counted: 1, needed: 3 } } });
    await until("all nodes see it linked and synced", 20_000, async () => {
      const { changes } = (await membership("list")).answer.data as { changes: readonly Seen[] };
      const [change] = changes;
      return change?.sightings.length === 4 && change.sightings.every(({ synced }) => synced);
    });
    expect(
      (await runQuorate("membership", "list", "--network", join(net.dir, "network.json"))).stdout,
    ).toMatch(/add acme .*\n.*1 of 3 votes: node-0.*\n.*\n.*SYNCED/);

    for (const voter of ["1", "2"]) {
      const approved = await membership("approve", "acme", "--as", voter, "--yes");
      expect(approved).toMatchObject({ code: 0, answer: { data: { status: "final" } } });
    }
    await until("acme votes", 40_000, async () => {
      const status = await clientOf(url).status();
      return status.ok && status.value.voting.kind === "voting";
    });
    expect(await membership("propose", "--put", request(), "--as", "0", "--yes")).toMatchObject({
      code: 2,
      answer: { error: { code: "nothing_to_change" } },
    });
  });

  test("a request whose possession is wrong is refused by the command, and by the ledger", async () => {
    const wrong = { ...JSON.parse(readFileSync(request(), "utf8")), possession: "11".repeat(64) };
    const path = join(elsewhere, "wrong.json");
    writeFileSync(path, JSON.stringify(wrong));
    expect(await membership("propose", "--put", path, "--as", "0", "--yes")).toMatchObject({
      code: 8,
      answer: { error: { code: "request_bad_possession" } },
    });
    const network = {
      nodes: net.network.nodes.map(({ http }) => http),
      chainId: net.network.chainId as ChainId,
      addressPrefix: "quo",
      timeoutMs: 10_000,
    };
    const validator = {
      consensusKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" as PublicKey,
      operator: "5a".repeat(32) as AccountId,
      name: "thief",
      endpoint: "",
    };
    const vote = castVote(
      network,
      loadOperatorKey(join(net.dir, "dev-keys/operator-0.json")),
      {
        kind: "vote-membership",
        change: { kind: "put", validator, possession: new Uint8Array(64) },
      },
      () => {},
    );
    await expect(vote).rejects.toMatchObject({ code: "bad_signature", exitCode: 5 });
  });

  test("a node whose checkpoint is of another history refuses what its peers have", async () => {
    const made = await runQuorate("invite", "create", "--home", join(net.dir, "node-1"));
    const file = join(elsewhere, "observer.invite");
    writeFileSync(file, made.stdout);
    const { height, blockId } = (JSON.parse(made.stdout) as { checkpoint: Checkpoint }).checkpoint;
    expect(height).toBeGreaterThan(0);
    const observer = join(elsewhere, "observer");
    const ports = ["--p2p-port", String(basePort + 6), "--http-port", String(basePort + 1_006)];
    const joined = await askQuorate(
      "join",
      file,
      "--observer",
      "--home",
      observer,
      ...ports,
      "--yes",
    );
    expect(joined).toMatchObject({ code: 0, answer: { data: { request: null } } });
    const config = join(observer, "config.toml");
    const text = readFileSync(config, "utf8");
    writeFileSync(config, text.replace(blockId, "ab".repeat(32)));
    const started = await runQuorate("start", "--home", observer);
    expect(started.code).toBe(10);
    expect(started.stderr).toContain("checkpoint_mismatch");
  });

  test("only an operator of the set has a vote, and only a change that stands can be approved", async () => {
    const alice = join(net.dir, "dev-keys/alice.json");
    expect(await membership("remove", "node-1", "--key", alice, "--yes")).toMatchObject({
      code: 5,
      answer: { error: { code: "not_a_validator" } },
    });
    expect(await membership("approve", "nobody", "--as", "0", "--yes")).toMatchObject({
      code: 3,
      answer: { error: { code: "not_listed" } },
    });
    expect(await membership("remove", "node-1", "--as", "0")).toMatchObject({
      code: 2,
      answer: { error: { code: "confirmation_needed" } },
    });
    expect(await membership("remove", "node-1", "--yes")).toMatchObject({
      code: 2,
      answer: { error: { code: "key_not_given" } },
    });
    expect(await membership("parameter", "epochLength", "50", "--as", "0", "--yes")).toMatchObject({
      code: 5,
      answer: { error: { code: "parameter_fixed" } },
    });
    const nowhere = ["--node", "http://127.0.0.1:1"];
    expect(await membership("list", ...nowhere)).toMatchObject({ code: 4 });
  });
});
