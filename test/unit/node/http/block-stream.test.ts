/**
 * A reader that stops reading is let go, also when all it would get are heartbeats.
 * @module
 */
import { expect, test } from "vitest";
import { BlockStream } from "../../../../node/http/block-stream.ts";
import { ListedNode } from "../../../contract/http/listed-node.ts";

test("a silent network does not keep a reader that takes nothing", async () => {
  const node = new ListedNode();
  const limits = { readersMax: 1, readersPerClientMax: 1, heartbeatMs: 2, stallMs: 10 };
  const stream = new BlockStream(node, limits);
  const body = stream.open({ client: "a", after: 0, cutOff: () => {} });
  const reader = body?.getReader();
  await reader?.read(); // The opening: now the stream waits for a block.
  while (stream.readers > 0) await new Promise((resolve) => setImmediate(resolve));
  let text = "";
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  expect(text.split(": heartbeat").length).toBe(2);
  expect(text).toContain("event: too_slow");
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
  const limits = { readersMax: 9, readersPerClientMax: 9, heartbeatMs: 60_000, stallMs: 60_000 };
  const stream = new BlockStream(node, limits);
  const readers = [1, 2, 3].map(() => {
    const body = stream.open({ client: "a", after: 0, cutOff: () => {} });
    if (body === undefined) throw new Error("there is room");
    return body.getReader();
  });
  let ended = 0;
  const texts = readers.map(async (reader) => {
    const decoder = new TextDecoder();
    let text = "";
    while (!text.includes("id: 60\n")) text += decoder.decode((await reader.read()).value);
    ended += 1;
    return text;
  });
  let most = 0;
  while (ended < readers.length) {
    const before = reads;
    await new Promise((resolve) => setImmediate(resolve));
    most = Math.max(most, reads - before);
  }
  // Two, where the stream's turn comes after ours in one round and before it in the next.
  expect(most).toBeLessThanOrEqual(2);
  for (const text of await Promise.all(texts)) {
    const heights = [...text.matchAll(/^id: (\d+)$/gm)].map(([, at]) => Number(at));
    expect(heights).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  }
  stream.close();
});
