/**
 * Queries: proofs of accounts, receipts and plain accounts from one idle node of four, over HTTP with 32 connections.
 *
 * Wall time depends on what else this machine does, the asking included; the second figure is by the processor time
 * that the node itself used.
 * @module
 */
import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { startBenchNetwork } from "./bench-network.ts";
import { fundedPayers, signTransfers, submitFinal, termsOf } from "./load.ts";
import type { Row } from "./rows.ts";

const connections = 32;
const ticksPerSecond = 100;
/** Until the code that answers is compiled. */
const warmUpMs = 5_000;

interface Asked {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

export async function proofs(options: { readonly seconds: number }): Promise<readonly Row[]> {
  const network = await startBenchNetwork(4, 31_000);
  try {
    const [url = ""] = network.urls;
    const [pid = 0] = network.pids;
    const terms = termsOf(network);
    const payers = await fundedPayers(network, terms, 8);
    for (const transfer of signTransfers(payers, 64, terms)) await submitFinal(url, transfer);
    const { accounts } = JSON.parse(readFileSync(`${network.dir}/network.json`, "utf8")) as {
      readonly accounts: readonly { readonly address: string }[];
    };
    const rows: Row[] = [];
    const measure = async (name: string, paths: readonly string[]): Promise<void> => {
      await ask(url, pid, paths, warmUpMs);
      const asked = await ask(url, pid, paths, 1_000 * options.seconds);
      rows.push(rowOf(`${name}, one node`, asked.perSecond, "≥ 3,000/s"));
      rows.push(rowOf(`${name}, a second of the node's processor`, asked.perCpuSecond, ""));
    };
    const address = accounts.map((account) => account.address);
    await measure(
      "account proofs",
      address.map((one) => `/v1/accounts/${one}/proof`),
    );
    await measure(
      "receipts",
      (await transactionsOf(url)).map((id) => `/v1/transactions/${id}/receipt`),
    );
    await measure(
      "accounts without proof",
      address.map((one) => `/v1/accounts/${one}`),
    );
    return rows;
  } finally {
    await network.stop();
  }
}

/** Some final ones, from the newest blocks. */
async function transactionsOf(url: string): Promise<readonly string[]> {
  const { items } = (await (await fetch(`${url}/v1/blocks?limit=50`)).json()) as {
    readonly items: readonly { readonly height: number }[];
  };
  const ids: string[] = [];
  for (const { height } of items) {
    const answer = await fetch(`${url}/v1/blocks/${height}/transactions`);
    const page = (await answer.json()) as { readonly items: readonly { readonly id: string }[] };
    ids.push(...page.items.map(({ id }) => id));
  }
  return ids;
}

const rowOf = (name: string, value: number, target: string): Row => ({
  name,
  value: Math.round(value),
  unit: "/s",
  bound: null,
  ratio: null,
  target,
});

async function ask(
  url: string,
  pid: number,
  paths: readonly string[],
  lengthMs: number,
): Promise<Asked> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let count = 0;
  const startMs = performance.now();
  const startTicks = ticksOf(pid);
  const asking = Array.from({ length: connections }, async (_, first) => {
    for (let i = first; performance.now() - startMs < lengthMs; i += 1) {
      await one(agent, `${url}${paths[i % paths.length]}`);
      count += 1;
    }
  });
  await Promise.all(asking);
  const seconds = (performance.now() - startMs) / 1_000;
  const cpuSeconds = (ticksOf(pid) - startTicks) / ticksPerSecond;
  agent.destroy();
  return { perSecond: count / seconds, perCpuSecond: count / cpuSeconds };
}

function one(agent: Agent, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
      response.on("end", resolve).resume();
    }).on("error", reject);
  });
}

/** User and system time of a process, as Linux counts it. */
function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
