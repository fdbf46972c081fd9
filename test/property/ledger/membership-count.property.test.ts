/**
 * Counting for all sets and votes: it does what a plain model of the text does, and never breaks the set.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { countVotes } from "../../../src/ledger/membership-count.ts";
import type { AccountId, PublicKey } from "../../../src/protocol/ids.ts";
import { type StandingVote, subjectKey } from "../../../src/protocol/membership.ts";
import {
  type Parameters,
  parametersOf,
  parameterValues,
  standardParameters,
} from "../../../src/protocol/parameters.ts";
import { faultyMax, type Validator, validatorsFlaw } from "../../../src/protocol/validator-set.ts";
import { type Member, modelCount, type Voted, type Wish } from "./count-model.ts";

const nowMs = 1_800_000_000_000;
const dayMs = 24 * 3_600_000;
const operators = Array.from({ length: 12 }, (_, i) => (i + 1).toString(16).padStart(64, "0"));
const keys = Array.from({ length: 16 }, (_, i) => (0xa0 + i).toString(16).repeat(32));

const operator = fc.constantFrom(...operators);
const member = (from: fc.Arbitrary<string>): fc.Arbitrary<Member> =>
  fc.record({ key: fc.constantFrom(...keys), operator: from, name: fc.constantFrom("x", "y") });

/** Few different wishes, so that quorums come about. */
const wishes: fc.Arbitrary<readonly Wish[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: member(operator).map(
        (put): Wish => ({ about: "member", operator: put.operator, put }),
      ),
    },
    {
      weight: 3,
      arbitrary: operator.map((operator): Wish => ({ about: "member", operator, put: undefined })),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ number: fc.integer({ min: 1, max: 3 }), value: fc.bigInt({ min: 0n, max: 2n }) })
        .map((vote): Wish => ({ about: "parameter", ...vote })),
    },
  ),
  { minLength: 1, maxLength: 6 },
);

const world = fc
  .record({
    size: fc.integer({ min: 1, max: 10 }),
    setKeys: fc.shuffledSubarray(keys, { minLength: 10 }),
    order: fc.shuffledSubarray(operators, { minLength: 12 }),
    wishes,
    votes: fc.array(
      fc.record({
        voter: fc.nat({ max: 11 }),
        wish: fc.nat({ max: 5 }),
        height: fc.integer({ min: 1, max: 6 }),
        ageMs: fc.oneof(
          { weight: 6, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.constantFrom(30 * dayMs, 30 * dayMs + 1) },
        ),
      }),
      { maxLength: 60 },
    ),
    everybody: fc.boolean(),
    faultyKeys: fc.subarray(keys, { maxLength: 3 }),
  })
  .map((drawn) => {
    const set: Member[] = drawn.order
      .slice(0, drawn.size)
      .map((operator, i) => ({ operator, key: drawn.setKeys[i] ?? "", name: "x" }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1));
    // A later vote on the same subject replaces an earlier one; each voter is one of the twelve.
    const bySubject = new Map<string, Voted>();
    const cast = (voter: string, wish: Wish, height: number, ageMs: number) => {
      const subject = wish.about === "member" ? wish.operator : wish.number;
      bySubject.set(`${voter} ${subject}`, { voter, wish, height, timeMs: nowMs - ageMs });
    };
    for (const { voter, wish, height, ageMs } of drawn.votes) {
      const wanted = drawn.wishes[wish % drawn.wishes.length];
      const name = drawn.order[voter];
      if (wanted !== undefined && name !== undefined) cast(name, wanted, height, ageMs);
    }
    if (drawn.everybody) {
      for (const { operator } of set) {
        for (const [height, wish] of drawn.wishes.entries()) cast(operator, wish, height + 1, 0);
      }
    }
    return { set, votes: [...bySubject.values()], faultyKeys: drawn.faultyKeys };
  });

const validatorOf = ({ key, operator, name }: Member): Validator => ({
  consensusKey: key as PublicKey,
  operator: operator as AccountId,
  name,
  endpoint: "",
});

function standingOf({ wish, height, timeMs }: Voted): StandingVote {
  const place = { height, timestampMs: timeMs };
  if (wish.about === "parameter") {
    const subject = { kind: "parameter" as const, parameter: wish.number };
    return { subject, change: { kind: "parameter", value: wish.value }, ...place };
  }
  const operator = wish.operator as AccountId;
  const subject = { kind: "member" as const, operator };
  return wish.put === undefined
    ? { subject, change: { kind: "remove", operator }, ...place }
    : { subject, change: { kind: "put", validator: validatorOf(wish.put) }, ...place };
}

function votesByOperator(votes: readonly Voted[]): ReadonlyMap<AccountId, readonly StandingVote[]> {
  const all = new Map<AccountId, readonly StandingVote[]>();
  for (const vote of votes) {
    const voter = vote.voter as AccountId;
    const standing = [...(all.get(voter) ?? []), standingOf(vote)];
    const inOrder = standing.toSorted((a, b) =>
      subjectKey(a.subject) < subjectKey(b.subject) ? -1 : 1,
    );
    all.set(voter, inOrder);
  }
  return all;
}

const parameters: Parameters = { ...standardParameters, accountMinimum: 1n };

test("it does what the text says", () => {
  let changed = 0;
  fc.assert(
    fc.property(world, ({ set, votes, faultyKeys }) => {
      const values = parameterValues(parameters);
      const expected = modelCount({ set, values, votes, faultyKeys, nowMs });
      const before = set.map(validatorOf);
      const counted = countVotes({
        validators: before,
        parameters,
        votes: votesByOperator(votes),
        isFaulty: (key) => faultyKeys.includes(key),
        timestampMs: nowMs,
      });
      expect(counted.validators).toEqual(expected.set.map(validatorOf));
      expect(counted.parameters).toEqual(parametersOf(expected.values));
      const left = votesByOperator(expected.left);
      for (const [voter, kept] of counted.kept) expect(kept).toEqual(left.get(voter) ?? []);
      if (JSON.stringify(before) !== JSON.stringify(counted.validators)) changed += 1;
    }),
    { numRuns: 400 },
  );
  // The worlds drawn are worth it.
  expect(changed).toBeGreaterThan(100);
});

test("the next set is a set, and shares enough with this one", () => {
  fc.assert(
    fc.property(world, ({ set, votes }) => {
      const validators = set.map(validatorOf);
      const counted = countVotes({
        validators,
        parameters,
        votes: votesByOperator(votes),
        isFaulty: () => false,
        timestampMs: nowMs,
      });
      expect(validatorsFlaw(counted.validators)).toBeUndefined();
      expect(counted.validators.length).toBeGreaterThan(0);
      const old = new Set(validators.map(({ operator }) => operator));
      const next = new Set(counted.validators.map(({ operator }) => operator));
      const left = [...old].filter((one) => !next.has(one)).length;
      const joined = [...next].filter((one) => !old.has(one)).length;
      expect(left + joined).toBeLessThanOrEqual(Math.max(1, faultyMax(old.size)));
    }),
  );
});
