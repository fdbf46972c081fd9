/**
 * The verdict on chaos: what is concluded from what is seen of the nodes.
 * @module
 */
import { describe, expect, test } from "vitest";
import {
  apartFrom,
  isCut,
  isRecovered,
  isServed,
  isWhole,
  largestPart,
  livenessOf,
  mayHaveQuorum,
  quorumIn,
} from "../../../../node/localnet/verdict.ts";
import {
  type Findings,
  lackOf,
  safetyOf,
  verdictWords,
} from "../../../../node/localnet/verdict-words.ts";
import { down, halved, halves, look, paused, type Sketch } from "./seen-nodes.ts";

describe("the quorum", () => {
  // Of n validators f = ⌊(n − 1) / 3⌋ may be away, and n − f make a quorum.
  test.each([
    ["four that are linked", look([{}, {}, {}, {}]), { reachable: 4, needed: 3, validators: 4 }],
    ["one killed", look([{}, {}, {}, down]), { reachable: 3, needed: 3, validators: 4 }],
    ["one paused", look([{}, paused, {}, {}]), { reachable: 3, needed: 3, validators: 4 }],
    ["two halves", look(halves), { reachable: 2, needed: 3, validators: 4 }],
    ["one silent", look([{}, { silent: "?" }, {}, {}]), { reachable: 3, needed: 3, validators: 4 }],
    [
      "one mute",
      look([{ answers: false }, {}, {}, {}]),
      { reachable: 3, needed: 3, validators: 4 },
    ],
    ["seven", look(Array(7).fill({})), { reachable: 7, needed: 5, validators: 7 }],
    ["nobody", look([down, down, down, down]), { reachable: 0, needed: 0, validators: 0 }],
    ["an observer", look([{}, { observer: true }], 1), { reachable: 1, needed: 1, validators: 1 }],
  ])("of %s is counted by who votes and is linked", (_name, seen, quorum) => {
    expect(quorumIn(seen)).toEqual(quorum);
  });

  test("is of as many validators as the newest tip knows of, not of those before a change", () => {
    const lagging: Sketch = { height: 3, behind: 4, validators: 7 };
    expect(quorumIn(look([{}, {}, {}, {}, lagging], 4))).toMatchObject({
      needed: 3,
      validators: 4,
    });
  });

  test("a link counts only when both ends know of it", () => {
    const seen = look([{}, { linked: [] }, {}, {}]);
    expect(quorumIn(seen).reachable).toBe(3);
  });

  test("who is apart from it is named; an observer is not missed", () => {
    const seen = look([{}, {}, {}, { linked: [] }, { observer: true }, down], 5);
    expect(apartFrom(largestPart(seen), seen)).toEqual(["node-3", "node-5"]);
  });

  test("can come about only where enough run in one group", () => {
    expect(mayHaveQuorum(look([{}, {}, { answers: false }, down]), undefined)).toBe(true);
    expect(mayHaveQuorum(look([{}, {}, paused, down]), undefined)).toBe(false);
    expect(mayHaveQuorum(look([{}, {}, {}, {}]), halved)).toBe(false);
    expect(mayHaveQuorum(look([{}, {}, {}, {}]), [[0, 1, 2], [3]])).toBe(true);
  });
});

describe("live", () => {
  test("is a quorum that was seen to act since the action, by as many as a quorum needs", () => {
    const seen = look([{ waiting: 3, quorumAgeMs: 200 }, {}, {}, down]);
    expect(livenessOf(seen, 300)).toBe("acts");
  });

  test("is not what one node alone has only now heard of", () => {
    const busy = { waiting: 1, quorumAgeMs: 400 };
    expect(livenessOf(look([{ ...busy, quorumAgeMs: 1 }, busy, busy, {}]), 300)).toBe("none");
  });

  test("is not a quorum that was seen before the action only, while something waits", () => {
    const busy = { waiting: 1, quorumAgeMs: 400 };
    expect(livenessOf(look([busy, busy, busy, down]), 300)).toBe("none");
  });

  test("is a linked quorum with nothing to do, which is said", () => {
    const idle = { waiting: 0, quorumAgeMs: 9_000 };
    expect(livenessOf(look([idle, idle, idle, down]), 300)).toBe("idle");
  });

  test("is never less than a quorum, however fresh its last act", () => {
    const seen = look(halves.map((half) => ({ ...half, quorumAgeMs: 1 })));
    expect(livenessOf(seen, 300)).toBe("none");
  });
});

