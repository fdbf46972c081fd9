/**
 * Chaos on a local network, by commands and over HTTP: what is cut halts or goes on as it must, nothing is lost, and the
 * verdict says so.
 * @module
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { askNetwork } from "../../node/localnet/control-client.ts";
import { serveControl } from "../../node/localnet/control-server.ts";
import type { LocalNodesJson, LocalVerdictJson } from "../../src/api/local-json.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { type ChainId, nativeAsset } from "../../src/protocol/ids.ts";
import {
  chainTag,
  type NamedSigned,
  nameTransaction,
  signWithSingleKey,
} from "../../src/protocol/transaction.ts";
import {
  askQuorate,
  freeBasePort,
  isAlive,
  LocalNet,
  runQuorate,
  temporaryDir,
  until,
} from "./support/local-net.ts";
import { clientOf, devPayer, feeOfPayment } from "./support/paying-client.ts";
import { FaultyProxy } from "./wallet/faulty-proxy.ts";

interface ChaosData {
  readonly nodes: readonly {
    readonly index: number;
    readonly state: string;
    readonly group: number | null;
    readonly tip: { readonly height: number; readonly id: string } | null;
  }[];
  readonly verdict: LocalVerdictJson;
  readonly during?: LocalVerdictJson;
}

let net: LocalNet;
let urls: readonly string[];
const nonces = new Map<string, number>();

beforeAll(async () => {
  net = await LocalNet.start();
  urls = net.network.nodes.map(({ http }) => http);
});
afterAll(async () => await net?.dispose());

/** Every test begins with a whole network. */
beforeEach(async () => {
  const shown = await Promise.all(urls.map(async (url) => await clientOf(url).local.nodes()));
  const isWhole = shown.every(
    (answer) =>
      answer.ok &&
      answer.value.partition === null &&
      answer.value.nodes.every(({ voting, peers }) => voting?.kind === "voting" && peers === 3),
  );
  if (isWhole) return;
  await command("heal");
  for (const [index, { pid }] of net.network.nodes.entries()) {
    if (pid === null) await command("restart", String(index));
    else await command("resume", String(index));
  }
});

async function command(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly data: ChaosData }> {
  const { code, answer } = await askQuorate("network", ...args, "--dir", net.dir);
  expect(answer.ok, JSON.stringify(answer)).toBe(true);
  return { code, data: answer.data as ChaosData };
}

/** The next payment of a development account, signed. */
function payment(name: string, to: string): NamedSigned {
  const payer = devPayer(net.dir, name);
  const chainId = net.network.chainId as ChainId;
  const nonce = nonces.get(name) ?? 0;
  nonces.set(name, nonce + 1);
  const transaction = {
    chain: chainTag(chainId),
    sender: payer.account,
    nonce,
    expiryMs: Date.now() + 10 * 60_000,
    fee: feeOfPayment,
    memo: new Uint8Array(0),
    operations: [
      {
        from: undefined,
        body: {
          kind: "transfer" as const,
          asset: nativeAsset,
          to: devPayer(net.dir, to).account,
          amount: 1_000n,
        },
      },
    ],
  };
  const signed = signWithSingleKey(chainId, transaction, payer.policy, payer.signer);
  return nameTransaction(nobleHasher, chainId, signed);
}

async function submit(node: number, ...payments: readonly NamedSigned[]): Promise<void> {
  for (const { bytes } of payments) {
    const answer = await clientOf(urls[node] ?? "").submit(bytes);
    expect(answer.ok && answer.value.status).toBe("pending");
  }
}

async function statusOf(node: number) {
  const answer = await clientOf(urls[node] ?? "").status();
  if (!answer.ok) throw new Error(`node ${node} does not answer`);
  return answer.value;
}

/** Waits until the payment is final at the node. */
async function untilFinal(node: number, { id }: NamedSigned): Promise<void> {
  await until(`${id} is final at node ${node}`, 30_000, async () => {
    const answer = await clientOf(urls[node] ?? "").transaction(id);
    return answer.ok && answer.value.status === "final";
  });
}

async function isFinal(node: number, { id }: NamedSigned): Promise<boolean> {
  const answer = await clientOf(urls[node] ?? "").transaction(id);
  return answer.ok && answer.value.status === "final";
}

/** The nodes have the same block at the height that they share. */
async function requireAgreement(): Promise<void> {
  const tips = await Promise.all(urls.map(async (_, node) => (await statusOf(node)).tip.height));
  const shared = Math.min(...tips);
  const ids = await Promise.all(
    urls.map(async (url) => {
      const block = await clientOf(url).block(shared);
      return block.ok ? block.value.id : "no block";
    }),
  );
  expect(new Set(ids).size).toBe(1);
}

