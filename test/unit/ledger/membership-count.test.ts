/**
 * Counting, rule by rule.
 * @module
 */
import { describe, expect, test } from "vitest";
import { countVotes } from "../../../src/ledger/membership-count.ts";
import type { AccountId, PublicKey } from "../../../src/protocol/ids.ts";
import {
  type StandingChange,
  type StandingVote,
  type Subject,
  subjectKey,
} from "../../../src/protocol/membership.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import type { Validator } from "../../../src/protocol/validator-set.ts";
import { byKey, namesOf, operatorNamed, validatorNamed } from "../../fixtures/operators.ts";

const dayMs = 24 * 3_600_000;
const countedMs = 1_800_000_000_000;

interface Wanted {
  readonly subject: Subject;
  readonly change: StandingChange;
}

const putting = (validator: Validator): Wanted => ({
  subject: { kind: "member", operator: validator.operator },
  change: { kind: "put", validator },
});
const removing = (name: string): Wanted => {
  const operator = operatorNamed(name).account;
  return { subject: { kind: "member", operator }, change: { kind: "remove", operator } };
};
const setting = (parameter: number, value: bigint): Wanted => ({
  subject: { kind: "parameter", parameter },
  change: { kind: "parameter", value },
});

/** One line a vote: who, what, in which block, and how long before the count. */
type Line = readonly [voters: string, wanted: Wanted, height: number, ageMs?: number];

function counted(
  names: string,
  lines: readonly Line[],
  faulty: readonly PublicKey[] = [],
  parameters = standardParameters,
) {
  const validators = byKey([...names].map((name) => validatorNamed(name)));
  const votes = new Map<AccountId, StandingVote[]>();
  for (const [voters, wanted, height, ageMs = 0] of lines) {
    for (const voter of voters) {
      const operator = operatorNamed(voter).account;
      const vote = { ...wanted, height, timestampMs: countedMs - ageMs };
      votes.set(operator, [...(votes.get(operator) ?? []), vote]);
    }
  }
  for (const standing of votes.values()) {
    standing.sort((a, b) => (subjectKey(a.subject) < subjectKey(b.subject) ? -1 : 1));
  }
  const isFaulty = (key: PublicKey) => faulty.includes(key);
  const result = countVotes({ validators, parameters, votes, isFaulty, timestampMs: countedMs });
  /** How many votes each of these has left. */
  const left = (voters: string) =>
    [...voters].map((voter) => result.kept.get(operatorNamed(voter).account)?.length ?? 0);
  return { ...result, before: validators, names: namesOf(result.validators), left };
}

const e = validatorNamed("e");
const f = validatorNamed("f");

describe("which votes count", () => {
  test.each([
    ["a", 1],
    ["abcd", 3],
    ["abcde", 4],
    ["abcdef", 5],
    ["abcdefg", 5],
  ])("of %s it takes %i equal votes", (names, quorum) => {
    const z = putting(validatorNamed("z"));
    expect(counted(names, [[names.slice(0, quorum), z, 1]]).names).toBe(`${names}z`);
    expect(counted(names, [[names.slice(0, quorum - 1), z, 1]]).names).toBe(names);
  });

  test("votes for other keys, names or endpoints of one operator do not add up", () => {
    const other = { ...e, endpoint: "elsewhere:1" };
    const lines: Line[] = [
      ["ab", putting(e), 1],
      ["cd", putting(other), 1],
    ];
    expect(counted("abcd", lines).names).toBe("abcd");
  });

  test("a vote counts until it is 30 days old, to the millisecond", () => {
    const aged = (ageMs: number) =>
      counted("abcd", [
        ["ab", putting(e), 1],
        ["c", putting(e), 1, ageMs],
      ]).names;
    expect(aged(30 * dayMs)).toBe("abcde");
    expect(aged(30 * dayMs + 1)).toBe("abcd");
  });

  test("a vote of somebody who is no validator now does not count", () => {
    expect(counted("abcd", [["abz", putting(e), 1]]).names).toBe("abcd");
  });
});

