/**
 * The stream on a real network: nodes are killed and start again, readers go from one to the other, sleep, and are
 * many; each gets every final transaction exactly once.
 * @module
 */
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EventParser } from "../../src/api/event-reading.ts";
import { connect as connectTo } from "../../src/index.ts";
import type { ChainId } from "../../src/protocol/ids.ts";
import { getJson, LocalNet, runQuorate, until } from "./support/local-net.ts";
import { devPayer, PayingClient } from "./support/paying-client.ts";
import { StreamReader } from "./support/stream-reader.ts";

let net: LocalNet;
beforeAll(async () => {
  net = await LocalNet.start();
});
afterAll(() => net?.dispose());

const urls = (): string[] => net.network.nodes.map(({ http }) => http.replace(/\/+$/, ""));
const urlOf = (node: number): string => urls()[node] ?? "";

/** One for each payer: it begins with the account's first nonce. */
function payingClient(from: string, to: string): PayingClient {
  const [payer, payee] = [devPayer(net.dir, from), devPayer(net.dir, to).account];
  const chainId = net.network.chainId as ChainId;
  const nodes = (): string[] =>
    net.network.nodes.flatMap(({ http, pid }) => (pid === null ? [] : [http.replace(/\/+$/, "")]));
  return new PayingClient({ payer, payee, chainId, nodes });
}

async function heightOf(url: string): Promise<number> {
  return ((await getJson(`${url}/v1/status`))["tip"] as { height: number }).height;
}

async function chaos(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await runQuorate("network", ...args, "--dir", net.dir);
  expect(code, stderr).toBe(0);
}

/** The places and ids of all transactions up to a height, as the lists of one node tell them. */
async function listed(url: string, upTo: number): Promise<{ places: string[]; ids: string[] }> {
  const [places, ids]: [string[], string[]] = [[], []];
  for (let height = 1; height <= upTo; height += 1) {
    for (let cursor: string | null = "0"; cursor !== null; ) {
      const path: string = `/v1/blocks/${height}/transactions?limit=100&cursor=${cursor}`;
      const page = (await getJson(`${url}${path}`)) as unknown as {
        items: { id: string; index: number }[];
        next: string | null;
      };
      for (const { id, index } of page.items) {
        ids.push(id);
        places.push(`${height}.${index}`);
      }
      cursor = page.next;
    }
    places.push(String(height));
  }
  return { places, ids };
}

test("readers get every transaction once while nodes are killed and start again, at any node", async () => {
  const [alice, bob] = [devPayer(net.dir, "alice"), devPayer(net.dir, "bob")];
  const everything = "blocks,transactions";
  const readers = {
    wandering: new StreamReader({ nodes: urls, topics: everything, cursor: "0" }),
    faithful: new StreamReader({ nodes: () => [urlOf(0)], topics: everything, cursor: "0" }),
    payee: new StreamReader({ nodes: urls, topics: `account:${bob.address}`, cursor: "0" }),
    both: new StreamReader({
      nodes: urls,
      topics: `transactions,account:${alice.address},account:${bob.address}`,
      cursor: "0",
    }),
  };
  const over = new AbortController();
  const toBob: string[] = [];
  const library = await connectTo({ nodes: urls(), chainId: net.network.chainId });
  const watching = (async () => {
    const options = { account: bob.account, after: "0", signal: over.signal };
    for await (const { id } of library.transactions(options)) toBob.push(id);
  })();
  const client = payingClient("alice", "bob");
  client.start();
  const paid = async (more: number): Promise<void> => {
    const wanted = client.paid.length + more;
    await until("payments go on", 60_000, async () => client.paid.length >= wanted);
  };
  await paid(32);
  for (const victim of [0, 1, 0]) {
    await chaos("kill", String(victim));
    await paid(16);
    for (const reader of Object.values(readers)) reader.cut();
    await chaos("restart", String(victim));
    await paid(16);
    readers.wandering.cut();
    readers.payee.cut();
  }
  await client.stop();
  const end = Math.max(...(await Promise.all(urls().map(heightOf))));
  const { places, ids } = await listed(urlOf(2), end);
  for (const id of client.paid) expect(ids.filter((each) => each === id)).toHaveLength(1);
  const last = places.findLast((place) => place.includes(".")) ?? "";
  for (const reader of Object.values(readers)) {
    await until("the reader has the last transaction", 30_000, async () =>
      reader.places.includes(last),
    );
  }
  await until("the readers of blocks have the last one", 30_000, async () =>
    [readers.wandering, readers.faithful].every(({ places: own }) => own.includes(String(end))),
  );
  const lastPaid = client.paid.at(-1) ?? "";
  await until("the library has the last one", 60_000, async () => toBob.includes(lastPaid));
  for (const reader of Object.values(readers)) await reader.stop();
  over.abort();
  await watching;

  const upToEnd = (own: readonly string[]): string[] => own.slice(0, own.indexOf(String(end)) + 1);
  expect(upToEnd(readers.wandering.places)).toEqual(places);
  expect(upToEnd(readers.faithful.places)).toEqual(places);
  expect(readers.both.transactions).toEqual(ids);
  // All that touches bob is what alice pays him.
  expect(readers.payee.transactions.filter((id) => client.paid.includes(id))).toEqual(client.paid);
  expect(toBob).toEqual(readers.payee.transactions);
  expect(new Set(readers.payee.transactions).size).toBe(readers.payee.transactions.length);
  for (const { connections } of Object.values(readers)) expect(connections).toBeGreaterThan(3);
}, 180_000);