describe("a partition", () => {
  test("into halves halts both, stays safe, and finishes after healing what was paid meanwhile", async () => {
    const cut = await command("partition", "0,1|2,3");
    expect(cut.code).toBe(0);
    expect(cut.data.verdict).toMatchObject({
      safe: true,
      live: false,
      quorum: { reachable: 2, needed: 3, validators: 4 },
      recoveredAfterMs: null,
      words: "no quorum: 2 of 4 reachable, 3 needed; safe, waits",
    });
    expect(cut.data.nodes.map(({ group }) => group)).toEqual([0, 0, 1, 1]);
    const tips = cut.data.nodes.map(({ tip }) => tip?.height);

    const [one, two] = [payment("alice", "bob"), payment("carol", "bob")];
    await submit(0, one);
    await submit(3, two);
    await until("all have been without a quorum for a while", 30_000, async () => {
      const all = await Promise.all(urls.map((_, node) => statusOf(node)));
      return all.every(({ quorumAgeMs }) => quorumAgeMs > 4_000);
    });
    const stalled = await Promise.all(urls.map((_, node) => statusOf(node)));
    expect(stalled.map(({ tip }) => tip.height)).toEqual(tips);
    expect(stalled.map(({ peers }) => peers)).toEqual([1, 1, 1, 1]);
    expect(await isFinal(0, one)).toBe(false);
    expect(await isFinal(3, two)).toBe(false);

    const healed = await command("heal");
    expect(healed.code).toBe(0);
    expect(healed.data.verdict).toMatchObject({ safe: true, live: true });
    expect(healed.data.verdict.recoveredAfterMs).toBeLessThan(15_000);
    for (const node of [0, 1, 2, 3]) {
      await untilFinal(node, one);
      await untilFinal(node, two);
      expect((await statusOf(node)).peers).toBe(3);
    }
    await requireAgreement();
  });

  test("of three and one lets the three go on; the one catches up after healing", async () => {
    const cut = await command("partition", "3");
    expect(cut.data.verdict).toMatchObject({ safe: true, live: true, quorum: { reachable: 3 } });
    expect(cut.data.verdict.action.groups).toEqual([[3], [0, 1, 2]]);
    const alone = (await statusOf(3)).tip.height;
    const paid = [payment("alice", "bob"), payment("alice", "carol")];
    for (const each of paid) {
      await submit(1, each);
      for (const node of [0, 1, 2]) await untilFinal(node, each);
    }
    const apart = await statusOf(3);
    expect([apart.tip.height, apart.peers]).toEqual([alone, 0]);
    const healed = await command("heal");
    expect(healed.data.verdict).toMatchObject({ safe: true, live: true });
    expect(healed.data.verdict.words).toMatch(/^safe: 4 nodes agree · live: 4 of 4 .* · recovered/);
    // Its recovery is in the verdict: nothing has to be waited for any more.
    for (const each of paid) expect(await isFinal(3, each)).toBe(true);
    await requireAgreement();
  });

  test("heals by itself when its time is over, and the command tells both verdicts", async () => {
    const cut = await command("partition", "0|1,2,3", "--for", "2s");
    expect(cut.code).toBe(0);
    expect(cut.data.during).toMatchObject({ safe: true, live: true, recoveredAfterMs: null });
    expect(cut.data.verdict).toMatchObject({ action: { command: "heal" }, safe: true, live: true });
    expect(cut.data.verdict.recoveredAfterMs).toBeGreaterThanOrEqual(0);
    expect((await statusOf(0)).peers).toBe(3);
  });

  test("holds for a node that is restarted in it, and for one that slept through its beginning", async () => {
    await command("pause", "2");
    await command("partition", "0,1|2,3");
    await command("resume", "2");
    const restarted = await command("restart", "0");
    expect(restarted.code).toBe(0);
    expect(restarted.data.verdict).toMatchObject({ safe: true, live: false });
    await until("each has one peer", 15_000, async () => {
      const all = await Promise.all(urls.map((_, node) => statusOf(node)));
      return all.every(({ peers }) => peers === 1);
    });
    expect((await command("heal")).data.verdict).toMatchObject({ safe: true, live: true });
  });

  test("outlives the end of the one that it replaces", async () => {
    const beganMs = performance.now();
    await command("partition", "3", "--for", "2s", "--no-wait");
    const { data } = await command("partition", "0,1|2,3");
    expect(data.verdict.words).toMatch(/^no quorum: 2 of 4 reachable/);
    await until("the first would be over", 10_000, async () => performance.now() - beganMs > 2_500);
    const shown = await clientOf(urls[0] ?? "").local.nodes();
    expect(shown.ok && shown.value.partition).toMatchObject({ healsAtMs: null });
    expect(shown.ok && shown.value.nodes.map(({ peers }) => peers)).toEqual([1, 1, 1, 1]);
  });

  test("is made by one of two commands that come at once; the other is told to wait", async () => {
    const ask = (groups: readonly (readonly number[])[]): Promise<unknown> =>
      askNetwork(
        join(net.dir, "control.sock"),
        { command: "partition", groups, forMs: null },
        60_000,
      );
    const both = await Promise.allSettled([ask([[0, 1]]), ask([[3]])]);
    const refused = both.filter((each) => each.status === "rejected");
    expect(refused.map(({ reason }) => reason)).toMatchObject([{ code: "node_busy" }]);
  });

  test("is shown by status, and refuses a node that would belong to no part of it", async () => {
    await command("partition", "0,1|2,3", "--for", "10m", "--no-wait");
    const { answer } = await askQuorate("network", "status", "--dir", net.dir);
    expect(answer.data).toMatchObject({
      partition: {
        groups: [
          [0, 1],
          [2, 3],
        ],
      },
      verdict: { live: false },
    });
    const { stdout } = await runQuorate("network", "status", "--dir", net.dir);
    expect(stdout).toMatch(/^cut: 0,1\|2,3, heals in (600|59\d) s$/m);
    expect(await askQuorate("network", "add-node", "--dir", net.dir)).toMatchObject({
      code: 2,
      answer: { error: { code: "network_partitioned" } },
    });
  });
});

