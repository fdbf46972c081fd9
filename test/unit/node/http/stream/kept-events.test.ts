/**
 * What is kept for readers of the stream has a bound in bytes, also when it is encoded later.
 * @module
 */
import { expect, test } from "vitest";
import { KeptEvents } from "../../../../../node/http/stream/kept-events.ts";
import { JsonWriter } from "../../../../../node/http/to-json.ts";
import { ListedNode } from "../../../../contract/http/listed-node.ts";

const everything = { blocks: true, transactions: true, accounts: new Map<never, never>() };

test("the oldest go when the newer ones, or what is encoded of them, take the room", () => {
  const node = new ListedNode();
  const block = node.makeBlock(Array.from({ length: 10 }, (_, nonce) => node.transfer({ nonce })));
  const json = new JsonWriter(node);
  const alone = new KeptEvents(json, { bytesMax: 1e9 });
  const raw = alone.add(block).bytes;
  alone.add(block).chunk(everything, 0);
  const whole = alone.bytes;
  expect(whole).toBeGreaterThan(raw + 10 * 300); // Ten transactions, no event of them shorter than that.

  const kept = new KeptEvents(json, { bytesMax: 3 * raw });
  const blocks = [block];
  for (let i = 0; i < 4; i += 1) {
    blocks.push(node.makeBlock(Array.from({ length: 10 }, (_, nonce) => node.transfer({ nonce }))));
  }
  for (const each of blocks) kept.add(each);
  expect([1, 2, 3, 4, 5].filter((at) => kept.get(at) !== undefined)).toEqual([3, 4, 5]);
  const newest = kept.get(5);
  for (let from = 0; from < 10; from += 1) newest?.chunk(everything, from);
  expect(kept.get(5)).toBe(newest);
  expect(kept.get(3)).toBeUndefined();
  expect(kept.bytes).toBeLessThanOrEqual(Math.max(3 * raw, newest?.bytes ?? 0));
});

test("one block that is larger than the bound is kept alone, and one that had to go can still be read", () => {
  const node = new ListedNode();
  const [first, second] = [node.makeBlock([node.transfer({ nonce: 0 })]), node.makeBlock([])];
  const kept = new KeptEvents(new JsonWriter(node), { bytesMax: 1 });
  const events = kept.add(first);
  expect(kept.get(1)).toBe(events);
  kept.add(second);
  expect(kept.get(1)).toBeUndefined();
  const before = kept.bytes;
  expect(events.chunk(everything, 0).position).toEqual({ height: 1, index: 0 });
  expect(kept.bytes).toBe(before);
});
