/**
 * The stream of transactions over several nodes: in order, none twice, none above what is proven.
 */
import { expect, test } from "vitest";
import type { HttpFetch } from "../../../src/api/client.ts";
import type { Clock } from "../../../src/base/clock.ts";
import { streamTransactions } from "../../../src/sdk/transaction-stream.ts";

/** Nothing takes time: what is to come later comes next. */
const clock: Clock = {
  wallMs: () => 0,
  monotonicMs: () => 0,
  after(delayMs, callback) {
    if (delayMs >= 10_000) return () => {};
    const pending = setImmediate(callback);
    return () => clearImmediate(pending);
  },
};

const id = "ab".repeat(32);
const transaction = (place: string): string => {
  const [height, index] = place.split(".").map(Number);
  const named = { status: "final", id, contentHash: id, sender: `quo1${"q".repeat(58)}` };
  const body = { nonce: 0, fee: "0", feeDisplay: "0", expiryMs: 0, memo: { hex: "", text: "" } };
  const at = { height, index, blockId: id, timestampMs: 0 };
  const event = { ...named, ...body, operations: [], ...at, topics: ["transactions"] };
  return `id: ${place}\nevent: transaction\ndata: ${JSON.stringify(event)}\n\n`;
};
const position = (at: string): string => `id: ${at}\nevent: position\ndata: {}\n\n`;

type Sends = (cursor: string, query: URLSearchParams) => string;

async function placesOf(
  nodes: Readonly<Record<string, Sends>>,
  options: { readonly tip: number; readonly after?: string; readonly wanted: number },
): Promise<{ readonly places: readonly string[]; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const httpFetch: HttpFetch = (url) => {
    const { origin, searchParams } = new URL(url);
    const cursor = searchParams.get("cursor") ?? "";
    asked.push(`${origin.slice(-1)} ${cursor}`);
    return Promise.resolve(new Response(nodes[origin]?.(cursor, searchParams) ?? null));
  };
  const places: string[] = [];
  const [height, index] = (options.after ?? "").split(".").map(Number);
  const over = new AbortController();
  const stream = streamTransactions({
    nodes: Object.keys(nodes),
    httpFetch,
    clock,
    provenHeight: () => Promise.resolve(options.tip),
    start: options.after === undefined ? undefined : { height: height ?? 0, index },
    signal: over.signal,
  });
  for await (const event of stream) {
    places.push(`${event.height}.${event.index}`);
    if (places.length === options.wanted) break;
  }
  return { places, asked };
}

const [a, b] = ["http://a", "http://b"];

test("goes on at the next node, after the last transaction or position that it was told", async () => {
  const { places, asked } = await placesOf(
    {
      [a]: (cursor) =>
        cursor === "3" ? position("3") + transaction("4.0") + position("7") : transaction("9.1"),
      [b]: (cursor) => (cursor === "7" ? transaction("8.2") + transaction("9.0") : ""),
    },
    { tip: 9, after: "3", wanted: 4 },
  );
  expect(places).toEqual(["4.0", "8.2", "9.0", "9.1"]);
  expect(asked).toEqual(["a 3", "b 7", "a 9.0"]);
});

test("without a place it begins after the proven tip", async () => {
  const tips = [6, 7];
  const urls: string[] = [];
  const stream = streamTransactions({
    nodes: [a],
    httpFetch: (url) => {
      urls.push(url);
      return Promise.resolve(new Response(transaction("7.0")));
    },
    clock,
    provenHeight: () => Promise.resolve(tips.shift() ?? 7),
  });
  expect((await stream.next()).value).toMatchObject({ height: 7 });
  await stream.return();
  expect(urls).toEqual([`${a}/v1/stream?topics=transactions&cursor=6`]);
});

test.each<readonly [string, string]>([
  ["repeats", transaction("4.0") + transaction("4.0")],
  ["goes back", transaction("4.0") + transaction("3.9")],
  ["goes back with a position", transaction("4.0") + position("2")],
  ["sends what is no transaction", `${transaction("4.0")}event: transaction\ndata: {}\n\n`],
  ["sends what is no JSON", `${transaction("4.0")}event: transaction\ndata: {\n\n`],
  ["invents a transaction above the proven tip", transaction("4.0") + transaction("99.0")],
  ["says that nothing happened up to beyond the tip", transaction("4.0") + position("99")],
])("a node that %s is left for the next one", async (_name, liar) => {
  const { places, asked } = await placesOf(
    { [a]: () => liar, [b]: (cursor) => (cursor === "4.0" ? transaction("4.1") : "") },
    { tip: 5, after: "3", wanted: 2 },
  );
  expect(places).toEqual(["4.0", "4.1"]);
  expect(asked).toEqual(["a 3", "b 4.0"]);
});

test("of one account: its topic is asked for", async () => {
  const topics: (string | null)[] = [];
  const stream = streamTransactions({
    nodes: [a],
    httpFetch: (url) => {
      topics.push(new URL(url).searchParams.get("topics"));
      return Promise.resolve(new Response(transaction("1.0")));
    },
    clock,
    provenHeight: () => Promise.resolve(1),
    start: { height: 0, index: undefined },
    address: "quo1abc",
  });
  expect((await stream.next()).value).toMatchObject({ height: 1, index: 0 });
  await stream.return();
  expect(topics).toEqual(["account:quo1abc"]);
});

test("ends when it is told to, also where a body hears of no abort", async () => {
  const over = new AbortController();
  let isCancelled = false;
  const stream = streamTransactions({
    nodes: [a],
    httpFetch: () => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode(transaction("1.0"))),
        cancel: () => {
          isCancelled = true;
        },
      });
      return Promise.resolve(new Response(body));
    },
    clock,
    provenHeight: () => Promise.resolve(1),
    start: { height: 0, index: undefined },
    signal: over.signal,
  });
  await stream.next();
  const next = stream.next();
  setImmediate(() => over.abort());
  expect(await next).toEqual({ done: true, value: undefined });
  expect(isCancelled).toBe(true);
});
