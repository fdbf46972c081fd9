/**
 * SetPolicy: other keys act for an account, from the next transaction on, under the address that it had.
 * @module
 */
import { expect, test } from "vitest";
import { genesisState } from "../../../src/ledger/genesis-state.ts";
import { type Policy, policyHash } from "../../../src/protocol/policy.ts";
import { readAccount } from "../../../src/protocol/state.ts";
import { blockOn, operationFees, setPolicy } from "../../fixtures/operations.ts";
import {
  alice,
  bob,
  carol,
  dave,
  genesisOf,
  type Holder,
  hasher,
  native,
  Rows,
} from "../../fixtures/small-ledger.ts";

const genesis = genesisOf({
  balances: [
    [alice, 1_000n],
    [bob, 1_000n],
  ],
});
const twoOfThree: Policy = {
  threshold: 2,
  keys: [alice, bob, carol]
    .flatMap(({ policy }) => policy.keys)
    .toSorted((a, b) => (a.publicKey < b.publicKey ? -1 : 1)),
};
/** The account with other keys in its hand. */
const under = ({ account }: Holder, policy: Policy): Holder => ({ account, policy });

function start(options: Parameters<typeof blockOn>[2] = {}) {
  const rows = new Rows();
  rows.write(genesisState(genesis));
  return { rows, ...blockOn(rows, genesis, options) };
}

test("the account stays what it is, and the hash of its policy is the new one's", () => {
  const { rows, apply, finish } = start();
  expect(apply({ from: alice, operations: [setPolicy(twoOfThree)], fee: 3n })).toBe("applied");
  finish();
  expect(readAccount(rows, alice.account)).toEqual({
    exists: true,
    nonce: 1,
    balance: 997n,
    authHash: policyHash(hasher, twoOfThree),
    flags: 0,
  });
});

test("the next transaction, in the same block, needs the new policy", () => {
  const { apply } = start();
  expect(apply({ from: alice, operations: [setPolicy(carol.policy)] })).toBe("applied");
  const next = { nonce: 1, operations: [native(bob, 1n)] };
  expect(apply({ from: alice, ...next })).toBe("policy_mismatch");
  expect(apply({ from: under(alice, carol.policy), ...next })).toBe("applied");
});

test("the running transaction goes on under the policy that authorized it", () => {
  const { rows, apply, finish } = start();
  const operations = [setPolicy(carol.policy), native(bob, 5n), setPolicy(dave.policy)];
  expect(apply({ from: alice, operations })).toBe("applied");
  finish();
  expect(readAccount(rows, bob.account).balance).toBe(1_005n);
  expect(readAccount(rows, alice.account).authHash).toBe(dave.account);
});

test("its first keys may take it back", () => {
  const { rows, apply, finish } = start();
  expect(apply({ from: alice, operations: [setPolicy(carol.policy)] })).toBe("applied");
  const back = { nonce: 1, operations: [setPolicy(alice.policy)] };
  expect(apply({ from: under(alice, carol.policy), ...back })).toBe("applied");
  finish();
  expect(readAccount(rows, alice.account).authHash).toBe(alice.account);
});

test("a threshold of several keys holds from then on", () => {
  const { apply } = start();
  expect(apply({ from: alice, operations: [setPolicy(twoOfThree)] })).toBe("applied");
  const alone = { from: under(alice, twoOfThree), nonce: 1, operations: [native(bob, 1n)] };
  expect(apply(alone)).toBe("threshold_not_met");
});

test("of another account with its consent, and of none that does not exist", () => {
  const { rows, apply, finish } = start();
  const operations = [setPolicy(carol.policy, bob)];
  expect(apply({ from: alice, operations })).toBe("authorization_missing");
  expect(apply({ from: alice, operations, others: [bob] })).toBe("applied");
  const absent = { from: alice, nonce: 1, operations: [setPolicy(carol.policy, dave)] };
  expect(apply({ ...absent, others: [dave] })).toBe("account_absent");
  finish();
  expect(readAccount(rows, bob.account).authHash).toBe(carol.account);
  expect(readAccount(rows, dave.account).exists).toBe(false);
});

test("a transaction that fails later leaves the policy as it was", () => {
  const { rows, apply, finish } = start();
  const operations = [setPolicy(carol.policy), native(bob, 1_001n)];
  expect(apply({ from: alice, operations })).toBe("insufficient_balance");
  expect(apply({ from: alice, operations: [native(bob, 1n)] })).toBe("applied");
  finish();
  expect(readAccount(rows, alice.account).authHash).toBe(alice.account);
});

test("it costs its own fee", () => {
  const { apply } = start({ parameters: { operationFees: operationFees({ 5: 6n }) } });
  const operations = [setPolicy(carol.policy)];
  expect(apply({ from: alice, operations, fee: 5n })).toBe("fee_too_low");
  expect(apply({ from: alice, operations, fee: 6n })).toBe("applied");
});