describe("taking part again", () => {
  const fresh = { waiting: 1, quorumAgeMs: 10 };
  const stale = { waiting: 1, quorumAgeMs: 900 };

  test("where something waits is to have seen a quorum act since, not to be linked with one", () => {
    const seen = look([fresh, fresh, fresh, stale]);
    expect(isServed(seen.slice(3), seen, 300)).toBe(false);
    expect(isServed(seen.slice(2, 3), seen, 300)).toBe(true);
    const halted = look([stale, stale, stale, stale]);
    expect(isServed(halted, halted, 300)).toBe(false);
  });

  test("needs no act where nothing waits", () => {
    const idle = look(Array(4).fill({ waiting: 0, quorumAgeMs: 9_000 }));
    expect(isServed(idle, idle, 300)).toBe(true);
  });
});

describe("recovered", () => {
  const others: readonly Sketch[] = [{}, {}, {}];
  const isBack = (sketch: Sketch): boolean => {
    const seen = look([...others, sketch]);
    return seen[3] !== undefined && isRecovered(seen[3], seen, 7);
  };

  test.each([
    ["at the tip, voting and linked", {}, true],
    ["ahead of it", { height: 9 }, true],
    ["a block short of it", { height: 6 }, false],
    ["still catching up", { behind: 12 }, false],
    ["listening first", { silent: "just started" }, false],
    ["linked with nobody", { linked: [] }, false],
    ["down", down, false],
    ["paused", paused, false],
  ])("a node that is %s: %j is %s", (_words, sketch, is) => {
    expect(isBack(sketch)).toBe(is);
  });

  test("an observer needs no vote, but a quorum to hear", () => {
    const seen = look([{}, { observer: true }], 1);
    expect(seen.map((node) => isRecovered(node, seen, 7))).toEqual([true, true]);
    const alone = look([{ linked: [] }, { observer: true }], 1);
    expect(alone.map((node) => isRecovered(node, alone, 7))).toEqual([true, false]);
  });

  test("what is lacking is said of the first node that lacks something", () => {
    const [behind] = look([{ height: 3 }]);
    const [silent] = look([{ silent: "no journal" }]);
    const [dead] = look([down]);
    for (const [node, words] of [
      [behind, "node-0 is at block 3 of 7"],
      [silent, "node-0 does not vote: no journal"],
      [dead, "node-0 is down (ended by SIGKILL)"],
    ] as const) {
      expect(node && lackOf([node], 7)).toBe(words);
    }
  });
});

describe("links", () => {
  test("a partition is one when no link crosses it, whichever end still has it", () => {
    expect(isCut(look(halves), halved)).toBe(true);
    expect(isCut(look([{ linked: [1, 2] }, ...halves.slice(1)]), halved)).toBe(false);
    // The other end does not answer, and the link is there all the same.
    const mute = { answers: false };
    expect(isCut(look([{ linked: [1, 2] }, { linked: [0] }, mute, mute]), halved)).toBe(false);
  });

  test("a network is whole when all that run answer and are linked within their groups", () => {
    expect(isWhole(look(halves), halved)).toBe(true);
    expect(isWhole(look(halves), undefined)).toBe(false);
    expect(isWhole(look([{}, {}, down]), undefined)).toBe(true);
    expect(isWhole(look([{}, {}, { answers: false }]), undefined)).toBe(false);
  });
});

