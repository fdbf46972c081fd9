/**
 * SetAccount: an account says whether payments to it must carry a memo.
 * @module
 */
import { expect, test } from "vitest";
import { genesisState } from "../../../src/ledger/genesis-state.ts";
import { readAccount } from "../../../src/protocol/state.ts";
import { blockOn, operationFees, setAccount } from "../../fixtures/operations.ts";
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

test("payments to it need a memo from the next operation on, and no more once it says so", () => {
  const { apply } = start();
  const pay = (nonce: number, memo: readonly number[]) =>
    apply({ from: bob, nonce, operations: [native(alice, 1n)], memo: Uint8Array.from(memo) });
  expect(pay(0, [])).toBe("applied");
  expect(apply({ from: alice, operations: [setAccount(true)] })).toBe("applied");
  expect(pay(1, [])).toBe("memo_required");
  expect(pay(1, [7])).toBe("applied");
  expect(apply({ from: alice, nonce: 1, operations: [setAccount(false)] })).toBe("applied");
  expect(pay(2, [])).toBe("applied");
});

test("nothing else of the account changes", () => {
  const { rows, apply, finish } = start();
  expect(apply({ from: alice, operations: [setAccount(true)] })).toBe("applied");
  finish();
  const { account } = alice;
  const entry = { exists: true, nonce: 1, balance: 1_000n, authHash: account, flags: 1 };
  expect(readAccount(rows, account)).toEqual(entry);
});

test("it asks nothing of payments that the account makes itself", () => {
  const { apply } = start();
  const operations = [setAccount(true), native(bob, 1n)];
  expect(apply({ from: alice, operations })).toBe("applied");
});

test("for another account with its consent, and for none that does not exist", () => {
  const { apply } = start();
  const operations = [setAccount(true, bob)];
  expect(apply({ from: alice, operations })).toBe("authorization_missing");
  expect(apply({ from: alice, operations, others: [bob] })).toBe("applied");
  const absent = { from: alice, nonce: 1, operations: [setAccount(true, dave)] };
  expect(apply({ ...absent, others: [dave] })).toBe("account_absent");
});

test("it costs its own fee", () => {
  const { apply } = start({ parameters: { operationFees: operationFees({ 6: 6n }) } });
  expect(apply({ from: alice, operations: [setAccount(true)], fee: 5n })).toBe("fee_too_low");
  expect(apply({ from: alice, operations: [setAccount(true)], fee: 6n })).toBe("applied");
});
