/**
 * The heap behind the pool's two orders.
 * @module
 */
import { expect, test } from "vitest";
import { bestFirst, Heap, worstFirst } from "../../../src/mempool/heap.ts";

test("gives the best rate first, and of equals the earliest", () => {
  const heap = new Heap<string>(bestFirst);
  heap.insert("low", 1, 1);
  heap.insert("late", 5, 3);
  heap.insert("early", 5, 2);
  expect([heap.pop(), heap.pop(), heap.pop()].map((node) => node?.value)).toEqual([
    "early",
    "late",
    "low",
  ]);
  expect(heap.pop()).toBeUndefined();
});

test("gives the worst rate first, and of equals the latest", () => {
  const heap = new Heap<string>(worstFirst);
  heap.insert("high", 5, 1);
  heap.insert("early", 1, 2);
  heap.insert("late", 1, 3);
  expect([heap.pop(), heap.pop(), heap.pop()].map((node) => node?.value)).toEqual([
    "late",
    "early",
    "high",
  ]);
});

test("stays in order when nodes are removed from anywhere", () => {
  const heap = new Heap<number>(bestFirst);
  const nodes = Array.from({ length: 200 }, (_, i) => heap.insert(i, (i * 37) % 101, i));
  for (const node of nodes.filter(({ value }) => value % 3 === 0)) heap.remove(node);
  const rates: number[] = [];
  for (let top = heap.pop(); top !== undefined; top = heap.pop()) rates.push(top.rate);
  expect(rates).toHaveLength(133);
  expect(rates).toEqual(rates.toSorted((a, b) => b - a));
});

test("lets the node rise that takes the place of a removed one in a lower branch", () => {
  const heap = new Heap<number>(bestFirst);
  // Under 10 lie 9 and 8, under 90 lie 80 and 85: in the place of 9 the last, 85, is above its parent.
  const nodes = [100, 10, 90, 9, 8, 80, 85].map((rate) => heap.insert(rate, rate, rate));
  for (const node of nodes) if (node.value === 9) heap.remove(node);
  const rates: number[] = [];
  for (let top = heap.pop(); top !== undefined; top = heap.pop()) rates.push(top.rate);
  expect(rates).toEqual([100, 90, 85, 80, 10, 8]);
});
