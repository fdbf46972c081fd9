/**
 * What was acknowledged is never lost: real processes, killed without warning; real disks, damaged on purpose.
 * @module
 */
import { spawn } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Payer, pay, type Terms, transferTo } from "../../bench/accounts.ts";
import { fundedPayers, termsOf } from "../../bench/load.ts";
import { formatAddress } from "../../src/protocol/address.ts";
import type { AccountId } from "../../src/protocol/ids.ts";
import { askQuorate, LocalNet, repository, until } from "./support/local-net.ts";

interface Status {
  readonly tip: { readonly height: number; readonly id: string };
  readonly voting: { readonly kind: string; readonly reason?: string };
  readonly peers: number;
}

const quorate = join(repository, "bin/quorate.js");

async function getJson<Body>(url: string): Promise<Body> {
  const response = await fetch(url);
  return (await response.json()) as Body;
}

const urlsOf = (net: LocalNet): string[] =>
  net.network.nodes.map(({ http }) => http.replace(/\/+$/, ""));

/** Pays round robin to all nodes and keeps the ids of those that were answered "final", until told to stop. */
class Load {
  readonly acknowledged = new Set<string>();
  /** Signed and not answered "final": the next load of these payers sends it first. */
  readonly #unfinished: Map<Payer, { readonly id: string; readonly bytes: Uint8Array }>;
  #stopped = false;
  readonly #done: Promise<unknown>;

  constructor(
    urls: readonly string[],
    payers: readonly Payer[],
    terms: Terms,
    unfinished: Load["unfinished"] = new Map(),
  ) {
    this.#unfinished = unfinished;
    this.#done = Promise.all(
      payers.map((payer, i) => {
        const to = payers[(i + 1) % payers.length]?.account ?? payer.account;
        return this.#payOn(urls, { payer, to, terms, start: i });
      }),
    );
  }

  get unfinished(): Map<Payer, { readonly id: string; readonly bytes: Uint8Array }> {
    return this.#unfinished;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #payOn(
    urls: readonly string[],
    { payer, to, terms, start }: { payer: Payer; to: AccountId; terms: Terms; start: number },
  ): Promise<void> {
    for (let turn = start; !this.#stopped; turn += 1) {
      const { id, bytes } = this.#unfinished.get(payer) ?? pay(payer, [transferTo(to, 1n)], terms);
      this.#unfinished.set(payer, { id, bytes });
      for (let node = turn; !this.#stopped; node += 1) {
        const url = `${urls[node % urls.length]}/v1/transactions?wait=final&timeoutMs=3000`;
        const answer = await postOnce(url, bytes);
        if (answer !== "final") continue;
        this.acknowledged.add(id);
        this.#unfinished.delete(payer);
        break;
      }
    }
  }
}

async function postOnce(url: string, bytes: Uint8Array): Promise<string> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: bytes as Uint8Array<ArrayBuffer>,
      signal: AbortSignal.timeout(5_000),
    });
    return ((await response.json()) as { readonly status: string }).status;
  } catch {
    return "unreachable";
  }
}

/**
 * Each acknowledged id is final exactly once, according to the first node. Whichever node acknowledged it was ahead by
 * a moment perhaps: the first one is asked when it has what all of them have now.
 */
async function requireOnce(urls: readonly string[], ids: ReadonlySet<string>): Promise<void> {
  const [url = ""] = urls;
  const tips = await Promise.all(urls.map((each) => getJson<Status>(`${each}/v1/status`)));
  const height = Math.max(...tips.map((status) => status.tip.height));
  await until("the first node has what any node has", 20_000, async () => {
    return (await getJson<Status>(`${url}/v1/status`)).tip.height >= height;
  });
  const seen = new Map<string, number>();
  const { tip } = await getJson<Status>(`${url}/v1/status`);
  for (let height = 1; height <= tip.height; height += 1) {
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { items: { id: string }[]; next: string | null } = await getJson(
        `${url}/v1/blocks/${height}/transactions?limit=100${query}`,
      );
      for (const { id } of page.items) seen.set(id, (seen.get(id) ?? 0) + 1);
      cursor = page.next;
    } while (cursor !== null);
  }
  expect([...ids].filter((id) => seen.get(id) !== 1)).toEqual([]);
  expect([...seen.values()].filter((count) => count !== 1)).toEqual([]);
}

