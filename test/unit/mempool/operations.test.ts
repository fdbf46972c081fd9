/**
 * Operations in the pool: what execution would refuse is not taken in, and what a final block spoils leaves.
 * @module
 */
import { describe, expect, test } from "vitest";
import { nativeAsset } from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import type { NamedSigned } from "../../../src/protocol/transaction.ts";
import {
  assetOf,
  burn,
  createAsset,
  mint,
  record,
  send,
  setAccount,
  setPolicy,
} from "../../fixtures/operations.ts";
import {
  alice,
  bob,
  carol,
  chainIdFor,
  dave,
  genesisOf,
  type Holder,
  holder,
  native,
  transactionOf,
  type Wish,
} from "../../fixtures/small-ledger.ts";
import { SmallPool } from "../../fixtures/small-pool.ts";

const crowd = Array.from({ length: 8 }, (_, i) => holder(`crowd ${i}`));
const genesis = genesisOf({
  balances: [alice, bob, carol, ...crowd].map((one) => [one, 10_000n]),
});
const chainId = chainIdFor(genesis);
const gold = assetOf(alice, "GOLD");

/** Alice's asset of at most 100 exists; bob and carol hold 30 of it each; bob has a record in version 1. */
function open() {
  const lab = new SmallPool(genesis);
  const gifts = [mint(gold, bob, 30n), mint(gold, carol, 30n)];
  lab.finalize(
    { from: alice, operations: [createAsset("GOLD", { maxSupply: 100n }), ...gifts] },
    { from: bob, operations: [record("t", "k", 1)] },
  );
  return {
    pool: lab.pool,
    admit: (named: NamedSigned) => lab.admit(named),
    finalize: (...wishes: readonly Wish[]) => lab.finalize(...wishes),
    /** Ids in the order in which they would go into a block on the final tip. */
    offered: () => lab.offered().map(({ id }) => id),
  };
}

/** Of carol, who has sent nothing yet, unless told otherwise. */
const wait = (wish: Partial<Wish>): NamedSigned =>
  transactionOf(chainId, { from: carol, operations: [native(bob, 1n)], ...wish });

describe("admission refuses what execution would", () => {
  const cases: readonly (readonly [string, readonly Operation[], Holder, number])[] = [
    ["asset_exists", [createAsset("GOLD")], alice, 1],
    ["asset_code_native", [createAsset("QRT")], alice, 1],
    ["native_asset_fixed", [mint(nativeAsset, bob, 1n)], alice, 1],
    ["native_asset_fixed", [burn(nativeAsset, 1n)], alice, 1],
    ["amount_zero", [burn(gold, 0n)], bob, 1],
    ["not_the_issuer", [mint(gold, bob, 1n)], bob, 1],
    ["supply_exceeded", [mint(gold, bob, 41n)], alice, 1],
    ["supply_exceeded", [mint(gold, bob, 40n), mint(gold, bob, 1n)], alice, 1],
    ["account_absent", [mint(gold, dave, 1n)], alice, 1],
    ["account_absent", [send(gold, dave, 1n)], bob, 1],
    ["asset_unknown", [send(assetOf(bob, "GOLD"), carol, 1n)], bob, 1],
    ["asset_unknown", [burn(assetOf(bob, "GOLD"), 1n)], bob, 1],
    ["insufficient_balance", [burn(gold, 31n)], bob, 1],
    ["insufficient_balance", [send(gold, carol, 20n), burn(gold, 11n)], bob, 1],
    ["record_version_not_next", [record("t", "k", 1)], bob, 1],
    ["record_version_not_next", [record("t", "k", 3)], bob, 1],
    ["record_version_not_next", [record("t", "other", 2)], bob, 1],
    ["memo_required", [setAccount(true, carol), mint(gold, carol, 1n)], alice, 1],
  ];
  test.each(cases)("%s", (code, operations, from, nonce) => {
    const others = operations.some((operation) => operation.from === carol.account) ? [carol] : [];
    const { admit, pool } = open();
    expect(admit(wait({ operations, from, nonce, others }))).toBe(code);
    expect(pool.isEmpty).toBe(true);
  });
});

test("what follows from an earlier step of the same transaction is taken in", () => {
  const { admit } = open();
  const silver = assetOf(carol, "SILVER");
  const operations = [
    createAsset("SILVER"),
    mint(silver, carol, 5n),
    send(silver, bob, 5n),
    record("t", "k", 1),
    record("t", "k", 2),
    native(dave, 1n),
    mint(silver, dave, 1n),
  ];
  expect(admit(wait({ operations }))).toBe("admitted");
});

test("two parties' swap is taken in, and only with what both hold", () => {
  const { admit } = open();
  const swap = (given: bigint, nonce: number) =>
    wait({ nonce, operations: [native(bob, 7n), send(gold, carol, given, bob)], others: [bob] });
  expect(admit(swap(31n, 0))).toBe("insufficient_balance");
  expect(admit(swap(30n, 0))).toBe("admitted");
});

