/**
 * A network stays ready and final while one of its nodes is read as hard as can be, and a thousand slow clients hold
 * sockets: nobody gets anything but answers, or is told to wait.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ChainId } from "../../src/protocol/ids.ts";
import { type LoadReport, readHard, requireWrk, SlowClients } from "./support/load.ts";
import { getJson, LocalNet, until } from "./support/local-net.ts";
import { devPayer, PayingClient } from "./support/paying-client.ts";

const connections = 200;
const slowClients = 1_000;
/** Of each endpoint. */
const seconds = 4;
const grownBytesMax = 512 * 1024 * 1024;

let net: LocalNet;

beforeAll(async () => {
  requireWrk();
  net = await LocalNet.start();
});
afterAll(async () => await net?.dispose());

async function residentBytes(http: string): Promise<number> {
  const metrics = await (await fetch(`${http}/metrics`)).text();
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1];
  if (bytes === undefined) throw new Error("the metrics do not tell the memory");
  return Number(bytes);
}

interface Watched {
  readonly report: LoadReport;
  /** Of /readyz while it was read. */
  readonly readiness: readonly number[];
  readonly heights: readonly [number, number];
}

async function heightOf(http: string): Promise<number> {
  const { tip } = await getJson(`${http}/readyz`);
  return (tip as { readonly height: number }).height;
}

/** Asks whether the node is ready, again and again, while an address is read. */
async function watchWhile(http: string, path: string): Promise<Watched> {
  const before = await heightOf(http);
  const readiness: number[] = [];
  let isOver = false;
  const reading = readHard({ url: `${http}${path}`, connections, seconds }).finally(() => {
    isOver = true;
  });
  do readiness.push((await fetch(`${http}/readyz`)).status);
  while (!isOver);
  return { report: await reading, readiness, heights: [before, await heightOf(http)] };
}

test("200 connections read five endpoints and 1,000 slow clients hold sockets: ready, final, 2xx and 429 alone", async () => {
  const { chainId, nodes } = net.network;
  const [node] = nodes;
  if (node === undefined) throw new Error("a network has a node");
  const [payer, payee] = [devPayer(net.dir, "alice"), devPayer(net.dir, "bob")];
  const paying = new PayingClient({
    payer,
    payee: payee.account,
    chainId: chainId as ChainId,
    nodes: () => nodes.map(({ http }) => http),
  });
  paying.start();
  const slow = new SlowClients(Number(new URL(node.http).port), slowClients);
  try {
    await until("all slow clients hold a socket", 20_000, async () => slow.holding === slowClients);
    await until("a payment is final", 20_000, async () => paying.paid.length > 0);
    const bytesBefore = await residentBytes(node.http);
    const height = await heightOf(node.http);
    const paths = [
      "/v1/status",
      "/v1/blocks?limit=25",
      `/v1/blocks/${height}/transactions`,
      `/v1/accounts/${payer.address}`,
      `/v1/accounts/${payer.address}/proof`,
    ];
    for (const path of paths) {
      const paidBefore = paying.paid.length;
      const { report, readiness, heights } = await watchWhile(node.http, path);
      const others = [...report.byStatus.keys()].filter((each) => each !== 429 && each >= 300);
      expect(others, path).toEqual([]);
      expect(report.byStatus.get(200) ?? 0, path).toBeGreaterThan(connections);
      expect(report.errors, path).toBe(0);
      expect(new Set(readiness), path).toEqual(new Set([200]));
      expect(heights[1], `${path}: the node goes on`).toBeGreaterThan(heights[0]);
      expect(paying.paid.length, `${path}: payments become final`).toBeGreaterThan(paidBefore);
    }
    expect(slow.holding).toBeGreaterThan(slowClients / 2);
    expect(slow.thrownOut).toBeGreaterThan(0);
    expect((await residentBytes(node.http)) - bytesBefore).toBeLessThan(grownBytesMax);
  } finally {
    slow.stop();
    await paying.stop();
  }
  const heights = await Promise.all(nodes.map(({ http }) => heightOf(http)));
  expect(Math.max(...heights) - Math.min(...heights)).toBeLessThanOrEqual(2);
});
