/**
 * Record: versions that rise by one, under names of the account's own.
 * @module
 */
import { expect, test } from "vitest";
import { genesisState } from "../../../src/ledger/genesis-state.ts";
import { readRecord } from "../../../src/protocol/state.ts";
import { blockOn, operationFees, record } from "../../fixtures/operations.ts";
import { alice, bob, dave, genesisOf, native, Rows } from "../../fixtures/small-ledger.ts";

const genesis = genesisOf({
  balances: [
    [alice, 1_000n],
    [bob, 1_000n],
  ],
});

function start(options: Parameters<typeof blockOn>[2] = {}) {
  const rows = new Rows();
  rows.write(genesisState(genesis));
  return { rows, ...blockOn(rows, genesis, options) };
}

test("the first version is 1, and the state says what it is of and where it was written", () => {
  const { rows, apply, finish } = start({ height: 7 });
  const contentHash = "ab".repeat(32);
  const first = record("invoices", "2026/17", 1, { contentHash, data: Uint8Array.of(1, 2) });
  expect(apply({ from: alice, operations: [first] })).toBe("applied");
  finish();
  const current = { version: 1, contentHash, height: 7 };
  expect(readRecord(rows, alice.account, "invoices", "2026/17")).toEqual(current);
  expect(readRecord(rows, bob.account, "invoices", "2026/17")).toBeUndefined();
});

test("a version that is not the next one is refused, whatever it is", () => {
  const { rows, apply, finish } = start();
  for (const version of [0, 2, 3, Number.MAX_SAFE_INTEGER]) {
    expect(apply({ from: alice, operations: [record("t", "k", version)] })).toBe(
      "record_version_not_next",
    );
  }
  expect(apply({ from: alice, operations: [record("t", "k", 1)] })).toBe("applied");
  for (const version of [0, 1, 3]) {
    expect(apply({ from: alice, nonce: 1, operations: [record("t", "k", version)] })).toBe(
      "record_version_not_next",
    );
  }
  const second = record("t", "k", 2, { contentHash: "02".repeat(32) });
  expect(apply({ from: alice, nonce: 1, operations: [second] })).toBe("applied");
  finish();
  expect(readRecord(rows, alice.account, "t", "k")?.contentHash).toBe("02".repeat(32));
});

test("versions may follow each other in one transaction", () => {
  const { rows, apply, finish } = start();
  const operations = [record("t", "k", 1), record("t", "k", 2), record("t", "k", 3)];
  expect(apply({ from: alice, operations: operations.toReversed() })).toBe(
    "record_version_not_next",
  );
  expect(apply({ from: alice, operations })).toBe("applied");
  finish();
  expect(readRecord(rows, alice.account, "t", "k")?.version).toBe(3);
});

test("topic, key and account together name a record: no two of them run together", () => {
  const { rows, apply, finish } = start();
  const names = [
    ["ab", "c"],
    ["a", "bc"],
    ["abc", "x"],
    ["c", "ab"],
  ] as const;
  const operations = names.map(([topic, key], i) =>
    record(topic, key, 1, { contentHash: `0${i}`.repeat(32) }),
  );
  expect(apply({ from: alice, operations })).toBe("applied");
  expect(apply({ from: bob, operations: [record("ab", "c", 1)] })).toBe("applied");
  finish();
  for (const [i, [topic, key]] of names.entries()) {
    expect(readRecord(rows, alice.account, topic, key)?.contentHash).toBe(`0${i}`.repeat(32));
  }
});

test("in the name of another account that exists and agrees", () => {
  const { rows, apply, finish } = start();
  const operations = [record("t", "k", 1, { from: dave })];
  expect(apply({ from: alice, operations })).toBe("authorization_missing");
  expect(apply({ from: alice, operations, others: [dave] })).toBe("account_absent");
  const opened = [native(dave, 1n), ...operations];
  expect(apply({ from: alice, operations: opened, others: [dave] })).toBe("applied");
  finish();
  expect(readRecord(rows, dave.account, "t", "k")?.version).toBe(1);
});

test("it costs its own fee, and each byte of its data what bytes cost", () => {
  const { apply } = start({ parameters: { operationFees: operationFees({ 4: 9n }) } });
  expect(apply({ from: alice, operations: [record("t", "k", 1)], fee: 8n })).toBe("fee_too_low");
  expect(apply({ from: alice, operations: [record("t", "k", 1)], fee: 9n })).toBe("applied");
  const perByte = start({ parameters: { feePerByte: 1n } });
  const long = record("t", "k", 1, { data: new Uint8Array(900) });
  expect(perByte.apply({ from: alice, operations: [long], fee: 900n })).toBe("fee_too_low");
});
