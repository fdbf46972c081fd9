/**
 * Readers of any speed: what each costs the node, when one is let go, and that it can go on where it was.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { EventStream } from "../../../../../node/http/stream/event-stream.ts";
import {
  chunkTransactionsMax,
  type StreamLimits,
  streamLimits,
} from "../../../../../node/http/stream/limits.ts";
import type { Topics } from "../../../../../node/http/stream/topics.ts";
import { JsonWriter } from "../../../../../node/http/to-json.ts";
import { EventParser, type ServerEvent } from "../../../../../src/api/event-reading.ts";
import { parseStreamPosition } from "../../../../../src/api/stream-position.ts";
import { silentLog } from "../../../../../src/base/log.ts";
import type { AccountId } from "../../../../../src/protocol/ids.ts";
import { ListedNode } from "../../../../contract/http/listed-node.ts";
import { alice, bob, idOf } from "../../../../contract/http/sample.ts";

const blocksOnly: Topics = { blocks: true, transactions: false, accounts: new Map() };
const everything: Topics = { ...blocksOnly, transactions: true };
const follow = (...accounts: AccountId[]): Topics => ({
  blocks: false,
  transactions: false,
  accounts: new Map(accounts.map((account) => [account, `account:${account}`])),
});

const streamOf = (node: ListedNode, limits: Partial<StreamLimits> = {}): EventStream =>
  new EventStream(
    { queries: node, json: new JsonWriter(node), log: silentLog },
    { ...streamLimits, ...limits },
  );

/** One connection: events when they are asked for. */
class Reading {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #parser = new EventParser({ lengthMax: 1e7 });
  readonly #decoder = new TextDecoder();

  constructor(
    stream: EventStream,
    topics: Topics,
    cursor: string,
    cutOff: () => void = () => undefined,
  ) {
    const after = parseStreamPosition(cursor) ?? { height: 0, index: undefined };
    const opened = stream.open({ client: "a", loopback: true, topics, after, cutOff });
    if (!opened.ok) throw new Error(opened.reason);
    this.#reader = opened.value.getReader();
  }

  /** The events of the next chunk; undefined at the end. */
  async next(): Promise<readonly ServerEvent[] | undefined> {
    const { done, value } = await this.#reader.read();
    return done ? undefined : this.#parser.feed(this.#decoder.decode(value, { stream: true }));
  }