describe("the verdict", () => {
  test("on a killed node says that three are enough, and on a second one that two are not", async () => {
    const one = await command("kill", "3");
    expect([one.code, one.data.verdict.safe, one.data.verdict.live]).toEqual([0, true, true]);
    expect(one.data.verdict.words).toContain("3 of 4 validators reach each other (without node-3)");
    const two = await command("kill", "2");
    expect(two.code).toBe(0);
    expect(two.data.verdict).toMatchObject({
      safe: true,
      live: false,
      words: "no quorum: 2 of 4 reachable, 3 needed; safe (node-2, node-3 not seen), waits",
    });
    expect(two.data.nodes.map(({ state }) => state)).toEqual([
      "running",
      "running",
      "down",
      "down",
    ]);
    const back = await command("restart", "2");
    expect(back.code).toBe(0);
    expect(back.data.verdict).toMatchObject({ safe: true, live: true });
    expect(back.data.verdict.recoveredAfterMs).toBeGreaterThan(0);
  });

  test("on a resumed node says when it was back, with work under way", async () => {
    expect((await command("pause", "1")).data.verdict).toMatchObject({ safe: true, live: true });
    const paid = payment("alice", "bob");
    await submit(0, paid);
    await untilFinal(0, paid);
    const resumed = await command("resume", "1");
    expect(resumed.data.verdict).toMatchObject({ safe: true, live: true });
    expect(resumed.data.verdict.recoveredAfterMs).toBeLessThan(20_000);
    expect(await isFinal(1, paid)).toBe(true);
  });

  test("on what was done already claims no recovery from it", async () => {
    for (const [args, words] of [
      [["heal"], /^nothing was cut · safe: 4 nodes agree · live: /],
      [["resume", "1"], /^node-1 was not paused · safe: 4 nodes agree · live: /],
    ] as const) {
      const { code, data } = await command(...args);
      expect(code).toBe(0);
      expect(data.verdict).toMatchObject({ safe: true, live: true, recoveredAfterMs: null });
      expect(data.verdict.words).toMatch(words);
    }
  });

  test("on a network of which nobody is left claims nothing", async () => {
    for (const node of ["0", "1", "2"]) await command("kill", node);
    const { code, data } = await command("kill", "3");
    expect(code).toBe(0);
    expect(data.verdict).toMatchObject({
      safe: null,
      live: false,
      recoveredAfterMs: null,
      words: "no node answers: nothing can be compared, nothing goes on",
    });
    const { data: restarted } = await command("restart", "0");
    expect(restarted.verdict.words).toContain("(node-1, node-2, node-3 not seen)");
    expect(restarted.verdict).toMatchObject({ live: false, recoveredAfterMs: null });
  });

  test("after a restart is not on whoever has taken the node's port", async () => {
    await command("kill", "3");
    const stranger = await FaultyProxy.start(urls[0] ?? "", Number(new URL(urls[3] ?? "").port));
    try {
      const { code, answer } = await askQuorate("network", "restart", "3", "--dir", net.dir);
      expect({ code, error: answer.error?.code }).toEqual({ code: 1, error: "node_failed" });
      expect(answer.error?.message).toMatch(/in use|EADDRINUSE/);
    } finally {
      await stranger.stop();
    }
    expect((await command("restart", "3")).data.verdict).toMatchObject({ safe: true, live: true });
  });

  test("is for people on stderr, with the node on stdout", async () => {
    const { code, stdout, stderr } = await runQuorate("network", "pause", "1", "--dir", net.dir);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^node-1 {4}paused {3}pid \d+ {2}http:\S+\/\n$/);
    expect(stderr).toMatch(/^safe: 3 nodes agree \(node-1 not seen\) · live: 3 of 4 .*\n$/);
  });

  test.each([
    [["partition", "0,1|1"], 2, "groups_invalid"],
    [["partition", "0|9"], 2, "groups_invalid"],
    [["partition", "0,1,2,3"], 2, "groups_invalid"],
    [["partition", "a|b"], 2, "usage"],
    [["partition"], 2, "usage"],
    [["partition", "0|1", "--for", "20"], 2, "usage"],
    [["partition", "0|1", "--for", "0s"], 2, "usage"],
    [["kill", "9"], 3, "node_unknown"],
  ])("%j ends with %i %s, and does nothing", async (args, exit, code) => {
    expect(await askQuorate("network", ...args, "--dir", net.dir)).toMatchObject({
      code: exit,
      answer: { ok: false, error: { code } },
    });
    for (const node of [0, 1, 2, 3]) expect((await statusOf(node)).peers).toBe(3);
  });
});

