import { expect, test } from "vitest";
import { FairQueue } from "../../../../node/http/fair-queue.ts";

const queueOf = (itemsMax = 100, itemsPerOwnerMax = 100): FairQueue<string> =>
  new FairQueue<string>({ itemsMax, itemsPerOwnerMax });

function taken(queue: FairQueue<string>): string[] {
  const items: string[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
}

test("one owner's items come in the order in which they were put", () => {
  const queue = queueOf();
  for (const item of ["a1", "a2", "a3"]) queue.push("a", item);
  expect(taken(queue)).toEqual(["a1", "a2", "a3"]);
  expect(queue.length).toBe(0);
});

test("owners take turns, however much one of them has put", () => {
  const queue = queueOf();
  for (const item of ["a1", "a2", "a3", "a4"]) queue.push("a", item);
  for (const item of ["b1", "b2"]) queue.push("b", item);
  queue.push("c", "c1");
  expect(taken(queue)).toEqual(["a1", "b1", "c1", "a2", "b2", "a3", "a4"]);
});

test("an owner who comes back waits for one item of each other, not for all of them", () => {
  const queue = queueOf();
  for (let i = 0; i < 50; i += 1) queue.push("a", `a${i}`);
  expect(queue.shift()).toBe("a0");
  queue.push("b", "b1");
  expect([queue.shift(), queue.shift()]).toEqual(["a1", "b1"]);
});

test("more than an owner may have is refused, and takes no room from others", () => {
  const queue = queueOf(10, 2);
  expect([1, 2, 3].map((i) => queue.push("a", `a${i}`))).toEqual([
    undefined,
    undefined,
    { item: "a3", why: "owner-full" },
  ]);
  expect(queue.push("b", "b1")).toBeUndefined();
  expect(queue.length).toBe(3);
});

test("more than all may have is refused, and room comes back as items are taken", () => {
  const queue = queueOf(2, 2);
  queue.push("a", "a1");
  queue.push("b", "b1");
  expect(queue.push("c", "c1")).toEqual({ item: "c1", why: "full" });
  queue.shift();
  expect(queue.push("c", "c1")).toBeUndefined();
  expect(taken(queue)).toEqual(["b1", "c1"]);
});

test("who has less finds room in a full queue: the last item of whoever has most has to go", () => {
  const queue = queueOf(6, 5);
  for (let i = 0; i < 5; i += 1) queue.push("a", `a${i}`);
  queue.push("b", "b0");
  expect(queue.push("c", "c0")).toEqual({ item: "a4", why: "owner-full" });
  expect(queue.push("c", "c1")).toEqual({ item: "a3", why: "owner-full" });
  expect(queue.push("a", "a5")).toEqual({ item: "a5", why: "full" });
  expect(queue.length).toBe(6);
  expect(taken(queue)).toEqual(["a0", "b0", "c0", "a1", "c1", "a2"]);
});
