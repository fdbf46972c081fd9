/**
 * The verdict on chaos: what is concluded from what is seen of the nodes.
 * @module
 */
import { describe, expect, test } from "vitest";
import type { Groups } from "../../../../node/localnet/partition.ts";
import type { SeenNode } from "../../../../node/localnet/sight.ts";
import {
  apartFrom,
  type Findings,
  isCut,
  isLive,
  isRecovered,
  isWhole,
  lackOf,
  largestPart,
  mayHaveQuorum,
  quorumIn,
  verdictWords,
} from "../../../../node/localnet/verdict.ts";
import type { StatusJson } from "../../../../src/api/json.ts";

interface Sketch {
  readonly linked?: readonly number[];
  readonly state?: SeenNode["state"];
  readonly silent?: string;
  readonly observer?: boolean;
  readonly answers?: boolean;
  readonly height?: number;
  readonly behind?: number;
  readonly quorumAgeMs?: number;
  readonly waiting?: number;
}

const nodeId = (index: number): string => index.toString(16).padStart(64, "0");

/** Nodes in the order given; without `linked` a node is linked to all others. */
function look(sketches: readonly Sketch[], validatorCount = sketches.length): readonly SeenNode[] {
  return sketches.map((sketch, index) => {
    const { state = "running", answers = state === "running" } = sketch;
    const linked = sketch.linked ?? sketches.map((_, other) => other);
    return {
      index,
      name: `node-${index}`,
      http: `http://127.0.0.1:${28_000 + index}`,
      state,
      reason: state === "down" ? "ended by SIGKILL" : null,
      status: answers ? statusOf(sketch, index, validatorCount) : undefined,
      peers: new Set(answers ? linked.filter((other) => other !== index).map(nodeId) : []),
    };
  });
}

function statusOf(sketch: Sketch, index: number, validatorCount: number): StatusJson {
  const { silent, observer = false, height = 7, behind = 0, quorumAgeMs = 50 } = sketch;
  const speaking = silent === undefined ? { kind: "voting" as const } : undefined;
  return {
    chainId: nodeId(0),
    networkName: "local",
    addressPrefix: "q",
    asset: { code: "QRT", decimals: 6 },
    nodeId: nodeId(index),
    validatorIndex: observer ? null : index,
    validatorCount,
    voting: observer
      ? { kind: "observer" }
      : (speaking ?? { kind: "silent", reason: silent ?? "" }),
    tip: { height, id: nodeId(height), timestampMs: 0, stateRoot: nodeId(height) },
    epoch: 0,
    epochEnds: 200,
    view: 1,
    lastFinalView: 1,
    leader: "node-0",
    sync: behind > 0 ? { kind: "behind", blocks: behind, peers: 3 } : { kind: "synced" },
    quorumAgeMs,
    peers: 3,
    mempool: { transactions: sketch.waiting ?? 0, bytes: 0 },
    nullified: [],
    silent: [],
    fetching: { certificates: [], blocks: 0, range: null },
    faults: 0,
    startedMs: 0,
  };
}

const down: Sketch = { state: "down" };
const paused: Sketch = { state: "paused" };
const halves: readonly Sketch[] = [
  { linked: [1] },
  { linked: [0] },
  { linked: [3] },
  { linked: [2] },
];
const halved: Groups = [
  [0, 1],
  [2, 3],
];

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
  test("is a quorum that was seen to act since the action", () => {
    const seen = look([{ waiting: 3, quorumAgeMs: 200 }, {}, {}, down]);
    expect(isLive(seen, 300)).toBe(true);
  });

  test("is not a quorum that was seen before the action only, while something waits", () => {
    const busy = { waiting: 1, quorumAgeMs: 400 };
    expect(isLive(look([busy, busy, busy, down]), 300)).toBe(false);
  });

  test("is a linked quorum with nothing to do", () => {
    const idle = { waiting: 0, quorumAgeMs: 9_000 };
    expect(isLive(look([idle, idle, idle, down]), 300)).toBe(true);
  });

  test("is never less than a quorum, however fresh its last act", () => {
    expect(isLive(look(halves.map((half) => ({ ...half, quorumAgeMs: 1 }))), 300)).toBe(false);
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
  });

  test("a network is whole when all that run answer and are linked within their groups", () => {
    expect(isWhole(look(halves), halved)).toBe(true);
    expect(isWhole(look(halves), undefined)).toBe(false);
    expect(isWhole(look([{}, {}, down]), undefined)).toBe(true);
    expect(isWhole(look([{}, {}, { answers: false }]), undefined)).toBe(false);
  });
});

describe("the words", () => {
  const findings: Findings = {
    answering: 4,
    contradictions: [],
    quorum: { reachable: 4, needed: 3, validators: 4 },
    live: true,
    apart: [],
    recovery: undefined,
  };

  test.each<[string, Partial<Findings>, string]>([
    ["all is well", {}, "safe: 4 nodes agree · live: 4 of 4 validators reach each other, 3 needed"],
    [
      "one is away",
      { answering: 3, quorum: { ...findings.quorum, reachable: 3 }, apart: ["node-3"] },
      "safe: 3 nodes agree · live: 3 of 4 validators reach each other (without node-3), 3 needed",
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
      { quorum: { ...findings.quorum, reachable: 2 }, live: false },
      "no quorum: 2 of 4 reachable, 3 needed; safe, waits",
    ],
    [
      "a quorum does nothing",
      { live: false },
      "safe: 4 nodes agree · not live: 4 of 4 validators reach each other, 3 needed, but no vote of theirs was seen",
    ],
    [
      "they contradict each other",
      { contradictions: ["the blocks of node-0 and node-1 at height 3 differ"] },
      "NOT SAFE: the blocks of node-0 and node-1 at height 3 differ · live: 4 of 4 validators reach each other, 3 needed",
    ],
    [
      "they contradict each other without a quorum",
      { contradictions: ["x"], quorum: { ...findings.quorum, reachable: 1 }, live: false },
      "no quorum: 1 of 4 reachable, 3 needed; NOT SAFE: x",
    ],
    [
      "nobody is left",
      { answering: 0 },
      "no node answers: nothing can be compared, nothing goes on",
    ],
  ])("when %s", (_when, differing, words) => {
    expect(verdictWords({ ...findings, ...differing })).toBe(words);
  });
});
