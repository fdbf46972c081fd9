/**
 * Votes in the pool: whose it takes, how many, and what becomes of them when the network changes its rules.
 * @module
 */
import { describe, expect, test } from "vitest";
import { encode } from "../../../src/codec/codec.ts";
import type { MempoolOptions } from "../../../src/mempool/mempool.ts";
import { type StandingVote, standingVotesCodec } from "../../../src/protocol/membership.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { type Parameters, standardParameters } from "../../../src/protocol/parameters.ts";
import {
  parametersEntryCodec,
  parametersKey,
  validatorsEntryCodec,
  validatorsKey,
  votesKey,
} from "../../../src/protocol/state.ts";
import type { NamedSigned } from "../../../src/protocol/transaction.ts";
import {
  byKey,
  operatorNamed,
  put,
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
  startMs,
  transactionOf,
  type Wish,
} from "../../fixtures/small-ledger.ts";
import { SmallPool } from "../../fixtures/small-pool.ts";

const a = operatorNamed("a");
const b = operatorNamed("b");
const genesis = genesisOf({
  balances: [[alice, 10_000n]],
  validators: byKey([..."abc"].map((name) => validatorNamed(name))),
});
const chainId = chainIdFor(genesis);
const e = put(validatorNamed("e"));

function open(parameters: Partial<Parameters> = {}, options: Partial<MempoolOptions> = {}) {
  const lab = new SmallPool(genesis, options);
  const { pool, state } = lab;
  const setParameters = (changed: Partial<Parameters>) => {
    const current = { ...standardParameters, ...changed };
    state.rows.set(parametersKey, encode(parametersEntryCodec, { current, next: current }));
    return current;
  };
  let now = setParameters(parameters);
  const admit = (named: NamedSigned) => lab.admit(named, { parameters: now });
  /** The tip moves, with these parameters and validators from now on. */
  const moveOn = (changed: Partial<Parameters>, names = "abc") => {
    now = setParameters(changed);
    const current = byKey([...names].map((name) => validatorNamed(name)));
    const entry = { previous: genesis.validators, current, next: current };
    state.rows.set(validatorsKey, encode(validatorsEntryCodec, entry));
    return pool.finalized([], state, startMs);
  };
  return { pool, state, admit, moveOn };
}

const vote = (operations: readonly Operation[], wish: Partial<Wish> = {}): NamedSigned =>
  transactionOf(chainId, { from: a, operations, ...wish });

describe("admission of votes", () => {
  test("takes one of an operator for nothing, from an account that does not exist", () => {
    const { admit } = open({ baseFee: 100n, accountMinimum: 1_000n });
    expect(admit(vote([voteFor(e), voteParameter(1, 5n)]))).toBe("admitted");
  });

  test("refuses those of anyone else", () => {
    const { admit } = open();
    expect(admit(vote([voteFor(e)], { from: alice }))).toBe("not_a_validator");
    expect(admit(vote([voteFor(e, alice)], { others: [alice] }))).toBe("not_a_validator");
  });

  test("refuses a second one of the same operator, whoever sends it", () => {
    const { admit } = open();
    expect(admit(vote([voteFor(e)]))).toBe("admitted");
    expect(admit(vote([voteParameter(1, 5n)], { nonce: 1 }))).toBe("vote_waiting");
    const carried = vote([voteParameter(1, 5n, a)], { from: b, others: [a] });
    expect(admit(carried)).toBe("vote_waiting");
    expect(admit(vote([voteParameter(1, 5n)], { from: b }))).toBe("admitted");
  });

  test("takes the next one when that one has left", () => {
    const { pool, admit } = open();
    const first = vote([voteFor(e)]);
    admit(first);
    pool.quarantine(first.contentHash);
    expect(admit(vote([voteParameter(1, 5n)]))).toBe("admitted");
  });

  test("refuses more than can stand, counting what stands and what replaces it", () => {
    const { state, admit } = open();
    const standing = Array.from(
      { length: 31 },
      (_, parameter): StandingVote => ({
        subject: { kind: "parameter", parameter },
        change: { kind: "parameter", value: 1n },
        height: 1,
        timestampMs: startMs,
      }),
    );
    state.rows.set(votesKey(a.account), encode(standingVotesCodec, standing));
    expect(admit(vote([voteFor(e), voteFor(put(validatorNamed("f")))]))).toBe("too_many_votes");
    expect(admit(vote([voteFor(e), voteParameter(1, 5n), voteParameter(2, 5n)]))).toBe("admitted");
  });

  test("of parameters minds their bounds", () => {
    const { admit } = open();
    expect(admit(vote([voteParameter(16, 100n)]))).toBe("parameter_fixed");
    expect(admit(vote([voteParameter(4, 1n)]))).toBe("parameter_out_of_bounds");
    expect(admit(vote([voteParameter(0, 3n)]))).toBe("version_not_next");
  });
});

describe("a crowd of payments", () => {
  const payment = (nonce: number) =>
    transactionOf(chainId, { from: alice, operations: [native(bob, 1n)], nonce, fee: 50n });

  test("does not keep a vote out of the pool, nor push it out", () => {
    const { pool, admit } = open({}, { transactionsMax: 3 });
    for (const nonce of [0, 1, 2]) expect(admit(payment(nonce))).toBe("admitted");
    expect(admit(vote([voteFor(e)]))).toBe("admitted");
    expect(admit(payment(2))).toBe("pool_full");
    expect(pool.size).toBe(3);
  });

  test("does not come before it in a block", () => {
    const { pool, admit } = open();
    admit(payment(0));
    const votes = vote([voteFor(e)]);
    admit(votes);
    const [first] = pool.candidates(
      () => false,
      () => 0,
    );
    expect(first?.id).toBe(votes.id);
  });
});

describe("what waits when the network changes its rules", () => {
  test("leaves if it pays too little from now on, and stays if it pays enough", () => {
    const { pool, admit, moveOn } = open();
    const cheap = transactionOf(chainId, { from: alice, operations: [native(bob, 1n)] });
    const dear = transactionOf(chainId, {
      from: b,
      operations: [voteParameter(1, 5n)],
    });
    admit(cheap);
    admit(dear);
    expect(moveOn({ baseFee: 10n })).toEqual([
      { kind: "refused", id: cheap.id, code: "fee_too_low" },
    ]);
    expect(pool.hasId(dear.id)).toBe(true);
  });

  test("leaves if it is the vote of somebody who is no validator any more", () => {
    const { pool, admit, moveOn } = open();
    const votes = vote([voteFor(e)]);
    admit(votes);
    expect(moveOn({})).toEqual([]);
    expect(moveOn({}, "bc")).toEqual([{ kind: "refused", id: votes.id, code: "not_a_validator" }]);
    expect(pool.isEmpty).toBe(true);
  });
});
