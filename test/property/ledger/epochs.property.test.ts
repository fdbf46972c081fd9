/**
 * Many epochs of random votes: every block that one ledger builds another one executes, and after each of them the
 * sets, the parameters and the standing votes are those of a plain model.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { epochOf } from "../../../src/protocol/epochs.ts";
import type { AccountId, BlockId, PublicKey } from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { type Parameters, parameterValues } from "../../../src/protocol/parameters.ts";
import { readParameters, readValidators, readVotes } from "../../../src/protocol/state.ts";
import { type Validator, validatorsHash } from "../../../src/protocol/validator-set.ts";
import { byKey, GrowingChain, keyOf, operatorNamed, put } from "../../fixtures/operators.ts";
import {
  chainIdFor,
  genesisOf,
  hasher,
  openLedger,
  run,
  startMs,
} from "../../fixtures/small-ledger.ts";
import { type Member, modelCount, type Voted, type Wish } from "./count-model.ts";

const epochLength = 10;
const dayMs = 24 * 3_600_000;
const people = [..."abcdefgh"].map(operatorNamed);
const keys = Array.from({ length: 10 }, (_, i) => keyOf(String(i)));

const person = fc.nat({ max: people.length - 1 });
/** Few wishes and many voters, so that quorums come about. */
const wish = fc.oneof(
  fc.record({ who: person, key: fc.option(fc.nat({ max: 9 }), { nil: undefined }) }),
  fc.record({ parameter: fc.integer({ min: 1, max: 2 }), value: fc.bigInt({ min: 0n, max: 2n }) }),
);
const block = fc.record({
  votes: fc.array(fc.record({ voters: fc.subarray(people, { minLength: 1 }), wish: fc.nat() }), {
    maxLength: 2,
  }),
  hours: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constant(300) },
  ),
});

type Drawn = typeof wish extends fc.Arbitrary<infer Value> ? Value : never;

function memberOf(who: number, key: number): Member {
  const { account } = people[who] ?? operatorNamed("nobody");
  return { operator: account, key: keys[key] ?? "", name: `of ${who}` };
}

const validatorOf = ({ key, operator, name }: Member): Validator => ({
  consensusKey: key as PublicKey,
  operator: operator as AccountId,
  name,
  endpoint: "",
});

function wishOf(drawn: Drawn): Wish {
  if ("parameter" in drawn) {
    return { about: "parameter", number: drawn.parameter, value: drawn.value };
  }
  const { who, key } = drawn;
  const { operator } = memberOf(who, 0);
  return { about: "member", operator, put: key === undefined ? undefined : memberOf(who, key) };
}

function operationOf(wanted: Wish): Operation {
  if (wanted.about === "parameter") {
    const { number: parameter, value } = wanted;
    return { from: undefined, body: { kind: "vote-parameter", parameter, value } };
  }
  const operator = wanted.operator as AccountId;
  const change =
    wanted.put === undefined ? { kind: "remove" as const, operator } : put(validatorOf(wanted.put));
  return { from: undefined, body: { kind: "vote-membership", change } };
}

/** The membership of a ledger, kept by hand. */
class Model {
  sets: { readonly current: readonly Member[]; readonly next: readonly Member[] };
  values: { readonly current: readonly bigint[]; readonly next: readonly bigint[] };
  votes: readonly Voted[] = [];
  changes = 0;

  constructor(set: readonly Member[], parameters: Parameters) {
    this.sets = { current: set, next: set };
    const values = parameterValues(parameters);
    this.values = { current: values, next: values };
  }

  isOperator(account: string): boolean {
    return this.sets.current.some(({ operator }) => operator === account);
  }

  begin(height: number): void {
    if (height % epochLength !== 1 || height === 1) return;
    this.sets = { current: this.sets.next, next: this.sets.next };
    this.values = { current: this.values.next, next: this.values.next };
  }

  cast(vote: Voted): void {
    const subject = ({ wish: { about, ...rest } }: Voted) =>
      `${about} ${"number" in rest ? rest.number : rest.operator}`;
    const isOther = (one: Voted) => one.voter !== vote.voter || subject(one) !== subject(vote);
    this.votes = [...this.votes.filter(isOther), vote];
  }

