/**
 * The evidence pool: what it takes, what it gives to a block, when it forgets.
 * @module
 */
import { expect, test } from "vitest";
import { encode } from "../../../src/codec/codec.ts";
import { genesisState } from "../../../src/ledger/genesis-state.ts";
import { EvidencePool, evidenceMax } from "../../../src/mempool/evidence-pool.ts";
import { Mempool } from "../../../src/mempool/mempool.ts";
import { PooledTransactions } from "../../../src/mempool/pooled-transactions.ts";
import { acceptCheckedFault } from "../../../src/protocol/fault-rules.ts";
import { type ChainId, epoch, height, heightCodec } from "../../../src/protocol/ids.ts";
import { faultKey } from "../../../src/protocol/state.ts";
import type { NamedFault } from "../../../src/protocol/transaction.ts";
import { faultBy, finalize, notarize, nullify, setOf, signatories } from "../../fixtures/faults.ts";
import {
  alice,
  bob,
  chainIdFor,
  genesisOf,
  hasher,
  native,
  Rows,
  startMs,
  transactionOf,
  verified,
} from "../../fixtures/small-ledger.ts";

const chainId = "c4".repeat(32) as ChainId;
const members = signatories([1, 2, 3, 4, 5, 6]);
const validators = setOf(members);

/** A pool at the tip of a ledger that the test writes by hand, whose next block is of this epoch. */
function start(next = 0, set = validators) {
  const pool = new EvidencePool();
  const rows = new Rows();
  const contextIn = (of: number) => ({
    state: rows,
    sets: { epoch: epoch(of), current: set, previous: of === 0 ? [] : set },
  });
  const context = contextIn(next);
  const admit = (named: NamedFault) => {
    const precheck = pool.precheck(named, context);
    const verified = acceptCheckedFault(named, [true, true]);
    if (verified === undefined) throw new Error("both signatures are good");
    const admission = pool.admit(verified, context);
    if (admission.kind === "refused") expect(precheck).toBe(admission.code);
    else expect(precheck).toBeUndefined();
    return admission.kind === "refused" ? admission.code : admission.kind;
  };
  /** A block with a fault of this member and epoch becomes final. */
  const record = (position: number, of = 0) => {
    const key = members[position]?.validator.consensusKey;
    if (key === undefined) throw new Error("nobody stands there");
    rows.write(new Map([[faultKey(key, epoch(of)), encode(heightCodec, height(3))]]));
  };
  const candidates = (of = next) => pool.candidates(rows, epoch(of));
  return { pool, rows, contextIn, admit, record, candidates };
}

const fault = (position: number, of = 0, view = 5): NamedFault =>
  faultBy(chainId, members, position, [
    nullify({ epoch: of, view }),
    finalize({ epoch: of, view }),
  ]);

test("takes a fault once, and is found by its hash", () => {
  const { pool, admit } = start();
  const one = fault(1);
  expect(pool.hasCandidates(new Rows(), epoch(0))).toBe(false);
  expect([admit(one), admit(one)]).toEqual(["admitted", "known"]);
  expect([pool.size, pool.has(one.contentHash), pool.get(one.contentHash)]).toEqual([1, true, one]);
  expect(pool.hashes()).toEqual([one.contentHash]);
});

test("one for each validator and epoch is enough", () => {
  const { admit } = start(1);
  const other = faultBy(chainId, members, 1, [notarize(), notarize({ block: 0xbb })]);
  expect([admit(fault(1)), admit(other), admit(fault(1, 0, 9))]).toEqual([
    "admitted",
    "fault_known",
    "fault_known",
  ]);
  expect([admit(fault(1, 1)), admit(fault(2))]).toEqual(["admitted", "admitted"]);
});

test("refuses what the ledger knows, what it cannot judge, and what is no fault", () => {
  const { admit, record } = start(4);
  record(1, 4);
  expect(admit(fault(1, 4))).toBe("fault_known");
  expect(admit(fault(1, 3))).toBe("admitted");
  expect([admit(fault(1, 2)), admit(fault(1, 5))]).toEqual(["fault_epoch", "fault_epoch"]);
  const legal = faultBy(chainId, members, 2, [notarize({ epoch: 4 }), nullify({ epoch: 4 })]);
  expect(admit(legal)).toBe("fault_invalid");
});

