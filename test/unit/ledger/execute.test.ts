/**
 * Execution: each rule of a transaction, with its code, and what a block of them leaves behind.
 * @module
 */
import { describe, expect, test } from "vitest";
import { genesisState } from "../../../src/ledger/genesis-state.ts";
import type { AssetId, Digest } from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { type Parameters, standardParameters } from "../../../src/protocol/parameters.ts";
import {
  accountKey,
  balanceKey,
  encodeAccount,
  readAccount,
  readBalance,
} from "../../../src/protocol/state.ts";
import { blockOn, endow } from "../../fixtures/operations.ts";
import {
  alice,
  bob,
  carol,
  chainIdFor,
  dave,
  genesisOf,
  type Holder,
  native,
  operator,
  Rows,
  startMs,
  transactionOf,
} from "../../fixtures/small-ledger.ts";

const genesis = genesisOf({
  balances: [
    [alice, 1_000n],
    [bob, 500n],
    [carol, 0n],
  ],
});
const chainId = chainIdFor(genesis);
const timestampMs = startMs + 1;
const shells = "5e".repeat(32) as AssetId;

function start(parameters: Partial<Parameters> = {}) {
  const rows = new Rows();
  rows.write(genesisState(genesis));
  const { execution, apply, finish } = blockOn(rows, genesis, { parameters });
  const balanceOf = ({ account }: Holder) => readAccount(rows, account).balance;
  return { rows, execution, apply, finish, balanceOf };
}

const asset = (to: Holder, amount: bigint): Operation => ({
  from: undefined,
  body: { kind: "transfer", to: to.account, asset: shells, amount },
});

describe("a transfer", () => {
  test("moves the amount, takes the fee, and counts the nonce", () => {
    const { rows, apply, finish, balanceOf } = start();
    expect(apply({ from: alice, operations: [native(bob, 100n)], fee: 7n })).toBe("applied");
    finish();
    expect(balanceOf(alice)).toBe(893n);
    expect(balanceOf(bob)).toBe(600n);
    expect(balanceOf(operator)).toBe(7n);
    expect(readAccount(rows, alice.account).nonce).toBe(1);
    expect(readAccount(rows, bob.account).nonce).toBe(0);
  });

  test("to an account that does not exist creates it, with its own id as policy hash", () => {
    const { rows, apply, finish } = start();
    expect(apply({ from: alice, operations: [native(dave, 1n)] })).toBe("applied");
    finish();
    expect(readAccount(rows, dave.account)).toEqual({
      exists: true,
      nonce: 0,
      balance: 1n,
      authHash: dave.account,
      flags: 0,
    });
  });

  test("cannot spend what is not there, fee included", () => {
    const { apply } = start();
    expect(apply({ from: alice, operations: [native(bob, 1_001n)] })).toBe("insufficient_balance");
    expect(apply({ from: alice, operations: [native(bob, 1_000n)], fee: 1n })).toBe(
      "insufficient_balance",
    );
    expect(apply({ from: alice, operations: [native(bob, 1n)], fee: 1_001n })).toBe(
      "insufficient_balance",
    );
    expect(apply({ from: dave, operations: [native(bob, 1n)] })).toBe("insufficient_balance");
    expect(apply({ from: alice, operations: [native(bob, 999n)], fee: 1n })).toBe("applied");
  });

  test("spends what an earlier transaction of the block brought", () => {
    const { apply, finish, balanceOf } = start();
    expect(apply({ from: alice, operations: [native(dave, 40n)] })).toBe("applied");
    expect(apply({ from: dave, operations: [native(carol, 40n)] })).toBe("applied");
    finish();
    expect(balanceOf(dave)).toBe(0n);
    expect(balanceOf(carol)).toBe(40n);
  });

  test("to a recipient that asks for memos needs one", () => {
    const { rows, apply } = start();
    rows.rows.set(
      accountKey(bob.account),
      encodeAccount({ nonce: 0, balance: 0n, authHash: bob.account as string as Digest, flags: 1 }),
    );
    const operations = [native(bob, 1n)];
    expect(apply({ from: alice, operations })).toBe("memo_required");
    expect(apply({ from: alice, operations, memo: Uint8Array.of(0) })).toBe("applied");
  });

  test("of nothing, or to its own payer, is never right", () => {
    const { apply } = start();
    expect(apply({ from: alice, operations: [native(bob, 0n)] })).toBe("amount_zero");
    expect(apply({ from: alice, operations: [native(alice, 1n)] })).toBe("self_transfer");
    const own = [native(bob, 1n, bob)];
    expect(apply({ from: alice, operations: own, others: [bob] })).toBe("self_transfer");
  });

  test("does not let a balance exceed 64 bits", () => {
    const { rows, apply } = start();
    rows.rows.set(
      accountKey(bob.account),
      encodeAccount({
        nonce: 0,
        balance: 2n ** 64n - 5n,
        authHash: bob.account as string as Digest,
        flags: 0,
      }),
    );
    expect(apply({ from: alice, operations: [native(bob, 5n)] })).toBe("amount_overflow");
    expect(apply({ from: alice, operations: [native(bob, 4n)] })).toBe("applied");
  });
});

