/**
 * Mint: the issuer alone, to accounts that exist, up to what it allowed for.
 * @module
 */
import { expect, test } from "vitest";
import { genesisState } from "../../../src/ledger/genesis-state.ts";
import { nativeAsset } from "../../../src/protocol/ids.ts";
import { readAsset, readBalance } from "../../../src/protocol/state.ts";
import {
  assetOf,
  blockOn,
  burn,
  createAsset,
  mint,
  operationFees,
  send,
  setAccount,
} from "../../fixtures/operations.ts";
import { alice, bob, carol, dave, genesisOf, native, Rows } from "../../fixtures/small-ledger.ts";

const genesis = genesisOf({
  balances: [
    [alice, 1_000n],
    [bob, 1_000n],
    [carol, 1_000n],
  ],
});
const gold = assetOf(alice, "GOLD");

/** Alice's asset exists, in the block before. */
function start(maxSupply = 0n, options: Parameters<typeof blockOn>[2] = {}) {
  const rows = new Rows();
  rows.write(genesisState(genesis));
  const before = blockOn(rows, genesis);
  expect(before.apply({ from: alice, operations: [createAsset("GOLD", { maxSupply })] })).toBe(
    "applied",
  );
  before.finish();
  let nonce = 0;
  const { apply, finish } = blockOn(rows, genesis, { ...options, height: 2 });
  /** Alice's next transaction. */
  const issue = (wish: Partial<Parameters<typeof apply>[0]>) => {
    const verdict = apply({ from: alice, nonce: nonce + 1, operations: [], ...wish });
    if (verdict === "applied") nonce += 1;
    return verdict;
  };
  return { rows, apply, finish, issue };
}

test("new units come into being with the recipient, the issuer itself included", () => {
  const { rows, finish, issue } = start();
  expect(issue({ operations: [mint(gold, bob, 30n), mint(gold, alice, 12n)] })).toBe("applied");
  expect(issue({ operations: [mint(gold, bob, 1n)] })).toBe("applied");
  finish();
  expect(readBalance(rows, bob.account, gold)).toBe(31n);
  expect(readBalance(rows, alice.account, gold)).toBe(12n);
  expect(readAsset(rows, gold)?.supply).toBe(43n);
});

test("nobody but the issuer mints, however much of it he holds", () => {
  const { apply, issue } = start();
  expect(issue({ operations: [mint(gold, bob, 30n)] })).toBe("applied");
  expect(apply({ from: bob, operations: [mint(gold, bob, 1n)] })).toBe("not_the_issuer");
  expect(issue({ operations: [mint(gold, bob, 1n, bob)], others: [bob] })).toBe("not_the_issuer");
  const operations = [mint(gold, bob, 1n, alice)];
  expect(apply({ from: bob, operations, others: [alice] })).toBe("applied");
});

test("up to the most that the issuer allowed for, and not one unit more", () => {
  const { issue } = start(100n);
  expect(issue({ operations: [mint(gold, bob, 101n)] })).toBe("supply_exceeded");
  expect(issue({ operations: [mint(gold, bob, 60n), mint(gold, carol, 41n)] })).toBe(
    "supply_exceeded",
  );
  expect(issue({ operations: [mint(gold, bob, 60n), mint(gold, carol, 40n)] })).toBe("applied");
  expect(issue({ operations: [mint(gold, bob, 1n)] })).toBe("supply_exceeded");
});

test("what was burned may be minted again", () => {
  const { apply, issue } = start(100n);
  expect(issue({ operations: [mint(gold, bob, 100n)] })).toBe("applied");
  expect(apply({ from: bob, operations: [burn(gold, 7n)] })).toBe("applied");
  expect(issue({ operations: [mint(gold, bob, 8n)] })).toBe("supply_exceeded");
  expect(issue({ operations: [mint(gold, bob, 7n)] })).toBe("applied");
});

test("without a limit of the issuer's own, up to 2^64 − 1", () => {
  const { rows, finish, issue } = start();
  const most = 2n ** 64n - 1n;
  expect(issue({ operations: [mint(gold, bob, most)] })).toBe("applied");
  expect(issue({ operations: [mint(gold, carol, 1n)] })).toBe("supply_exceeded");
  finish();
  expect(readBalance(rows, bob.account, gold)).toBe(most);
});

test("never of the native asset, of none that does not exist, and never nothing", () => {
  const { issue } = start();
  expect(issue({ operations: [mint(nativeAsset, bob, 1n)] })).toBe("native_asset_fixed");
  expect(issue({ operations: [mint(assetOf(alice, "SILVER"), bob, 1n)] })).toBe("asset_unknown");
  expect(issue({ operations: [mint(gold, bob, 0n)] })).toBe("amount_zero");
});

test("the recipient's account must exist", () => {
  const { issue } = start();
  expect(issue({ operations: [mint(gold, dave, 1n)] })).toBe("account_absent");
  expect(issue({ operations: [native(dave, 1n), mint(gold, dave, 1n)] })).toBe("applied");
});

test("a recipient that asks for a memo gets one", () => {
  const { apply, issue } = start();
  expect(apply({ from: bob, operations: [setAccount(true)] })).toBe("applied");
  expect(issue({ operations: [mint(gold, bob, 1n)] })).toBe("memo_required");
  expect(issue({ operations: [mint(gold, bob, 1n)], memo: Uint8Array.of(1) })).toBe("applied");
  expect(issue({ operations: [send(gold, bob, 1n)] })).toBe("memo_required");
});

test("it costs its own fee", () => {
  const { issue } = start(0n, { parameters: { operationFees: operationFees({ 2: 5n }) } });
  expect(issue({ operations: [mint(gold, bob, 1n)], fee: 4n })).toBe("fee_too_low");
  expect(issue({ operations: [mint(gold, bob, 1n)], fee: 5n })).toBe("applied");
});