describe("kill -9", () => {
  let net: LocalNet;
  let terms: Terms;
  let payers: readonly Payer[];
  let unfinished: Load["unfinished"] = new Map();

  beforeAll(async () => {
    net = await LocalNet.start();
    const network = { urls: urlsOf(net), dir: net.dir, pids: [], stop: async () => {} };
    terms = termsOf(network);
    payers = await fundedPayers(network, terms, 12);
  });
  afterAll(() => net.dispose());

  test("of all four during load: everything answered final is there once, and no money is lost", async () => {
    const load = new Load(urlsOf(net), payers, terms);
    await until("some payments are final", 30_000, async () => load.acknowledged.size >= 100);
    const pids = net.network.nodes.flatMap(({ pid }) => (pid === null ? [] : [pid]));
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await load.stop();
    unfinished = load.unfinished;
    await net.dispose({ keep: true });
    net = await LocalNet.start({ dir: net.dir, basePort: net.basePort });

    const [first = "", ...others] = urlsOf(net);
    await requireOnce(urlsOf(net), load.acknowledged);
    const { tip } = await getJson<Status>(`${first}/v1/status`);
    for (const url of others) {
      await until("the node has the block", 20_000, async () => {
        const block = await getJson<{ id?: string }>(`${url}/v1/blocks/${tip.height}`);
        return block.id === tip.id;
      });
    }
    expect(await moneyOf(first, net, payers)).toBe(genesisSupply(net));
  });

  test("of one during load, again and again: payments go on, and it comes back to the tip", async () => {
    const [first = ""] = urlsOf(net);
    for (const victim of [3, 1, 2]) {
      const load = new Load(urlsOf(net), payers, terms, unfinished);
      await until("payments are final", 30_000, async () => load.acknowledged.size >= 20);
      const killed = await askQuorate("network", "kill", String(victim), "--dir", net.dir);
      expect(killed.code).toBe(0);
      const before = load.acknowledged.size;
      await until("payments go on", 10_000, async () => load.acknowledged.size > before + 24);
      const restarted = await askQuorate("network", "restart", String(victim), "--dir", net.dir);
      expect(restarted.code).toBe(0);
      const { tip } = await getJson<Status>(`${first}/v1/status`);
      await until("the node is back and votes", 20_000, async () => {
        const status = await getJson<Status>(`${urlsOf(net)[victim]}/v1/status`);
        return status.tip.height >= tip.height && status.voting.kind === "voting";
      });
      await load.stop();
      await requireOnce(urlsOf(net), load.acknowledged);
    }
  });
});

interface GenesisFile {
  readonly addressPrefix: string;
  readonly accounts: readonly { readonly address: string; readonly balance: string }[];
  readonly validators: readonly { readonly operator: string }[];
}

const genesisOf = (net: LocalNet): GenesisFile =>
  JSON.parse(readFileSync(join(net.dir, "genesis.json"), "utf8")) as GenesisFile;

const genesisSupply = (net: LocalNet): bigint =>
  genesisOf(net).accounts.reduce((sum, { balance }) => sum + BigInt(balance), 0n);

/** What all accounts that the test or the genesis knows hold together: there are no others. */
async function moneyOf(url: string, net: LocalNet, payers: readonly Payer[]): Promise<bigint> {
  const { addressPrefix, accounts, validators } = genesisOf(net);
  const addresses = new Set([
    ...accounts.map(({ address }) => address),
    ...validators.map(({ operator }) => operator),
    ...payers.map(({ account }) => formatAddress(addressPrefix, account)),
  ]);
  let sum = 0n;
  for (const address of addresses) {
    const { balances } = await getJson<{ balances: { amount: string }[] }>(
      `${url}/v1/accounts/${address}`,
    );
    for (const { amount } of balances) sum += BigInt(amount);
  }
  return sum;
}

/** Starts one node alone and waits until it either serves or has ended. */
async function startAlone(home: string, http: string): Promise<NodeRun> {
  const child = spawn(process.execPath, [quorate, "start", "--home", home, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    said += String(chunk);
  });
  const ended = new Promise<number | null>((settle) => child.once("exit", settle));
  await until("the node serves or has ended", 30_000, async () => {
    if (child.exitCode !== null || child.signalCode !== null) return true;
    return (await statusOf(http)) !== undefined;
  });
  return {
    refused: child.exitCode !== null,
    said: () => said,
    stop: async () => {
      child.kill("SIGTERM");
      return await ended;
    },
  };
}

interface NodeRun {
  readonly refused: boolean;
  readonly said: () => string;
  stop(): Promise<number | null>;
}

async function statusOf(http: string): Promise<Status | undefined> {
  try {
    return await getJson<Status>(`${http}/v1/status`);
  } catch {
    return undefined;
  }
}