describe("the words", () => {
  const all = { contradictions: [], missing: [], compared: 3 };
  const findings: Findings = {
    answering: 4,
    unseen: [],
    comparison: all,
    quorum: { reachable: 4, needed: 3, validators: 4 },
    liveness: "acts",
    apart: [],
    recovery: undefined,
  };
  const two: Partial<Findings> = {
    answering: 2,
    unseen: ["node-2", "node-3"],
    quorum: { ...findings.quorum, reachable: 2 },
    liveness: "none",
  };
  const fork = { ...all, contradictions: ["the blocks of node-0 and node-1 at height 3 differ"] };
  const gap = { ...all, missing: ["node-1 did not tell its block at height 3, the tip of node-0"] };

  test.each<[string, Partial<Findings>, string]>([
    ["all is well", {}, "safe: 4 nodes agree · live: 4 of 4 validators reach each other, 3 needed"],
    [
      "there is nothing to do",
      { liveness: "idle" },
      "safe: 4 nodes agree · live: 4 of 4 validators reach each other, 3 needed; nothing waits",
    ],
    [
      "one is away, and nobody knows what is on its disk",
      {
        answering: 3,
        unseen: ["node-3"],
        quorum: { ...findings.quorum, reachable: 3 },
        apart: ["node-3"],
      },
      "safe: 3 nodes agree (node-3 not seen) · live: 3 of 4 validators reach each other (without node-3), 3 needed",
    ],
    [
      "it came back",
      { recovery: { afterMs: 1_249 } },
      "safe: 4 nodes agree · live: 4 of 4 validators reach each other, 3 needed · recovered after 1.2 s",
    ],
    [
      "it did not come back",
      { recovery: { missing: "node-3 does not answer", waitedMs: 20_000 } },
      "safe: 4 nodes agree · live: 4 of 4 validators reach each other, 3 needed · not recovered within 20.0 s: node-3 does not answer",
    ],
    [
      "no part has a quorum: that is as it should be",
      { quorum: { ...findings.quorum, reachable: 2 }, liveness: "none" },
      "no quorum: 2 of 4 reachable, 3 needed; safe, waits",
    ],
    [
      "half of them are dead",
      two,
      "no quorum: 2 of 4 reachable, 3 needed; safe (node-2, node-3 not seen), waits",
    ],
    [
      "a quorum does nothing",
      { liveness: "none" },
      "safe: 4 nodes agree · not live: 4 of 4 validators reach each other, 3 needed, but no vote of theirs was seen",
    ],
    [
      "they contradict each other",
      { comparison: fork },
      "NOT SAFE: the blocks of node-0 and node-1 at height 3 differ · live: 4 of 4 validators reach each other, 3 needed",
    ],
    [
      "they contradict each other without a quorum",
      { ...two, unseen: [], comparison: fork },
      "no quorum: 2 of 4 reachable, 3 needed; NOT SAFE: the blocks of node-0 and node-1 at height 3 differ, waits",
    ],
    [
      "some could not be compared",
      { comparison: gap },
      "not compared: node-1 did not tell its block at height 3, the tip of node-0 · live: 4 of 4 validators reach each other, 3 needed",
    ],
    [
      "one is left, and nothing is known of before",
      { ...two, answering: 1, unseen: ["node-1"], comparison: { ...all, compared: 0 } },
      "no quorum: 2 of 4 reachable, 3 needed; one node answers: nothing to compare it with (node-1 not seen), waits",
    ],
    [
      "one is left, which has what was final",
      { answering: 1, unseen: [], comparison: { ...all, compared: 1 } },
      "safe: one node answers, and has what was final · live: 4 of 4 validators reach each other, 3 needed",
    ],
    [
      "nobody is left",
      { answering: 0 },
      "no node answers: nothing can be compared, nothing goes on",
    ],
    [
      "nobody is left of those who contradicted each other",
      { answering: 0, comparison: { ...fork, compared: 0 } },
      "NOT SAFE: the blocks of node-0 and node-1 at height 3 differ; no node answers: nothing can be compared, nothing goes on",
    ],
  ])("when %s", (_when, differing, words) => {
    expect(verdictWords({ ...findings, ...differing })).toBe(words);
  });

  test("safe is what was compared and nothing else", () => {
    expect(safetyOf(all)).toBe(true);
    expect(safetyOf({ ...all, compared: 0 })).toBeNull();
    expect(safetyOf(gap)).toBeNull();
    expect(safetyOf({ ...gap, ...{ contradictions: fork.contradictions } })).toBe(false);
  });
});