describe("a transfer of another asset", () => {
  test("needs holdings of that asset, however rich the payer is", () => {
    const { rows, apply } = start();
    expect(apply({ from: alice, operations: [asset(bob, 1n)] })).toBe("asset_unknown");
    endow(rows, shells, [[bob, 10n]]);
    expect(apply({ from: alice, operations: [asset(bob, 1n)] })).toBe("insufficient_balance");
  });

  test("moves them, and removes the entry of a balance that becomes zero", () => {
    const { rows, apply, finish } = start();
    endow(rows, shells, [[alice, 10n]]);
    expect(apply({ from: alice, operations: [asset(bob, 4n), asset(carol, 6n)] })).toBe("applied");
    const changes = finish();
    expect(changes.get(balanceKey(alice.account, shells))).toBeUndefined();
    expect(changes.has(balanceKey(alice.account, shells))).toBe(true);
    expect(readBalance(rows, alice.account, shells)).toBe(0n);
    expect(readBalance(rows, bob.account, shells)).toBe(4n);
    expect(readBalance(rows, carol.account, shells)).toBe(6n);
  });

  test("does not create an account, but may follow the payment that does", () => {
    const { rows, apply } = start();
    endow(rows, shells, [[alice, 10n]]);
    expect(apply({ from: alice, operations: [asset(dave, 1n)] })).toBe("account_absent");
    const operations = [native(dave, 1n), asset(dave, 1n)];
    expect(apply({ from: alice, operations })).toBe("applied");
  });

  test("costs its own fee", () => {
    const operationFees = [9n, ...standardParameters.operationFees.slice(1)];
    const { rows, apply } = start({ operationFees });
    endow(rows, shells, [[alice, 10n]]);
    expect(apply({ from: alice, operations: [asset(bob, 1n)], fee: 8n })).toBe("fee_too_low");
    expect(apply({ from: alice, operations: [asset(bob, 1n)], fee: 9n })).toBe("applied");
  });
});

describe("a transaction", () => {
  const operations = [native(bob, 1n)];

  test("of another network is told so", () => {
    expect(start().apply({ from: alice, operations, chain: "00000000" })).toBe("wrong_chain");
  });

  test("applies at its nonce and at no other", () => {
    const { apply } = start();
    expect(apply({ from: alice, operations, nonce: 1 })).toBe("nonce_too_high");
    expect(apply({ from: alice, operations, nonce: 0 })).toBe("applied");
    expect(apply({ from: alice, operations, nonce: 0 })).toBe("nonce_too_low");
    expect(apply({ from: alice, operations, nonce: 1 })).toBe("applied");
  });

  test("applies from 30 days before its expiry until it, inclusive", () => {
    const month = 30 * 24 * 3_600_000;
    const { apply } = start();
    expect(apply({ from: alice, operations, expiryMs: timestampMs - 1 })).toBe("expired");
    expect(apply({ from: alice, operations, expiryMs: timestampMs + month + 1 })).toBe(
      "expiry_too_far",
    );
    expect(apply({ from: alice, operations, expiryMs: timestampMs })).toBe("applied");
    const last = { from: alice, operations, nonce: 1, expiryMs: timestampMs + month };
    expect(apply(last)).toBe("applied");
  });

  test("pays the minimum fee for its bytes", () => {
    const { apply, execution } = start({ baseFee: 10n, feePerByte: 2n });
    const size = transactionOf(chainId, { from: alice, operations }).bytes.length;
    const fee = 10n + 2n * BigInt(size);
    expect(apply({ from: alice, operations, fee: fee - 1n })).toBe("fee_too_low");
    expect(apply({ from: alice, operations, fee })).toBe("applied");
    expect(execution.finish().size).toBe(3);
  });

  test("has at most as many bytes as the network allows", () => {
    const many = Array.from({ length: 64 }, () => native(bob, 1n));
    const size = transactionOf(chainId, { from: alice, operations: many }).bytes.length;
    const fits = start({ maxTransactionBytes: BigInt(size) });
    expect(fits.apply({ from: alice, operations: many })).toBe("applied");
    const tooSmall = start({ maxTransactionBytes: BigInt(size - 1) });
    expect(tooSmall.apply({ from: alice, operations: many })).toBe("too_large");
  });

  test("shows the policy that acts for each account", () => {
    const { apply } = start();
    const impostor = { account: alice.account, policy: bob.policy };
    expect(apply({ from: impostor, operations })).toBe("policy_mismatch");
    const others = [{ account: bob.account, policy: carol.policy }];
    expect(apply({ from: alice, operations: [native(alice, 1n, bob)], others })).toBe(
      "policy_mismatch",
    );
  });

  test("follows a policy that replaced the first", () => {
    const { rows, apply } = start();
    rows.rows.set(
      accountKey(alice.account),
      encodeAccount({
        nonce: 0,
        balance: 5n,
        authHash: carol.account as string as Digest,
        flags: 0,
      }),
    );
    expect(apply({ from: alice, operations })).toBe("policy_mismatch");
    expect(apply({ from: { ...alice, policy: carol.policy }, operations })).toBe("applied");
  });

  test("is authorized by everybody it acts for", () => {
    const { apply } = start();
    expect(apply({ from: alice, operations: [native(alice, 1n, bob)] })).toBe(
      "authorization_missing",
    );
    expect(apply({ from: alice, operations, others: [bob] })).toBe("authorization_surplus");
  });

  test("swaps between two parties at once", () => {
    const { rows, apply, finish, balanceOf } = start();
    endow(rows, shells, [[bob, 10n]]);
    const shellsFromBob = { ...asset(alice, 10n), from: bob.account };
    const swap = { from: alice, operations: [native(bob, 30n), shellsFromBob], others: [bob] };
    expect(apply(swap)).toBe("applied");
    finish();
    expect(balanceOf(alice)).toBe(970n);
    expect(balanceOf(bob)).toBe(530n);
    expect(readBalance(rows, alice.account, shells)).toBe(10n);
  });

  test("that fails at its last operation changes nothing at all", () => {
    const { apply, finish } = start();
    const operations = [native(dave, 10n), native(bob, 10n), native(carol, 981n)];
    expect(apply({ from: alice, operations, fee: 1n })).toBe("insufficient_balance");
    expect(finish().size).toBe(0);
  });
});