describe("a damaged or copied disk", () => {
  let net: LocalNet;
  let expected: string;
  let victim: { readonly home: string; readonly http: string };

  /** Node 3 stops; the others go on. Its ledger has a few dozen payments. */
  beforeAll(async () => {
    net = await LocalNet.start();
    const network = { urls: urlsOf(net), dir: net.dir, pids: [], stop: async () => {} };
    const terms = termsOf(network);
    const payers = await fundedPayers(network, terms, 4);
    const load = new Load(urlsOf(net), payers, terms);
    await until("payments are final", 30_000, async () => load.acknowledged.size >= 40);
    await load.stop();
    const node = net.network.nodes[3];
    if (node === undefined) throw new Error("there are four nodes");
    victim = { home: node.home, http: node.http.replace(/\/+$/, "") };
    const killed = await askQuorate("network", "kill", "3", "--dir", net.dir);
    expect(killed.code).toBe(0);
    expected = await treasuryBalance(urlsOf(net)[0] ?? "");
  });
  afterAll(() => net.dispose());

  const treasuryBalance = async (url: string): Promise<string> => {
    const treasury = net.network.accounts.find(({ name }) => name === "treasury");
    const { balances } = await getJson<{ balances: { amount: string }[] }>(
      `${url}/v1/accounts/${treasury?.address}`,
    );
    return balances[0]?.amount ?? "none";
  };

  test("one byte changed in any file of the ledger: it refuses with a reason or heals, and never lies", async () => {
    const ledger = join(victim.home, "data", "ledger");
    const copy = join(net.dir, "kept-copy");
    cpSync(victim.home, copy, { recursive: true });
    const files = readdirSync(ledger).filter((name) => statSync(join(ledger, name)).size > 0);
    expect(files.length).toBeGreaterThan(2);
    for (const name of files) {
      for (const share of [0.25, 0.75]) {
        const path = join(ledger, name);
        const bytes = readFileSync(path);
        const at = Math.floor(bytes.length * share);
        bytes[at] = (bytes[at] ?? 0) ^ 0x10;
        writeFileSync(path, bytes);
        const run = await startAlone(victim.home, victim.http);
        if (run.refused) expect(run.said(), name).toMatch(/"code":"[a-z_]+"/);
        else {
          await until("the node is at the tip", 20_000, async () => {
            const [own, other] = [
              await statusOf(victim.http),
              await statusOf(urlsOf(net)[0] ?? ""),
            ];
            return own === undefined || own.tip.height >= (other?.tip.height ?? 0);
          });
          if ((await statusOf(victim.http)) !== undefined) {
            expect(await treasuryBalance(victim.http), `${name} at ${at}`).toBe(expected);
          }
          await run.stop();
        }
        rmSync(victim.home, { recursive: true });
        cpSync(copy, victim.home, { recursive: true });
      }
    }
  });

  test("a vote journal that lost its end keeps its validator silent, and it says so", async () => {
    const keys = join(victim.home, "keys");
    const journal = readdirSync(keys).find((name) => name.endsWith(".journal")) ?? "";
    const copy = readFileSync(join(keys, journal));
    writeFileSync(join(keys, journal), copy.subarray(0, copy.length - 1));
    const run = await startAlone(victim.home, victim.http);
    expect((await statusOf(victim.http))?.voting).toMatchObject({ kind: "silent" });
    await run.stop();
    writeFileSync(join(keys, journal), copy);
  });

  test("a copied home in a second process: at most one votes, and the other says why", async () => {
    const twin = join(net.dir, "twin");
    cpSync(victim.home, twin, { recursive: true });
    const config = join(twin, "config.toml");
    const port = net.basePort + 7;
    const moved = readFileSync(config, "utf8")
      .replaceAll(String(net.basePort + 3), String(port))
      .replaceAll(String(net.basePort + 1_003), String(port + 1_000));
    writeFileSync(config, moved);
    const twinHttp = `http://127.0.0.1:${port + 1_000}`;
    const first = await startAlone(victim.home, victim.http);
    await until("the first votes", 20_000, async () => {
      return (await statusOf(victim.http))?.voting.kind === "voting";
    });
    const second = await startAlone(twin, twinHttp);
    await until("the second is silent and says why", 20_000, async () => {
      const voting = (await statusOf(twinHttp))?.voting;
      return (
        second.refused || (voting?.kind === "silent" && /twice|elsewhere/.test(voting.reason ?? ""))
      );
    });
    expect((await statusOf(victim.http))?.voting.kind).toBe("voting");
    await second.stop();
    await first.stop();
  });
});