test("three hundred readers of one node, and one that sleeps meanwhile, hear the same", async () => {
  const alice = devPayer(net.dir, "alice");
  const [node, other] = [urlOf(3), urlOf(2)];
  const start = await heightOf(node);
  const crowd = Array.from(
    { length: 300 },
    (_, i) =>
      new StreamReader({
        nodes: () => [node],
        topics: i % 3 === 0 ? `account:${alice.address}` : "transactions",
        cursor: String(start),
      }),
  );
  const sleeper = sleepingReader(node, `/v1/stream?topics=transactions&cursor=${start}`);
  await until("all are connected", 30_000, async () =>
    crowd.every(({ connections }) => connections === 1),
  );
  const client = payingClient("bob", "alice");
  client.start();
  await until("payments go on", 60_000, async () => client.paid.length >= 200);
  await client.stop();
  const last = client.paid.at(-1) ?? "";
  await until("everybody has heard the last one", 60_000, async () =>
    crowd.every(({ transactions }) => transactions.includes(last)),
  );
  for (const { transactions } of crowd) expect(transactions).toEqual(client.paid);
  sleeper.wake();
  await until("the sleeper has heard it too", 30_000, async () =>
    sleeper.transactions.includes(last),
  );
  expect(sleeper.transactions).toEqual(client.paid);
  sleeper.end();
  expect(crowd.every(({ connections }) => connections === 1)).toBe(true);
  await Promise.all(crowd.map((reader) => reader.stop()));
  // Nobody has kept the node from its work.
  const end = await heightOf(other);
  await until("the node is in step", 10_000, async () => (await heightOf(node)) >= end);
}, 180_000);

/** Asks for a stream and takes nothing of it until it is woken. */
function sleepingReader(
  node: string,
  path: string,
): { readonly transactions: string[]; readonly wake: () => void; readonly end: () => void } {
  const transactions: string[] = [];
  const parser = new EventParser({ lengthMax: 1 << 24 });
  const socket = connect(Number(new URL(node).port), "127.0.0.1");
  socket.pause();
  // HTTP/1.0: the body has no chunks, it ends with the connection.
  socket.write(`GET ${path} HTTP/1.0\r\nHost: localhost\r\n\r\n`);
  let isBody = false;
  let head = "";
  socket.on("data", (bytes) => {
    let text = String(bytes);
    if (!isBody) {
      head += text;
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      isBody = true;
      text = head.slice(end + 4);
    }
    for (const { name, data } of parser.feed(text) ?? []) {
      if (name === "transaction") transactions.push((JSON.parse(data) as { id: string }).id);
    }
  });
  return { transactions, wake: () => socket.resume(), end: () => socket.destroy() };
}
