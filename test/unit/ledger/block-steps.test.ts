/**
 * Filling a block from a pool that holds what does not apply: what it tries is bounded, and it gives way regularly.
 * Counted, not timed.
 * @module
 */
import { expect, test } from "vitest";
import { refusedMax, transactionsPerStep } from "../../../src/ledger/block-steps.ts";
import type { Built, Ledger } from "../../../src/ledger/ledger.ts";
import { EvidencePool } from "../../../src/mempool/evidence-pool.ts";
import { Mempool } from "../../../src/mempool/mempool.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import type { NamedSigned, NamedTransaction } from "../../../src/protocol/transaction.ts";
import { Waiting } from "../../../src/replica/waiting.ts";
import { setPolicy } from "../../fixtures/operations.ts";
import {
  alice,
  bob,
  buildOn,
  carol,
  chainIdFor,
  genesisOf,
  hasher,
  holder,
  native,
  openLedger,
  place,
  startMs,
  transactionOf,
  verified,
} from "../../fixtures/small-ledger.ts";

const crowd = Array.from({ length: 47 }, (_, i) => holder(`crowd ${i}`));
const genesis = genesisOf({
  balances: [alice, bob, ...crowd].map((one) => [one, 10_000n]),
});
const chainId = chainIdFor(genesis);
const honest = transactionOf(chainId, { from: bob, operations: [native(alice, 1n)] });

/** Builds on a parent; counts what it takes from the candidates, and how often it gives way. */
function build(
  ledger: Ledger,
  parent: NonNullable<Built>["block"]["id"],
  candidates: Iterable<NamedTransaction>,
) {
  let taken = 0;
  function* counted(): Generator<NamedTransaction, void, unknown> {
    const walk = candidates[Symbol.iterator]();
    for (let step = walk.next(); step.done !== true; step = walk.next(yield step.value)) taken += 1;
  }
  const steps = ledger.build({ parent, ...place(2), wallMs: startMs, candidates: counted() });
  let pauses = 0;
  for (;;) {
    const step = steps.next();
    if (step.done !== true) pauses += 1;
    else if (step.value === undefined) throw new Error("the parent is not known");
    else return { ...step.value, taken, pauses };
  }
}

/** Refused at once: no such nonce comes next. */
const stuckOf = (name: string): NamedSigned =>
  transactionOf(chainId, { from: holder(name), nonce: 7, operations: [native(alice, 1n)] });

test("of a pool of stuck senders each is tried once, and the others' transactions are taken", () => {
  const { ledger } = openLedger(genesis);
  const pool = new Mempool({ chainId, nativeCode: "QRT", hasher });
  const context = {
    state: ledger.state(ledger.tip.id),
    tipTimestampMs: startMs,
    wallMs: startMs,
    parameters: standardParameters,
  };
  for (const from of crowd) {
    for (let nonce = 0; nonce < 64; nonce += 1) {
      const operations = [native(bob, 1n, alice)];
      const wish = { from, nonce, operations, others: [alice], fee: 1n };
      pool.admit(verified(transactionOf(chainId, wish)), context);
    }
  }
  pool.admit(verified(honest), context);
  expect(pool.size).toBe(47 * 64 + 1);
  const changed = transactionOf(chainId, { from: alice, operations: [setPolicy(carol.policy)] });
  const parent = buildOn(ledger, ledger.tip.id, [changed]).id;
  const evidence = new EvidencePool();
  const waiting = new Waiting({ ledger, mempool: pool, evidence });
  const built = build(ledger, parent, waiting.candidatesOn(parent, place(2).epoch));
  expect(built.dropped.map(({ code }) => code)).toEqual(Array(47).fill("policy_mismatch"));
  expect(built.block.transactions).toEqual([honest]);
  expect(built.taken).toBe(48);
});

test("no more than so many that do not apply are tried for one block", () => {
  const { ledger } = openLedger(genesis);
  const stuck = Array.from({ length: 2 * refusedMax }, (_, i) => stuckOf(`stuck ${i}`));
  const built = build(ledger, ledger.tip.id, [honest, ...stuck]);
  expect(built.block.transactions).toEqual([honest]);
  expect(built.dropped.length).toBe(refusedMax);
  expect(built.taken).toBe(1 + refusedMax);
  expect(built.pauses).toBe(Math.floor((1 + refusedMax) / transactionsPerStep));
});

test("a list that goes on with a stuck sender is read to its end, with pauses", () => {
  const { ledger } = openLedger(genesis);
  const one = stuckOf("stuck");
  const built = build(ledger, ledger.tip.id, [...Array(30_000).fill(one), honest]);
  expect(built.dropped.length).toBe(1);
  expect(built.block.transactions).toEqual([honest]);
  expect(built.pauses).toBe(Math.floor(30_001 / transactionsPerStep));
});