  /** Whether anything changes at the next hand-over, or would if votes were counted now. */
  isPending(nowMs: number): boolean {
    const text = ({ set, values }: { set: readonly Member[]; values: readonly bigint[] }) =>
      JSON.stringify([set, values.map(String)]);
    const current = text({ set: this.sets.current, values: this.values.current });
    const next = { set: this.sets.next, values: this.values.next };
    const counted = modelCount({ ...next, votes: this.votes, faultyKeys: [], nowMs });
    return current !== text(next) || current !== text(counted);
  }

  end(height: number, nowMs: number): void {
    if (height % epochLength !== 9) return;
    const { current: set } = this.sets;
    const { current: values } = this.values;
    const outcome = modelCount({ set, values, votes: this.votes, faultyKeys: [], nowMs });
    if (JSON.stringify(outcome.set) !== JSON.stringify(set)) this.changes += 1;
    this.sets = { current: set, next: outcome.set };
    this.values = { current: values, next: outcome.values };
    this.votes = outcome.left;
  }
}

test("what one ledger builds another executes, and both do what the model does", () => {
  let changes = 0;
  const script = fc.record({
    size: fc.integer({ min: 1, max: 5 }),
    wishes: fc.array(wish, { minLength: 1, maxLength: 4 }),
    blocks: fc.array(block, { minLength: 25, maxLength: 45 }),
  });
  fc.assert(
    fc.property(script, ({ size, wishes, blocks }) => {
      const set = Array.from({ length: size }, (_, i) => memberOf(i, i)).toSorted((one, other) =>
        one.key < other.key ? -1 : 1,
      );
      const genesis = genesisOf({
        balances: [],
        parameters: { epochLength: BigInt(epochLength) },
        validators: byKey(set.map(validatorOf)),
      });
      const chainId = chainIdFor(genesis);
      const { ledger } = openLedger(genesis);
      const { ledger: other } = openLedger(genesis);
      const [leader] = people;
      if (leader === undefined) return;
      const chain = new GrowingChain(ledger, chainId, leader);
      const model = new Model(set, genesis.parameters);
      let wallMs = startMs;
      for (const { votes, hours } of blocks) {
        wallMs += (hours * dayMs) / 24;
        const height = chain.height + 1;
        model.begin(height);
        const wanted = new Map<AccountId, Operation[]>();
        const timeMs = Math.max(wallMs, ledger.tip.header.timestampMs + 1);
        for (const { voters, wish: drawn } of votes) {
          const one = wishes[drawn % wishes.length];
          if (one === undefined) continue;
          for (const { account } of voters) {
            wanted.set(account, [...(wanted.get(account) ?? []), operationOf(wishOf(one))]);
            if (!model.isOperator(account)) continue;
            model.cast({ voter: account, wish: wishOf(one), height, timeMs });
          }
        }
        const candidates = people.flatMap((voter) => {
          const operations = wanted.get(voter.account);
          return operations === undefined ? [] : [chain.transaction(voter, operations)];
        });
        const place = chain.place();
        const built = chain.build(candidates, wallMs);
        expect(built.dropped.every((code) => code === "not_a_validator")).toBe(true);
        expect(run(other.execute(built.block, place))).toEqual({ ok: true, value: undefined });
        ledger.finalize(built.block.id);
        other.finalize(built.block.id);
        model.end(height, timeMs);
        expectModel(chain, model, built.block.id);
        expect(ledger.changePending(built.block.id)).toBe(model.isPending(timeMs));
      }
      changes += model.changes;
    }),
    { numRuns: 15 },
  );
  // The scripts drawn are worth it.
  expect(changes).toBeGreaterThan(5);
});

function expectModel({ ledger }: GrowingChain, model: Model, id: BlockId): void {
  const { header } = ledger.tip;
  expect(header.epoch).toBe(epochOf(header.height, epochLength));
  const state = ledger.state(id);
  const sets = readValidators(state);
  const { current, next } = model.sets;
  expect(sets.current).toEqual(byKey(current.map(validatorOf)));
  expect(sets.next).toEqual(byKey(next.map(validatorOf)));
  expect(header.validatorsHash).toBe(validatorsHash(hasher, sets.current));
  expect(header.nextValidatorsHash).toBe(validatorsHash(hasher, sets.next));
  const parameters = readParameters(state);
  expect(parameterValues(parameters.current)).toEqual(model.values.current);
  expect(parameterValues(parameters.next)).toEqual(model.values.next);
  for (const { account } of people) {
    const places = readVotes(state, account).map(({ height }) => height);
    const expected = model.votes.filter(({ voter }) => voter === account);
    expect(places.toSorted()).toEqual(expected.map(({ height }) => height).toSorted());
  }
}