  /** Everything up to an event with this id. */
  async upTo(id: string): Promise<readonly ServerEvent[]> {
    const events: ServerEvent[] = [];
    while (events.at(-1)?.id !== id) {
      const next = await this.next();
      if (next === undefined) throw new Error(`ended before ${id}`);
      events.push(...next);
    }
    return events;
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("where all places are taken, whoever reads most streams gives one to who reads none", () => {
  const node = new ListedNode();
  const stream = streamOf(node, { readersMax: 4 });
  const gone: string[] = [];
  const open = (client: string, name: string) =>
    stream.open({
      client,
      loopback: true,
      topics: blocksOnly,
      after: { height: 0, index: undefined },
      cutOff: () => gone.push(name),
    });
  for (const name of ["a1", "a2", "a3"]) expect(open("a", name).ok).toBe(true);
  expect(open("b", "b1").ok).toBe(true);
  expect(open("c", "c1").ok).toBe(true);
  expect(gone).toEqual(["a3"]);
  expect(stream.readers).toBe(4);
  // Nobody has more than who comes would have.
  expect(open("c", "c2")).toEqual({ ok: false, reason: "node-full" });
  expect(open("a", "a4")).toEqual({ ok: false, reason: "node-full" });
  stream.close();
});

test("a silent network does not keep a reader that takes nothing", async () => {
  const node = new ListedNode();
  const stream = streamOf(node, { heartbeatMs: 2, stallMs: 10 });
  const reading = new Reading(stream, blocksOnly, "0");
  await reading.next(); // The opening: now the stream waits for a block.
  await reading.next();
  while (stream.readers > 0) await turn();
  const events = [];
  for (let next = await reading.next(); next !== undefined; next = await reading.next()) {
    events.push(...next);
  }
  expect(events.map(({ name }) => name)).toEqual(["", "too_slow"]);
  expect(JSON.parse(events[1]?.data ?? "")).toEqual({ code: "too_slow", position: "0" });
  stream.close();
  expect(node.listeners).toBe(0);
});

test("readers of the past take turns: between two turns of the loop at most one block is read", async () => {
  const node = new ListedNode(60);
  let reads = 0;
  const blockAt = node.blockAt.bind(node);
  node.blockAt = (at) => {
    reads += 1;
    return blockAt(at);
  };
  const stream = streamOf(node);
  // Each of them reads blocks that the others do not, and the last one those of the first.
  const ways = [
    { topics: blocksOnly, cursor: "0", end: "20" },
    { topics: everything, cursor: "20", end: "40" },
    { topics: follow(alice), cursor: "40", end: "60.0" },
    { topics: everything, cursor: "0", end: "20" },
  ];
  let ended = 0;
  const read = ways.map(async ({ topics, cursor, end }) => {
    const events = await new Reading(stream, topics, cursor).upTo(end);
    ended += 1;
    return events.filter(({ name }) => name !== "position").map(({ id }) => id);
  });
  let most = 0;
  while (ended < ways.length) {
    const before = reads;
    await turn();
    most = Math.max(most, reads - before);
  }
  // Two, where the stream's turn comes after ours in one round and before it in the next.
  expect(most).toBeLessThanOrEqual(2);
  const [blocks, all, own, again] = await Promise.all(read);
  expect(blocks).toEqual(range(1, 20).map(String));
  expect(all).toEqual(range(21, 40).flatMap((at) => [`${at}.0`, `${at}`]));
  expect(own).toEqual(range(41, 60).map((at) => `${at}.0`));
  expect(again).toEqual(range(1, 20).flatMap((at) => [`${at}.0`, `${at}`]));
  // What one has read the others need not read again.
  expect(reads).toBe(60);
  stream.close();
});

test("the past of an account costs its own blocks, whatever is between", async () => {
  const node = new ListedNode();
  const own = new Set([3, 200, 201, 999]);
  for (const at of range(1, 1_000)) {
    node.makeBlock(own.has(at) ? [node.transfer({ nonce: at })] : []);
  }
  const read: number[] = [];
  const blockAt = node.blockAt.bind(node);
  node.blockAt = (at) => {
    read.push(at);
    return blockAt(at);
  };
  const stream = streamOf(node);
  const events = await new Reading(stream, follow(bob, idOf(9) as AccountId), "0").upTo("999.0");
  expect(events.map(({ id }) => id)).toEqual(["0", "3.0", "200.0", "201.0", "999.0"]);
  expect(read).toEqual([...own]);
  stream.close();
});

test("more accounts' blocks than are looked up at once come in order, each once", async () => {
  const node = new ListedNode(300);
  const stream = streamOf(node);
  const events = await new Reading(stream, follow(alice, bob), "17.0").upTo("300.0");
  expect(events.map(({ id }) => id)).toEqual(["17.0", ...range(18, 300).map((at) => `${at}.0`)]);
  stream.close();
});

test("a transaction is encoded once for all its readers", async () => {
  const node = new ListedNode();
  const json = new JsonWriter(node);
  let encoded = 0;
  const address = json.address.bind(json);
  json.address = (account) => {
    encoded += 1;
    return address(account);
  };
  const stream = new EventStream({ queries: node, json, log: silentLog });
  const readings = range(1, 100).map(
    (i) => new Reading(stream, i % 2 === 0 ? everything : follow(alice), "0"),
  );
  await Promise.all(readings.map((reading) => reading.upTo("0")));
  node.makeBlock(range(1, 100).map((nonce) => node.transfer({ nonce })));
  await Promise.all(readings.map((reading) => reading.upTo("1.99")));
  expect(encoded).toBe(100 * 3); // The sender, who pays, who is paid.
  stream.close();
});

test("a full block comes in chunks, and a cursor within it goes on within it", async () => {
  const node = new ListedNode();
  node.makeBlock(range(0, 99).map((nonce) => node.transfer({ nonce })));
  const stream = streamOf(node);
  for (const [topics, start] of [
    [everything, 0],
    [everything, 41],
    [follow(alice), 70],
  ] as const) {
    const reading = new Reading(stream, topics, start === 0 ? "0" : `1.${start - 1}`);
    await reading.next();
    const chunks: (readonly ServerEvent[])[] = [(await reading.next()) ?? []];
    while (chunks.at(-1)?.at(-1)?.id !== "1.99") chunks.push((await reading.next()) ?? []);
    const events = chunks.flat().filter(({ name }) => name === "transaction");
    expect(events.map(({ id }) => id)).toEqual(range(start, 99).map((index) => `1.${index}`));
    for (const chunk of chunks) expect(chunk.length).toBeLessThanOrEqual(chunkTransactionsMax);
    await reading.cancel();
  }
  stream.close();
});

test("a block that becomes final at the very moment when a reader comes to the tip is not overlooked", async () => {
  const node = new ListedNode(1);
  const stream = streamOf(node, { heartbeatMs: 60_000 });
  const reading = new Reading(stream, blocksOnly, "0");
  const tip = node.tip.bind(node);
  let isMaking = false;
  let seen = -1;
  const make = (): void => {
    isMaking = true;
    node.makeBlock([]);
    isMaking = false;
  };
  node.tip = () => {
    const now = tip();
    // Whoever looks again and finds nothing new learns so just before the next block comes.
    if (!isMaking && now.height === seen && seen < 51) queueMicrotask(make);
    seen = now.height;
    return now;
  };
  const events = await reading.upTo("51");
  expect(events.filter(({ name }) => name === "block").map(({ id }) => id)).toEqual(
    range(1, 51).map(String),
  );
  stream.close();
});

test("a node that fails to read a block cuts the reader off, forgets it, and says why to its own log", async () => {
  const node = new ListedNode(3);
  node.blockAt = () => {
    throw new Error("the disk is gone");
  };
  const errors: unknown[] = [];
  const log = { ...silentLog, error: (...said: unknown[]) => void errors.push(said) };
  const stream = new EventStream({ queries: node, json: new JsonWriter(node), log });
  await new Promise<void>((cutOff) => {
    const reading = new Reading(stream, blocksOnly, "0", cutOff);
    void reading.upTo("1");
  });
  expect(stream.readers).toBe(0);
  expect(JSON.stringify(errors)).toContain("the disk is gone");
  stream.close();
});

test("a block that the node does not hold is said, not skipped", async () => {
  const node = new ListedNode(5);
  const blockAt = node.blockAt.bind(node);
  node.blockAt = (at) => (at === 3 ? undefined : blockAt(at));
  const stream = streamOf(node);
  const reading = new Reading(stream, blocksOnly, "0");
  const names: string[] = [];
  for (let next = await reading.next(); next !== undefined; next = await reading.next()) {
    names.push(...next.map(({ name, id }) => `${name} ${id}`));
  }
  expect(names).toEqual(["position 0", "block 1", "block 2", "history_absent 2"]);
  expect(stream.readers).toBe(0);
  stream.close();
});

test("after closing nothing is opened any more", () => {
  const node = new ListedNode();
  const stream = streamOf(node);
  stream.close();
  expect(() => new Reading(stream, blocksOnly, "0")).toThrow("node-full");
});

test("readers that stall again and again, and are let go, get everything once when they come back", async () => {
  const act = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("take"), chunks: fc.nat({ max: 4 }) }) },
    { weight: 1, arbitrary: fc.constant({ kind: "stall", chunks: 0 }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("make"), chunks: fc.nat({ max: 70 }) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
      const node = new ListedNode(5);
      const stream = streamOf(node, { heartbeatMs: 1, stallMs: 2 });
      const [ids, told]: [string[], string[]] = [[], []];
      let seen = "0";
      let reading = new Reading(stream, everything, seen);
      const take = async (): Promise<void> => {
        const events = await reading.next();
        for (const event of events ?? []) {
          if (event.name === "transaction" || event.name === "block") ids.push(event.id);
          if (event.name === "too_slow") told.push(event.id);
          seen = event.id === "" ? seen : event.id;
        }
        if (events === undefined) reading = new Reading(stream, everything, seen);
      };
      for (const { kind, chunks } of acts) {
        if (kind === "make") {
          node.makeBlock(range(1, chunks).map((nonce) => node.transfer({ nonce })));
        } else if (kind === "stall") while (stream.readers > 0) await turn();
        else for (let i = 0; i < chunks; i += 1) await take();
      }
      node.makeBlock([]);
      const end = String(node.tip().height);
      while (ids.at(-1) !== end) await take();
      const expected = range(1, node.tip().height).flatMap((at) => {
        const count = node.blockAt(at as never)?.block.transactions.length ?? 0;
        return [...range(0, count - 1).map((index) => `${at}.${index}`), `${at}`];
      });
      expect(ids).toEqual(expected);
      stream.close();
    }),
    { numRuns: 60 },
  );
});