test("is bounded", () => {
  const many = signatories(Array.from({ length: evidenceMax + 1 }, (_, i) => i + 1));
  const { pool, admit } = start(0, setOf(many));
  const faults = many.map((_, i) => faultBy(chainId, many, i, [nullify(), finalize()]));
  const answers = faults.map(admit);
  expect(answers.slice(0, -1).every((answer) => answer === "admitted")).toBe(true);
  expect(answers.at(-1)).toBe("pool_full");
  expect(pool.size).toBe(evidenceMax);
});

test("gives a block the oldest four that the state before it does not know", () => {
  const { pool, rows, admit, record, candidates } = start();
  const all = [0, 1, 2, 3, 4, 5].map((position) => fault(position));
  for (const one of all) admit(one);
  expect(candidates()).toEqual(all.slice(0, 4));
  record(0);
  record(2);
  expect(candidates()).toEqual([all[1], all[3], all[4], all[5]]);
  for (const position of [1, 3, 4, 5]) record(position);
  expect(candidates()).toEqual([]);
  expect(pool.hasCandidates(rows, epoch(0))).toBe(false);
});

test("gives a block those of its epoch and of the one before", () => {
  const { pool, rows, admit, candidates } = start(1);
  const [before, now] = [fault(1, 0), fault(1, 1)];
  admit(before);
  admit(now);
  expect([0, 1, 2, 3].map((of) => candidates(of))).toEqual([[before], [before, now], [now], []]);
  const work = [0, 1, 2, 3].map((of) => pool.hasCandidates(rows, epoch(of)));
  expect(work).toEqual([true, true, true, false]);
});

test("forgets what is recorded and what is too late, and says so", () => {
  const { pool, contextIn, admit, record } = start(1);
  const [recorded, old, now] = [fault(1, 1), fault(2, 0), fault(3, 1)];
  for (const one of [recorded, old, now]) admit(one);
  record(1, 1);
  expect(pool.finalized(contextIn(1))).toEqual([{ id: recorded.id, code: "fault_known" }]);
  expect(pool.finalized(contextIn(2))).toEqual([{ id: old.id, code: "fault_epoch" }]);
  expect(pool.finalized(contextIn(2))).toEqual([]);
  expect([pool.size, pool.hashes()]).toEqual([1, [now.contentHash]]);
});

test("the pool of the accounts is not concerned by a fault in a final block", () => {
  const ledger = genesisOf({ balances: [[alice, 100n]] });
  const network = chainIdFor(ledger);
  const rows = new Rows();
  rows.write(genesisState(ledger));
  const mempool = new Mempool({ chainId: network, nativeCode: "QRT", hasher });
  const payment = transactionOf(network, { from: alice, operations: [native(bob, 1n)] });
  const context = {
    state: rows,
    parameters: ledger.parameters,
    tipTimestampMs: startMs,
    wallMs: startMs,
  };
  expect(mempool.admit(verified(payment), context).kind).toBe("admitted");
  expect(mempool.finalized([fault(1)], rows, startMs)).toEqual([]);
  expect(mempool.size).toBe(1);
});

test("both pools as one: evidence is told of first, within the limit", () => {
  const evidence = start();
  const mempool = new Mempool({ chainId, nativeCode: "QRT", hasher });
  const pooled = new PooledTransactions({ mempool, evidence: evidence.pool });
  const [one, two] = [fault(1), fault(2)];
  evidence.admit(one);
  evidence.admit(two);
  expect(pooled.hashes(10)).toEqual([one.contentHash, two.contentHash]);
  expect(pooled.hashes(1)).toEqual([one.contentHash]);
  expect([pooled.has(two.contentHash), pooled.get(two.contentHash)]).toEqual([true, two]);
  expect(pooled.bytesOf(two.contentHash)).toBe(two.bytes);
  const absent = fault(3).contentHash;
  expect([pooled.has(absent), pooled.get(absent), pooled.bytesOf(absent)]).toEqual([
    false,
    undefined,
    undefined,
  ]);
});