describe("an account that a transaction creates", () => {
  const accountMinimum = 50n;

  test("holds the minimum at the end of that transaction", () => {
    const { apply } = start({ accountMinimum });
    expect(apply({ from: alice, operations: [native(dave, 49n)] })).toBe("below_account_minimum");
    const inParts = [native(dave, 25n), native(dave, 25n)];
    expect(apply({ from: alice, operations: inParts })).toBe("applied");
  });

  test("may hold less in between, and less later", () => {
    const { apply, finish, balanceOf } = start({ accountMinimum });
    const operations = [native(dave, 80n), native(alice, 40n, dave)];
    expect(apply({ from: alice, operations, others: [dave] })).toBe("below_account_minimum");
    expect(apply({ from: alice, operations: [native(dave, 50n)] })).toBe("applied");
    expect(apply({ from: dave, operations: [native(alice, 50n)] })).toBe("applied");
    finish();
    expect(balanceOf(dave)).toBe(0n);
  });

  test("counts when it is the sender itself", () => {
    const { apply } = start({ accountMinimum });
    const sponsored = (amount: bigint) => ({
      from: dave,
      operations: [native(dave, amount, alice)],
      others: [alice],
    });
    expect(apply(sponsored(49n))).toBe("below_account_minimum");
    expect(apply(sponsored(50n))).toBe("applied");
  });

  test("is not held to it if it existed before", () => {
    const { apply } = start({ accountMinimum });
    expect(apply({ from: alice, operations: [native(carol, 1n)] })).toBe("applied");
  });
});

describe("the fees of a block", () => {
  test("go to the leader at the end, who cannot spend them in the same block", () => {
    const { apply, finish, balanceOf } = start({ accountMinimum: 1_000n });
    expect(apply({ from: alice, operations: [native(bob, 1n)], fee: 5n })).toBe("applied");
    expect(apply({ from: bob, operations: [native(alice, 1n)], fee: 6n })).toBe("applied");
    expect(apply({ from: operator, operations: [native(bob, 1n)] })).toBe("insufficient_balance");
    finish();
    expect(balanceOf(operator)).toBe(11n); // Below the account minimum: the credit is exempt.
  });

  test("write nothing when there are none", () => {
    const { apply, finish } = start();
    expect(apply({ from: alice, operations: [native(bob, 1n)] })).toBe("applied");
    expect([...finish().keys()].toSorted()).toEqual(
      [accountKey(alice.account), accountKey(bob.account)].toSorted(),
    );
  });

  test("add to what the leader moved itself", () => {
    const { apply, finish, balanceOf } = start();
    expect(apply({ from: alice, operations: [native(operator, 100n)], fee: 5n })).toBe("applied");
    expect(apply({ from: operator, operations: [native(bob, 60n)], fee: 5n })).toBe("applied");
    finish();
    expect(balanceOf(operator)).toBe(100n - 60n - 5n + 10n);
  });
});
