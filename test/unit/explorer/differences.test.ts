/**
 * What is shown against what is proven: any change of any value is found, and told in words that hide nothing.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  differences,
  differenceWords,
  valueCount,
} from "../../../node/explorer/checking/differences.ts";

const json = fc.jsonValue({ maxDepth: 3 });

test("two values differ in nothing exactly when they are the same JSON", () => {
  fc.assert(
    fc.property(json, json, (one, other) => {
      const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
      expect(differences(one, other).length === 0).toBe(same);
      expect(differences(one, structuredClone(one))).toEqual([]);
    }),
  );
});

/** Keys in one order; -0 is 0 in JSON. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, sorted(each)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

test("every difference is named by its field, from both sides", () => {
  const shown = { amount: "5", to: { a: 1 }, list: [1, 2], extra: null };
  const proven = { amount: "50", to: { a: 1 }, list: [1], more: true };
  expect(differences(shown, proven)).toEqual([
    { field: "amount", shown: '"5"', proven: '"50"' },
    { field: "list.1", shown: "2", proven: "nothing" },
    { field: "extra", shown: "null", proven: "nothing" },
    { field: "more", shown: "nothing", proven: "true" },
  ]);
});

test("a list is not an object with the same keys, nor 1 the text 1, nor null nothing", () => {
  for (const [shown, proven] of [
    [[], {}],
    [["a"], { 0: "a" }],
    [1, "1"],
    [null, undefined],
    [0, false],
    [{ a: null }, {}],
  ]) {
    expect(differences(shown, proven)).toHaveLength(1);
  }
});

test("a field that is called like one of every object's is a field like any other", () => {
  const shown = JSON.parse('{"__proto__": 1, "toString": 2}');
  expect(differences(shown, {}).map(({ field }) => field)).toEqual(["__proto__", "toString"]);
});

test("words hide nothing, and are not too many", () => {
  const shown = {
    memo: `a\u202e${"b".repeat(500)}`,
    ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`n${i}`, i])),
  };
  const words = differenceWords(differences(shown, {}));
  expect(words).toContain("\\u{202e}");
  expect(words).toContain("and 5 more");
  expect(words.length).toBeLessThan(600);
});

test("values are counted, not what holds them", () => {
  expect(valueCount({ a: 1, b: [2, { c: null }], d: {}, e: undefined })).toBe(3);
});