describe("over HTTP", () => {
  const post = (
    node: number,
    path: string,
    body: object = {},
    origin?: string,
  ): Promise<Response> =>
    fetch(`${urls[node]}/v1/local/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(origin && { origin }) },
      body: JSON.stringify(body),
    });

  /** What a page does: asks on until the verdict of its action is there. */
  async function verdictOn(node: number, answer: Response): Promise<LocalNodesJson> {
    expect(answer.status).toBe(202);
    const { action } = (await answer.json()) as { readonly action: { readonly number: number } };
    const { local } = clientOf(urls[node] ?? "");
    let seen: LocalNodesJson | undefined;
    await until(`a verdict on action ${action.number}`, 40_000, async () => {
      const nodes = await local.nodes();
      seen = nodes.ok ? nodes.value : undefined;
      return seen?.verdicts[0]?.action.number === action.number;
    });
    if (seen === undefined) throw new Error("no view");
    return seen;
  }

  test("a node is killed through its own page, and its page brings it back through another node", async () => {
    const [pid, page] = [net.network.nodes[0]?.pid ?? 0, urls[0] ?? ""];
    const killed = await verdictOn(1, await post(0, "nodes/0/kill", {}, page));
    expect(isAlive(pid)).toBe(false);
    expect(killed.nodes[0]).toMatchObject({ state: "down", tip: null, reason: "ended by SIGKILL" });
    expect(killed.verdicts[0]).toMatchObject({ safe: true, live: true, failure: null });

    const preflight = await fetch(`${urls[1]}/v1/local/nodes/0/restart`, {
      method: "OPTIONS",
      headers: { origin: page, "access-control-request-method": "POST" },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBe(page);
    const begun = await post(1, "nodes/0/restart", {}, page);
    expect(begun.headers.get("access-control-allow-origin")).toBe(page);
    expect((await post(2, "nodes/0/restart", {}, page)).status).toBe(409);
    const told = net.events.filter(({ event }) => event === "verdict");
    expect(told.at(-1)).toMatchObject({ verdict: { action: { command: "kill", node: 0 } } });
    const back = await verdictOn(1, begun);
    expect(back.nodes[0]).toMatchObject({ state: "running", voting: { kind: "voting" } });
    expect(back.verdicts[0]?.recoveredAfterMs).toBeGreaterThan(0);
    expect((await verdictOn(0, await post(0, "heal", {}, page))).action).toBeNull();
  });

  test("the network is cut and healed, and every node shows it", async () => {
    const groups = [
      [0, 1],
      [2, 3],
    ];
    const cut = await verdictOn(0, await post(0, "partition", { groups }));
    expect(cut.verdicts[0]).toMatchObject({ safe: true, live: false });
    for (const url of urls) {
      const shown = await clientOf(url).local.nodes();
      expect(shown.ok && shown.value.partition).toMatchObject({ groups, healsAtMs: null });
      expect(shown.ok && shown.value.nodes.map(({ group }) => group)).toEqual([0, 0, 1, 1]);
    }
    const healed = await verdictOn(3, await post(3, "heal"));
    expect(healed.partition).toBeNull();
    expect(healed.verdicts[0]).toMatchObject({ safe: true, live: true });
  });

  test("a foreign page changes nothing, and too many actions are refused for a while", async () => {
    const before = net.network.nodes.map(({ pid }) => pid);
    expect((await post(0, "nodes/1/kill", {}, "https://evil.example")).status).toBe(403);
    const form = { method: "POST", body: new URLSearchParams({ a: "b" }) };
    expect((await fetch(`${urls[0]}/v1/local/nodes/1/kill`, form)).status).toBe(415);
    expect(net.network.nodes.map(({ pid }) => pid)).toEqual(before);
    const statuses = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => (await post(i % 4, "nodes/9/kill")).status),
    );
    expect(new Set(statuses)).toEqual(new Set([404, 429]));
  });

  test("a node that is to be steered and has nobody who steers it ends before it opens anything", async () => {
    const { home } = net.network.nodes[0] ?? { home: "" };
    const { code, stderr } = await runQuorate("start", "--home", home, "--steered");
    expect([code, stderr]).toEqual([0, ""]);
  });
});

/** Nodes that contradict each other cannot be had on demand: the network's answer is written down here. */
describe("exit codes of verdicts that no honest network gives", () => {
  const verdict: LocalVerdictJson = {
    action: { number: 1, command: "heal", node: null, groups: null, startedMs: 1 },
    endedMs: 2,
    safe: true,
    live: true,
    quorum: { reachable: 4, needed: 3, validators: 4 },
    recoveredAfterMs: null,
    words: "in words",
    failure: null,
  };

  test.each([
    ["nodes differ", { nodes: [], verdict: { ...verdict, safe: false }, isLate: false }, 8],
    [
      "nodes differ, and it is late",
      { nodes: [], verdict: { ...verdict, safe: false }, isLate: true },
      8,
    ],
    [
      "nodes differ, and the command failed",
      {
        nodes: [],
        verdict: {
          ...verdict,
          safe: false,
          failure: { code: "node_failed", message: "no", fix: "" },
        },
        isLate: false,
      },
      8,
    ],
    [
      "not all could be compared",
      { nodes: [], verdict: { ...verdict, safe: null }, isLate: true },
      7,
    ],
    [
      "it did not come about in time",
      { nodes: [], verdict: { ...verdict, live: false }, isLate: true },
      7,
    ],
    ["there is no quorum", { nodes: [], verdict: { ...verdict, live: false }, isLate: false }, 0],
  ])("where %s it is told all the same", async (_what, data, exit) => {
    const dir = temporaryDir();
    const control = await serveControl(join(dir, "control.sock"), async () => data);
    const { code, answer } = await askQuorate("network", "heal", "--dir", dir);
    expect(code).toBe(exit);
    expect(answer).toEqual({ ok: true, data: { nodes: [], verdict: data.verdict } });
    const { stderr } = await runQuorate("network", "heal", "--dir", dir);
    expect(stderr).toBe("in words\n");
    await control.close();
    rmSync(dir, { recursive: true });
  });
});

test("a node may be killed while the network starts: the others come up, and the verdict is true", async () => {
  const [dir, basePort] = [temporaryDir(), await freeBasePort()];
  const starting = LocalNet.start({ dir, basePort });
  let killed: unknown;
  await until("the network takes commands", 30_000, async () => {
    const { code, answer } = await askQuorate("network", "kill", "3", "--dir", dir);
    killed = answer.data;
    return code === 0;
  });
  const started = await starting;
  try {
    expect((killed as ChaosData).verdict).toMatchObject({
      action: { command: "kill", node: 3 },
      quorum: { reachable: 3, needed: 3, validators: 4 },
      safe: true,
      live: true,
    });
    expect(started.network.nodes.map(({ pid }) => pid === null)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    const { code } = await askQuorate("network", "restart", "3", "--dir", dir);
    expect(code).toBe(0);
  } finally {
    await started.dispose();
  }
});

test("a partition ends with its network", async () => {
  await command("partition", "0,1|2,3");
  const { dir, basePort } = net;
  await net.dispose({ keep: true });
  net = await LocalNet.start({ dir, basePort });
  for (const node of [0, 1, 2, 3]) expect((await statusOf(node)).peers).toBe(3);
});
