/**
 * The stream of blocks over several nodes: none is skipped, none comes twice, and none is invented.
 */
import { expect, test } from "vitest";
import type { HttpFetch } from "../../../src/api/client.ts";
import type { Clock } from "../../../src/base/clock.ts";
import { streamBlocks } from "../../../src/sdk/block-stream.ts";

/** Nothing takes time: what is to come later comes next. */
const clock: Clock = {
  wallMs: () => 0,
  monotonicMs: () => 0,
  after(delayMs, callback) {
    if (delayMs >= 10_000) return () => {};
    const handle = setImmediate(callback);
    return () => clearImmediate(handle);
  },
};

const idOf = (height: number): string => height.toString(16).padStart(64, "0");
const eventOf = (height: number): string =>
  `id: ${height}\nevent: block\ndata: ${JSON.stringify({ height, id: idOf(height), timestampMs: height, transactions: [] })}\n\n`;

/** What a node sends after a height, cut into pieces of some bytes, after which its connection ends. */
type Sends = (after: number) => string;

function webOf(nodes: Readonly<Record<string, Sends>>, pieceBytes: number): HttpFetch {
  return (url) => {
    const { origin, searchParams } = new URL(url);
    const sends = nodes[origin];
    if (sends === undefined) return Promise.reject(new Error("gone"));
    const bytes = new TextEncoder().encode(sends(Number(searchParams.get("cursor"))));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += pieceBytes) {
          controller.enqueue(bytes.slice(at, at + pieceBytes));
        }
        controller.close();
      },
    });
    return Promise.resolve(new Response(body));
  };
}

const upTo =
  (end: number): Sends =>
  (after) =>
    Array.from({ length: Math.max(0, end - after) }, (_, i) => eventOf(after + 1 + i)).join("");

async function heightsOf(
  nodes: Readonly<Record<string, Sends>>,
  options: {
    readonly tip: number;
    readonly after?: number;
    readonly wanted: number;
    readonly pieceBytes?: number;
  },
): Promise<readonly number[]> {
  const heights: number[] = [];
  const stream = streamBlocks({
    nodes: Object.keys(nodes),
    httpFetch: webOf(nodes, options.pieceBytes ?? 1_000),
    clock,
    provenHeight: () => Promise.resolve(options.tip),
    after: options.after,
  });
  for await (const { height } of stream) {
    heights.push(height);
    if (heights.length === options.wanted) break;
  }
  return heights;
}

const [a, b] = ["http://a", "http://b"];

test.each([1, 7, 1_000])(
  "events that arrive in pieces of %d bytes are whole",
  async (pieceBytes) => {
    const heights = await heightsOf({ [a]: upTo(5) }, { tip: 5, after: 0, wanted: 5, pieceBytes });
    expect(heights).toEqual([1, 2, 3, 4, 5]);
  },
);

test("without a height it begins after the proven tip", async () => {
  expect(await heightsOf({ [a]: upTo(9) }, { tip: 9, after: 6, wanted: 3 })).toEqual([7, 8, 9]);
  expect(
    await heightsOf({ [a]: (after) => eventOf(after + 1) }, { tip: 9, after: 8, wanted: 1 }),
  ).toEqual([9]);
});

test("where one node ends the next one goes on", async () => {
  const heights = await heightsOf({ [a]: upTo(3), [b]: upTo(6) }, { tip: 6, after: 0, wanted: 6 });
  expect(heights).toEqual([1, 2, 3, 4, 5, 6]);
});

test("a node that leaves a block out, repeats one, or sends no JSON is left for the next one", async () => {
  const liars: readonly Sends[] = [
    (after) => eventOf(after + 1) + eventOf(after + 3),
    (after) => eventOf(after + 1) + eventOf(after + 1),
    (after) => `${eventOf(after + 1)}event: block\ndata: {\n\n`,
    () => 'event: block\ndata: {"height": -1}\n\n',
  ];
  for (const liar of liars) {
    const heights = await heightsOf({ [a]: liar, [b]: upTo(8) }, { tip: 8, after: 0, wanted: 8 });
    expect(heights).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  }
});

test("a node that invents blocks above what is proven does not lead the stream away", async () => {
  const inventor: Sends = (after) => upTo(after + 1_000)(after);
  const over = new AbortController();
  const nodes = { [a]: inventor, [b]: upTo(4) };
  const heights: number[] = [];
  let asked = 0;
  const stream = streamBlocks({
    nodes: Object.keys(nodes),
    httpFetch: webOf(nodes, 1_000),
    clock,
    provenHeight: () => {
      asked += 1;
      if (asked > 30) over.abort(); // Long enough for each node to have had its turn.
      return Promise.resolve(4);
    },
    after: 0,
    signal: over.signal,
  });
  for await (const { height } of stream) heights.push(height);
  expect(heights).toEqual([1, 2, 3, 4]);
});

test("a node that keeps its connection alive and sends no blocks is left for the next one", async () => {
  let timers: { readonly callback: () => void }[] = [];
  const patient: Clock = {
    ...clock,
    after(delayMs, callback) {
      if (delayMs < 10_000) return clock.after(delayMs, callback);
      const timer = { callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
  };
  let comments = 0;
  let first: (typeof timers)[number] | undefined;
  const withholding = (signal: AbortSignal | null | undefined): Response =>
    new Response(
      new ReadableStream<Uint8Array>({
        pull(controller) {
          comments += 1;
          controller.enqueue(new TextEncoder().encode(": here\n\n"));
          first ??= timers[0];
          // The time of the connection's beginning is over: by then an honest node would have sent a block.
          if (comments === 5) timers.find((each) => each === first)?.callback();
          if (signal?.aborted === true || comments > 50) controller.error(new Error("ended"));
        },
      }),
    );
  const serving = webOf({ [b]: upTo(2) }, 1_000);
  const heights: number[] = [];
  for await (const { height } of streamBlocks({
    nodes: [a, b],
    httpFetch: (url, request) =>
      url.startsWith(a) ? Promise.resolve(withholding(request.signal)) : serving(url, request),
    clock: patient,
    provenHeight: () => Promise.resolve(2),
    after: 0,
  })) {
    heights.push(height);
    if (heights.length === 2) break;
  }
  expect(heights).toEqual([1, 2]);
  expect(comments).toBeLessThan(10);
});

test("an event without an end is not read for ever", async () => {
  const flood: Sends = () => `event: block\ndata: ${"x".repeat(5 * 1024 * 1024)}`;
  const heights = await heightsOf(
    { [a]: flood, [b]: upTo(1) },
    { tip: 1, after: 0, wanted: 1, pieceBytes: 65_536 },
  );
  expect(heights).toEqual([1]);
});
