/**
 * What an overview is made of, on real nodes: the faucet pays, the series counts it, search finds it, the export holds it.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { NodeClient } from "../../src/api/client.ts";
import { readCsv } from "../fixtures/csv-reader.ts";
import { LocalNet } from "./support/local-net.ts";

let net: LocalNet;
let clients: readonly NodeClient[];

beforeAll(async () => {
  net = await LocalNet.start();
  clients = net.network.nodes.map(
    ({ http }) =>
      new NodeClient({
        baseUrl: http,
        httpFetch: fetch,
        timeoutSignal: (ms) => AbortSignal.timeout(ms),
      }),
  );
});
afterAll(async () => await net?.dispose());

test("the faucet of every node pays, and what it paid is found, counted and exported by all of them", async () => {
  const address = net.network.accounts.find(({ name }) => name === "bob")?.address ?? "";
  const gifts = await Promise.all(
    clients.flatMap((client, i) => [
      client.overview.faucet({ address, amount: String(1_000 + i) }),
      client.overview.faucet({ address, amount: String(2_000 + i) }),
    ]),
  );
  const ids = gifts.map((gift) => {
    if (!gift.ok) throw new Error(JSON.stringify(gift.reason));
    return gift.value.id;
  });
  expect(new Set(ids).size).toBe(2 * clients.length);
  for (const client of clients) {
    for (const id of ids) {
      await expect
        .poll(async () => {
          const found = await client.overview.search(id);
          return found.ok && found.value.hits.map(({ note }) => note).join();
        })
        .toMatch(/^transaction, final in block \d+$/);
    }
    const series = await client.overview.series({ window: "10m" });
    if (!series.ok) throw new Error(series.reason.kind);
    const counted = series.value.points.reduce((sum, point) => sum + point.transactions, 0);
    expect(counted).toBe(ids.length);
    const mempool = await client.overview.mempool();
    expect(mempool.ok && mempool.value.items).toEqual([]);
    const exported = await fetch(`${client.baseUrl}/v1/accounts/${address}/transactions.csv`);
    const [columns = [], ...rows] = readCsv(await exported.text());
    const idColumn = columns.indexOf("transaction_id");
    expect(rows.map((row) => row[idColumn] ?? "").toSorted()).toEqual(ids.toSorted());
  }
});