describe("what the changes do", () => {
  test("the next set ascends by consensus key", () => {
    const { validators } = counted("abcd", [["abcd", putting(e), 1]]);
    expect(validators).toEqual(byKey(validators));
    expect(validators).toHaveLength(5);
  });

  test("an operator that is in the set gets a new entry", () => {
    const rotated = validatorNamed("b", 2);
    const { validators } = counted("abcd", [["abc", putting(rotated), 1]]);
    expect(validators.filter(({ name }) => name === "b")).toEqual([rotated]);
    expect(validators).toHaveLength(4);
  });

  test("without a change the very same set and parameters stay", () => {
    const { validators, before, parameters } = counted("abcd", [["ab", putting(e), 1]]);
    expect(validators).toBe(before);
    expect(parameters).toBe(standardParameters);
  });

  test("the last validator is not removed", () => {
    expect(counted("a", [["a", removing("a"), 1]]).names).toBe("a");
  });

  test("nobody takes the key of another operator", () => {
    const thief = { ...e, consensusKey: validatorNamed("a").consensusKey };
    expect(counted("abcd", [["abc", putting(thief), 1]]).names).toBe("abcd");
  });

  test("a key that was free in the order of the changes can be taken", () => {
    const { consensusKey } = validatorNamed("a");
    const heir = { ...validatorNamed("b"), consensusKey };
    const lines: Line[] = [
      ["abc", putting(validatorNamed("a", 2)), 1],
      ["abc", putting(heir), 2],
    ];
    const { validators } = counted("abcd", lines);
    expect(validators.find((one) => one.consensusKey === consensusKey)?.name).toBe("b");
  });

  test("more than 128 do not get in", () => {
    const names = Array.from({ length: 128 }, (_, i) => String.fromCharCode(0x4e00 + i)).join("");
    const { validators } = counted(names, [[names, putting(e), 1]]);
    expect(validators).toHaveLength(128);
  });
});

describe("how many may come and go", () => {
  test("one of four, the one whose quorum came first", () => {
    const lines: Line[] = [
      ["abc", putting(e), 5],
      ["abc", putting(f), 4],
    ];
    expect(counted("abcd", lines).names).toBe("abcdf");
  });

  test("a leaver counts as much as a joiner", () => {
    const lines: Line[] = [
      ["abc", removing("d"), 4],
      ["abc", putting(e), 5],
    ];
    expect(counted("abcd", lines).names).toBe("abc");
  });

  test("two of seven", () => {
    const lines: Line[] = [
      ["abcde", putting(validatorNamed("x")), 1],
      ["abcde", putting(validatorNamed("y")), 2],
      ["abcde", putting(validatorNamed("z")), 3],
    ];
    expect(counted("abcdefg", lines).names).toBe("abcdefgxy");
  });

  test("new keys and names of those who are there are free", () => {
    const lines: Line[] = [
      ["abc", putting(validatorNamed("a", 2)), 1],
      ["abc", putting(validatorNamed("b", 2)), 2],
      ["abc", putting(validatorNamed("c", 2)), 3],
      ["abc", putting(e), 4],
    ];
    const { validators, names } = counted("abcd", lines);
    expect(names).toBe("abcde");
    expect(validators.map(({ consensusKey }) => consensusKey)).toContain(
      validatorNamed("c", 2).consensusKey,
    );
  });

  test("what did not fit waits for the next count, and gets in there", () => {
    const lines: Line[] = [
      ["abcd", putting(e), 4],
      ["abcd", putting(f), 5],
    ];
    const first = counted("abcd", lines);
    expect(first.names).toBe("abcde");
    const { validators } = countVotes({
      validators: first.validators,
      parameters: standardParameters,
      votes: first.kept,
      isFaulty: () => false,
      timestampMs: countedMs,
    });
    expect(namesOf(validators)).toBe("abcdef");
  });
});

describe("in which order", () => {
  test("a change's place is the height of the vote that completed its quorum", () => {
    const lines: Line[] = [
      ["ab", putting(e), 1],
      ["cd", putting(e), 9],
      ["bcd", putting(f), 3],
      ["a", putting(f), 20],
    ];
    expect(counted("abcd", lines).names).toBe("abcdf");
  });

  test("on the same height the smaller operator comes first", () => {
    const [first] = [e, f].toSorted((a, b) => (a.operator < b.operator ? -1 : 1));
    const lines: Line[] = [
      ["abc", putting(e), 4],
      ["abc", putting(f), 4],
    ];
    expect(counted("abcd", lines).names).toBe(`abcd${first?.name}`);
  });
});

