/**
 * The cache of two generations.
 * @module
 */
import { expect, test } from "vitest";
import { RecentMap } from "../../../src/base/recent-map.ts";

test("never holds more than its bound", () => {
  const map = new RecentMap<number, number>({ entriesMax: 10 });
  for (let key = 0; key < 100; key += 1) {
    map.set(key, key);
    expect(map.size).toBeLessThanOrEqual(10);
  }
  expect(map.get(99)).toBe(99);
  expect(map.get(0)).toBeUndefined();
});

test("keeps what is asked for, while others come and go", () => {
  const map = new RecentMap<number, number>({ entriesMax: 10 });
  map.set(-1, 7);
  for (let key = 0; key < 100; key += 1) {
    map.set(key, key);
    expect(map.get(-1)).toBe(7);
  }
});

test("gives the newest value of a key, in whichever generation the older one lies", () => {
  const map = new RecentMap<string, number>({ entriesMax: 4 });
  map.set("key", 1);
  map.set("other", 0);
  map.set("key", 2);
  expect(map.get("key")).toBe(2);
  map.set("another", 0);
  expect(map.get("key")).toBe(2);
});
