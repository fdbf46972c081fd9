/**
 * Tips of several nodes: what counts as one, who is compared with whom, and what contradicts.
 * @module
 */
import { describe, expect, test } from "vitest";
import { whyUnreachable } from "../../../node/explorer/asking/other-node.ts";
import {
  blockIdOf,
  contradictionOf,
  disputesIn,
  isQuestion,
  keyOf,
  lagOf,
  neighbours,
  type SeenTip,
  tipOf,
} from "../../../node/explorer/asking/tip-comparison.ts";

const hash = (letter: string): string => letter.repeat(64);
const tip = (base: string, height: number, id: string, timestampMs = 1_000 * height): SeenTip => ({
  ...{ base, chainId: hash("c"), nodeId: hash("d"), height, id: hash(id), timestampMs },
});

describe("an answer", () => {
  const honest = {
    chainId: hash("c"),
    nodeId: hash("d"),
    tip: { height: 7, id: hash("a"), timestampMs: 7_000 },
  };

  test("of a node says its tip", () => {
    expect(tipOf("x", honest)).toEqual(tip("x", 7, "a"));
  });

  test.each([
    ["nothing", null],
    ["a text", "height 7"],
    ["a list", []],
    ["no tip", { ...honest, tip: undefined }],
    ["a chain that is markup", { ...honest, chainId: "<img src=x onerror=alert(1)>" }],
    ["an id with capitals", { ...honest, tip: { ...honest.tip, id: hash("A") } }],
    ["an id that is too long", { ...honest, tip: { ...honest.tip, id: `${hash("a")}a` } }],
    ["a height below zero", { ...honest, tip: { ...honest.tip, height: -1 } }],
    ["a height that is no whole number", { ...honest, tip: { ...honest.tip, height: 7.5 } }],
    ["a height that no number holds", { ...honest, tip: { ...honest.tip, height: 2 ** 53 } }],
    ["a height in words", { ...honest, tip: { ...honest.tip, height: "7" } }],
    ["a time that is none", { ...honest, tip: { ...honest.tip, timestampMs: Number.NaN } }],
  ])("with %s is no node's", (_what, json) => {
    expect(tipOf("x", json)).toBeUndefined();
  });

  test("about another height is no answer to the question", () => {
    expect(blockIdOf(7, { height: 7, id: hash("a") })).toBe(hash("a"));
    expect(blockIdOf(7, { height: 6, id: hash("a") })).toBeUndefined();
    expect(blockIdOf(7, { height: 7, id: "a" })).toBeUndefined();
  });
});

describe("comparing", () => {
  test("goes from each to the next higher, and asks only where the heights differ", () => {
    const [low, middle, high, top] = [
      tip("a", 5, "1"),
      tip("b", 6, "2"),
      tip("c", 6, "2"),
      tip("d", 9, "3"),
    ];
    const pairs = neighbours([top, middle, low, high]);
    expect(pairs.map(({ lower, higher }) => [lower.base, higher.base])).toEqual([
      ["a", "b"],
      ["b", "c"],
      ["c", "d"],
    ]);
    expect(pairs.map(isQuestion)).toEqual([true, false, true]);
    expect(neighbours([low])).toEqual([]);
    // As high as each other: everybody with everybody, which takes no question.
    const level = neighbours([middle, high, tip("e", 6, "4")]);
    expect(level.map(({ lower, higher }) => lower.base + higher.base)).toEqual(["bc", "be", "ce"]);
    expect(level.some(isQuestion)).toBe(false);
  });

  test("two ids at one height contradict, and both are kept with who has them", () => {
    const [lower, higher] = [tip("a", 5, "1"), tip("b", 6, "2")];
    expect(contradictionOf({ lower, higher }, hash("1"))).toBeUndefined();
    const found = contradictionOf({ lower, higher }, hash("9"));
    expect(found).toEqual({
      height: 5,
      nodes: [
        { base: "a", id: hash("1") },
        { base: "b", id: hash("9") },
      ],
    });
    const turned = contradictionOf({ lower: higher, higher: lower }, hash("9"));
    expect(found && turned && keyOf(found) === keyOf(turned)).toBe(true);
  });

  test("all that contradict at one height are one dispute, with who has which block", () => {
    const [a, b, liar] = [tip("a", 6, "2"), tip("b", 6, "2"), tip("x", 6, "9")];
    const found = neighbours([a, b, liar]).flatMap((pair) => {
      const contradiction = contradictionOf(pair, pair.higher.id);
      return contradiction === undefined ? [] : [contradiction];
    });
    expect(disputesIn(found)).toEqual([
      {
        height: 6,
        sides: new Map([
          [hash("2"), ["a", "b"]],
          [hash("9"), ["x"]],
        ]),
      },
    ]);
    expect(disputesIn([])).toEqual([]);
  });

  test("the lag is in blocks and in the ledger's own time", () => {
    const [low, high] = [tip("a", 5, "1", 5_000), tip("b", 8, "2", 9_500)];
    expect(lagOf(low, [low, high])).toEqual({ blocks: 3, ms: 4_500 });
    expect(lagOf(high, [low, high])).toEqual({ blocks: 0, ms: 0 });
  });
});

describe("why a node could not be asked", () => {
  const silent = "it does not answer, or does not let pages of other nodes read its answers";
  const barred =
    "it does not answer, or your browser keeps this page from asking a private network";

  test.each([
    ["https://b.example:28000", "https://a.example", silent],
    [
      "http://b.example",
      "https://a.example",
      "a page that came over https: may not ask over http:",
    ],
    ["http://192.168.1.7:28000", "http://a.example", barred],
    ["http://10.0.0.1", "http://a.example", barred],
    ["http://172.31.255.1", "http://a.example", barred],
    ["http://172.32.0.1", "http://a.example", silent],
    ["http://[::1]:28000", "http://a.example", barred],
    ["http://localhost:28001", "http://127.0.0.1:28000", silent],
  ])("%s from %s", (base, page, why) => {
    expect(whyUnreachable(base, page)).toBe(why);
  });
});
