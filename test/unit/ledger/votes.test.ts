/**
 * Votes in blocks: who may, what it costs, and what stands afterwards.
 * @module
 */
import { describe, expect, test } from "vitest";
import type { AccountId } from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import type { Parameters } from "../../../src/protocol/parameters.ts";
import { readAccount, readVotes } from "../../../src/protocol/state.ts";
import {
  byKey,
  GrowingChain,
  keyOf,
  operatorNamed,
  put,
  remove,
  validatorNamed,
  voteFor,
  voteParameter,
} from "../../fixtures/operators.ts";
import {
  alice,
  bob,
  chainIdFor,
  genesisOf,
  native,
  openLedger,
  startMs,
} from "../../fixtures/small-ledger.ts";

const a = operatorNamed("a");
const b = operatorNamed("b");
const e = validatorNamed("e");

function start(parameters: Partial<Parameters> = {}) {
  const genesis = genesisOf({
    balances: [[alice, 100_000n]],
    parameters: { epochLength: 10n, ...parameters },
    validators: byKey([..."abcd"].map((name) => validatorNamed(name))),
  });
  const chain = new GrowingChain(openLedger(genesis).ledger, chainIdFor(genesis), a);
  const state = () => chain.ledger.state(chain.ledger.tip.id);
  const votes = (operator = a.account) => readVotes(state(), operator);
  /** What becomes of a transaction of these operations. */
  const tried = (operations: readonly Operation[], from = a, fee = 0n) => {
    const { block, dropped } = chain.build([chain.transaction(from, operations, { fee })]);
    if (dropped.length === 0) chain.ledger.finalize(block.id);
    return dropped[0] ?? "applied";
  };
  return { chain, state, votes, tried };
}

describe("a vote", () => {
  test("stands with the height and the time of its block", () => {
    const { chain, votes } = start();
    chain.add();
    chain.add([chain.transaction(a, [voteFor(put(e))])], startMs + 5_000);
    expect(votes()).toEqual([
      {
        subject: { kind: "member", operator: e.operator },
        change: { kind: "put", validator: e },
        height: 2,
        timestampMs: startMs + 5_000,
      },
    ]);
  });

  test("replaces the operator's vote on the same subject, and no other", () => {
    const { tried, votes } = start();
    const newKey = { ...e, consensusKey: keyOf("another") };
    tried([voteFor(put(e)), voteParameter(1, 5n)]);
    tried([voteFor(put(newKey))]);
    tried([voteParameter(1, 6n), voteParameter(2, 7n)]);
    expect(votes().map(({ change, height }) => [change, height])).toEqual([
      [{ kind: "put", validator: newKey }, 2],
      [{ kind: "parameter", value: 6n }, 3],
      [{ kind: "parameter", value: 7n }, 3],
    ]);
    tried([voteFor(remove("e"))]);
    expect(votes()[0]?.change).toEqual({ kind: "remove", operator: e.operator });
  });

  test("belongs to the account that it acts for", () => {
    const { chain, votes } = start();
    const operations = [voteFor(remove("d"), b)];
    chain.add([chain.transaction(a, operations, { others: [b] })]);
    expect([votes(a.account).length, votes(b.account).length]).toEqual([0, 1]);
  });

  test("is refused from anyone but an operator of the set", () => {
    const { tried } = start();
    expect(tried([voteFor(put(e))], alice)).toBe("not_a_validator");
    expect(tried([voteParameter(1, 1n)], operatorNamed("e"))).toBe("not_a_validator");
  });

  test("is one of 32 at most, where replacing one adds none", () => {
    const { tried, votes } = start();
    const members = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => voteFor(remove(`nobody ${from + i}`)));
    expect(tried(members(0, 31))).toBe("applied");
    expect(tried([...members(40, 41), ...members(50, 51)])).toBe("too_many_votes");
    expect(tried(members(31, 32))).toBe("applied");
    expect(tried(members(7, 9))).toBe("applied");
    expect(tried([voteParameter(1, 1n)])).toBe("too_many_votes");
    const standing = votes().map(({ subject }) => (subject as { operator: AccountId }).operator);
    expect(standing).toEqual(standing.toSorted());
    expect(standing).toHaveLength(32);
  });
});

describe("for a parameter", () => {
  test.each([
    ["beyond the last one", 17, 5n, "parameter_out_of_bounds"],
    ["above its bound", 1, 10n ** 9n + 1n, "parameter_out_of_bounds"],
    ["at its bound", 1, 10n ** 9n, "applied"],
    ["below its bound", 4, 65_535n, "parameter_out_of_bounds"],
    ["the length of epochs", 16, 1_000n, "parameter_fixed"],
    ["the version there is", 0, 1n, "applied"],
    ["the next version", 0, 2n, "applied"],
    ["the version after the next", 0, 3n, "version_not_next"],
    ["the version before", 0, 0n, "version_not_next"],
  ])("%s: parameter %i, %i", (_, parameter, value, outcome) => {
    expect(start().tried([voteParameter(parameter, value)])).toBe(outcome);
  });
});

describe("what it costs", () => {
  const fees = { baseFee: 100n, feePerByte: 1n, accountMinimum: 1_000n };

  test("nothing, also from an operator who has no account yet", () => {
    const { tried, state } = start(fees);
    expect(tried([voteFor(put(e)), voteParameter(1, 5n)])).toBe("applied");
    const { nonce, balance, exists } = readAccount(state(), a.account);
    expect({ nonce, balance, exists }).toEqual({ nonce: 1, balance: 0n, exists: true });
  });

  test("as much as anything, when the transaction does something else as well", () => {
    const voteFee = [0n, 0n, 0n, 0n, 0n, 0n, 0n, 30n, 0n];
    const { chain, tried } = start({ baseFee: 100n, operationFees: voteFee });
    chain.add([chain.transaction(alice, [native(a, 50_000n)], { fee: 100n })]);
    const both = [voteFor(put(e)), native(bob, 10n)];
    expect(tried(both, a, 129n)).toBe("fee_too_low");
    expect(tried(both, a, 130n)).toBe("applied");
  });

  test("accountMinimum holds for everybody whom such a transaction pays", () => {
    const { chain, tried } = start({ accountMinimum: 1_000n });
    chain.add([chain.transaction(alice, [native(a, 50_000n)])]);
    expect(tried([voteFor(put(e)), native(bob, 999n)])).toBe("below_account_minimum");
  });
});