describe("faulty keys", () => {
  const keyOf = (name: string) => validatorNamed(name).consensusKey;

  test("are dropped, however many", () => {
    expect(counted("abcd", [], [keyOf("b"), keyOf("c")]).names).toBe("ad");
  });

  test("are dropped also from what was voted in", () => {
    expect(counted("abcd", [["abc", putting(e), 1]], [keyOf("e")]).names).toBe("abcd");
  });

  test("stay when nobody else would", () => {
    expect(counted("ab", [], [keyOf("a"), keyOf("b")]).names).toBe("ab");
  });

  test("an operator with a new key stays", () => {
    const lines: Line[] = [["abc", putting(validatorNamed("b", 2)), 1]];
    expect(counted("abcd", lines, [keyOf("b")]).names).toBe("abcd");
  });
});

describe("parameters", () => {
  test("a quorum sets one", () => {
    expect(counted("abcd", [["abc", setting(1, 7n), 1]]).parameters).toEqual({
      ...standardParameters,
      baseFee: 7n,
    });
    expect(counted("abcd", [["ab", setting(1, 7n), 1]]).parameters).toBe(standardParameters);
  });

  test("they take no place of a validator", () => {
    const lines: Line[] = [
      ["abc", setting(1, 7n), 1],
      ["abc", setting(2, 3n), 2],
      ["abc", putting(e), 3],
    ];
    const { names, parameters } = counted("abcd", lines);
    expect([names, parameters.baseFee, parameters.feePerByte]).toEqual(["abcde", 7n, 3n]);
  });

  test("votes for a version that is two ahead, or behind by now, come to nothing", () => {
    const atTwo = { ...standardParameters, protocolVersion: 2n };
    const counts = [1n, 3n, 4n].map((version) =>
      counted("abcd", [["abc", setting(0, version), 1]], [], atTwo),
    );
    expect(counts.map(({ parameters }) => parameters.protocolVersion)).toEqual([2n, 3n, 2n]);
    expect(counts.map(({ left }) => left("abc"))).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
});

describe("which votes go on standing", () => {
  test("those without a quorum do", () => {
    const lines: Line[] = [
      ["ab", putting(e), 1],
      ["a", setting(1, 7n), 1],
    ];
    expect(counted("abcd", lines).left("abcd")).toEqual([2, 1, 0, 0]);
  });

  test("those that were carried out do not", () => {
    const lines: Line[] = [
      ["abc", removing("d"), 1],
      ["abc", setting(1, 7n), 2],
      ["abc", putting(validatorNamed("a", 2)), 3],
    ];
    expect(counted("abcd", lines).left("abcd")).toEqual([0, 0, 0, 0]);
  });

  test("those that ask for what is so already do not", () => {
    const lines: Line[] = [
      ["a", putting(validatorNamed("b")), 1],
      ["a", removing("z"), 1],
      ["a", setting(1, standardParameters.baseFee), 1],
    ];
    expect(counted("abcd", lines).left("a")).toEqual([0]);
  });

  test("those older than 30 days do not", () => {
    const lines: Line[] = [
      ["a", putting(e), 1, 30 * dayMs],
      ["b", putting(e), 1, 30 * dayMs + 1],
    ];
    expect(counted("abcd", lines).left("ab")).toEqual([1, 0]);
  });

  test("those of an operator that leaves, or left, do not", () => {
    const lines: Line[] = [
      ["abc", removing("d"), 1],
      ["d", putting(e), 1],
      ["z", putting(e), 1],
    ];
    expect(counted("abcd", lines).left("dz")).toEqual([0, 0]);
  });

  test("those for a faulty key that was voted in and dropped do not", () => {
    const result = counted("abcd", [["abc", putting(e), 1]], [e.consensusKey]);
    expect(result.left("abc")).toEqual([0, 0, 0]);
  });
});
