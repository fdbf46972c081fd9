/**
 * Groups of a partition: how people write them, and what they mean.
 * @module
 */
import { describe, expect, test } from "vitest";
import {
  completeGroups,
  formatGroups,
  type Groups,
  groupOf,
  mayReach,
  parseGroups,
} from "../../../../node/localnet/partition.ts";

const read = (text: string, nodes: number): Groups | string => {
  const parsed = parseGroups(text);
  if (!parsed.ok) return parsed.reason;
  const complete = completeGroups(parsed.value, nodes);
  return complete.ok ? complete.value : complete.reason;
};

test.each([
  ["0,1|2,3", 4, "0,1|2,3"],
  [" 3 , 1 | 0 ", 4, "1,3|0|2"],
  ["3", 4, "3|0,1,2"],
  ["0|1|2", 3, "0|1|2"],
  ["2,10", 12, "2,10|0,1,3,4,5,6,7,8,9,11"],
])("%j among %i nodes is %j: who is not named is one more group", (text, nodes, whole) => {
  const groups = read(text, nodes);
  expect(typeof groups === "string" ? groups : formatGroups(groups)).toBe(whole);
});

test.each([
  ["", "no node's number"],
  ["0,1|", "no node's number"],
  ["0,,1", "no node's number"],
  ["-1|0", "no node's number"],
  ["0x1|2", "no node's number"],
  ["0|4", "there is no node 4"],
  ["0,1|1,2", "node 1 is named twice"],
  ["0,0|1", "node 0 is named twice"],
  ["0,1,2,3", "nobody would be cut off"],
])("%j is refused in words", (text, words) => {
  expect(read(text, 4)).toContain(words);
});

test.each([[[]], [[[]]], [[[0], []]], [[[0.5]]], [[[Number.NaN]]]])(
  "groups %j, which no command line can say, are refused too",
  (groups) => {
    expect(completeGroups(groups, 4).ok).toBe(false);
  },
);

describe("who may reach whom", () => {
  const groups: Groups = [
    [0, 1],
    [2, 3],
  ];

  test("only nodes of one group reach each other, from both sides", () => {
    const pairs = [0, 1, 2, 3].flatMap((a) => [0, 1, 2, 3].map((b) => [a, b] as const));
    for (const [a, b] of pairs) {
      expect(mayReach(groups, a, b)).toBe(Math.floor(a / 2) === Math.floor(b / 2));
    }
  });

  test("without a partition everybody does", () => {
    expect(mayReach(undefined, 0, 3)).toBe(true);
  });

  test("a group is known by its position", () => {
    expect([0, 3, 4].map((index) => groupOf(groups, index))).toEqual([0, 1, undefined]);
  });
});