describe("when a policy becomes final", () => {
  test("what the account signed under the one before leaves, what others sent stays", () => {
    const { admit, finalize } = open();
    const old = [wait({ nonce: 1 }), wait({ nonce: 2, operations: [burn(gold, 1n)] })];
    const copaid = wait({
      from: bob,
      nonce: 1,
      operations: [send(gold, bob, 1n, carol)],
      others: [carol],
    });
    const unconcerned = wait({ from: bob, nonce: 2, operations: [native(carol, 1n)] });
    for (const named of [...old, copaid, unconcerned]) expect(admit(named)).toBe("admitted");
    const gone = finalize({ from: carol, operations: [setPolicy(dave.policy)] });
    expect(gone).toEqual(new Map([...old, copaid].map(({ id }) => [id, "policy_mismatch"])));
    expect(admit(wait({ nonce: 1 }))).toBe("policy_mismatch");
    const keys = { account: carol.account, policy: dave.policy };
    expect(admit(wait({ from: keys, nonce: 1 }))).toBe("admitted");
  });

  test("which is the one that it had, everything stays", () => {
    const { admit, finalize } = open();
    expect(admit(wait({ nonce: 1 }))).toBe("admitted");
    expect(finalize({ from: carol, operations: [setPolicy(carol.policy)] }).size).toBe(0);
  });
});

test("when an account asks for memos, payments without one leave", () => {
  const { admit, finalize } = open();
  const bare = wait({ operations: [native(bob, 1n)] });
  const asset = wait({ nonce: 1, operations: [send(gold, bob, 1n)] });
  const minted = wait({ from: alice, nonce: 1, operations: [mint(gold, bob, 1n)] });
  const noted = wait({ nonce: 2, memo: Uint8Array.of(1) });
  const elsewhere = wait({ nonce: 3, operations: [native(alice, 1n)] });
  for (const named of [bare, asset, minted, noted, elsewhere]) {
    expect(admit(named)).toBe("admitted");
  }
  const gone = finalize({ from: bob, nonce: 1, operations: [setAccount(true)] });
  expect(gone).toEqual(new Map([bare, asset, minted].map(({ id }) => [id, "memo_required"])));
});

describe("what another final transaction was first to do leaves", () => {
  test.each<[string, Wish, Wish]>([
    [
      "record_version_not_next",
      { from: bob, nonce: 2, operations: [record("t", "k", 2)] },
      { from: bob, nonce: 1, operations: [record("t", "k", 2)] },
    ],
    [
      "asset_exists",
      { from: bob, nonce: 2, operations: [createAsset("TIN")] },
      { from: bob, nonce: 1, operations: [createAsset("TIN", { decimals: 0 })] },
    ],
    [
      "supply_exceeded",
      { from: alice, nonce: 2, operations: [mint(gold, bob, 30n)] },
      { from: alice, nonce: 1, operations: [mint(gold, bob, 11n)] },
    ],
    [
      "insufficient_balance",
      { from: carol, operations: [send(gold, carol, 25n, bob)], others: [bob] },
      { from: bob, nonce: 1, operations: [burn(gold, 6n)] },
    ],
    [
      "insufficient_balance",
      { from: bob, nonce: 2, operations: [burn(gold, 25n)] },
      { from: bob, nonce: 1, operations: [send(gold, carol, 6n)] },
    ],
  ])("%s", (code, later, first) => {
    const { pool, admit, finalize } = open();
    const named = transactionOf(chainId, later);
    const bystander = wait({ operations: [send(gold, alice, 1n)], nonce: 5 });
    expect(admit(named)).toBe("admitted");
    expect(admit(bystander)).toBe("admitted");
    expect(finalize(first)).toEqual(new Map([[named.id, code]]));
    expect(pool.hashes(10)).toEqual([bystander.contentHash]);
  });
});

test("of very many that one change spoils, all leave within a few blocks", () => {
  const { pool, admit, finalize } = open();
  for (const from of crowd) {
    for (let nonce = 0; nonce < 64; nonce += 1) {
      expect(admit(wait({ from, nonce, fee: 1n }))).toBe("admitted");
    }
  }
  expect(pool.size).toBe(512);
  const first = finalize({ from: bob, nonce: 1, operations: [setAccount(true)] });
  expect(first.size).toBe(500);
  expect(finalize().size).toBe(12);
  expect(pool.isEmpty).toBe(true);
});

test("of very many that one change puts in doubt, none is offered before it is judged again", () => {
  const { pool, admit, finalize, offered } = open();
  const notes = { memo: Uint8Array.of(1), fee: 1n };
  for (let nonce = 62; nonce >= 0; nonce -= 1) {
    for (const from of crowd) {
      const operations = [native(bob, 1n), native(carol, 1n, alice)];
      expect(admit(wait({ ...notes, from, nonce, operations, others: [alice] }))).toBe("admitted");
    }
  }
  const bystander = wait({ operations: [native(bob, 1n)] });
  expect(admit(bystander)).toBe("admitted");
  expect(offered().length).toBe(505);
  const first = finalize({ from: alice, nonce: 1, operations: [setPolicy(dave.policy)] });
  expect(first.size).toBe(500);
  expect(offered()).toEqual([bystander.id]);
  expect(pool.hasReady).toBe(true);
  expect(finalize().size).toBe(4);
  expect(pool.hashes(9)).toEqual([bystander.contentHash]);
});
