/**
 * Burn: whoever holds units may make them vanish, and the supply falls with them.
 * @module
 */
import { expect, test } from "vitest";
import { genesisState } from "../../../src/ledger/genesis-state.ts";
import { nativeAsset } from "../../../src/protocol/ids.ts";
import { assetKey, balanceKey, readAsset, readBalance } from "../../../src/protocol/state.ts";
import {
  assetOf,
  blockOn,
  burn,
  createAsset,
  mint,
  operationFees,
} from "../../fixtures/operations.ts";
import { alice, bob, carol, dave, genesisOf, Rows } from "../../fixtures/small-ledger.ts";

const genesis = genesisOf({
  balances: [
    [alice, 1_000n],
    [bob, 1_000n],
    [carol, 1_000n],
  ],
});
const gold = assetOf(alice, "GOLD");

/** Bob holds 50 of alice's asset, since the block before. */
function start(options: Parameters<typeof blockOn>[2] = {}) {
  const rows = new Rows();
  rows.write(genesisState(genesis));
  const before = blockOn(rows, genesis);
  const operations = [createAsset("GOLD"), mint(gold, bob, 50n)];
  expect(before.apply({ from: alice, operations })).toBe("applied");
  before.finish();
  return { rows, ...blockOn(rows, genesis, { ...options, height: 2 }) };
}

test("a holder burns what it holds, and the supply falls by as much", () => {
  const { rows, apply, finish } = start();
  expect(apply({ from: bob, operations: [burn(gold, 20n)] })).toBe("applied");
  finish();
  expect(readBalance(rows, bob.account, gold)).toBe(30n);
  expect(readAsset(rows, gold)?.supply).toBe(30n);
});

test("not more than it holds, the issuer of the asset no exception", () => {
  const { apply } = start();
  expect(apply({ from: bob, operations: [burn(gold, 51n)] })).toBe("insufficient_balance");
  expect(apply({ from: bob, operations: [burn(gold, 30n), burn(gold, 21n)] })).toBe(
    "insufficient_balance",
  );
  expect(apply({ from: alice, nonce: 1, operations: [burn(gold, 1n)] })).toBe(
    "insufficient_balance",
  );
  expect(apply({ from: bob, operations: [burn(gold, 30n), burn(gold, 20n)] })).toBe("applied");
});

test("of another account only with that one's consent", () => {
  const { rows, apply, finish } = start();
  const operations = [burn(gold, 20n, bob)];
  expect(apply({ from: carol, operations })).toBe("authorization_missing");
  expect(apply({ from: carol, operations, others: [bob] })).toBe("applied");
  finish();
  expect(readBalance(rows, bob.account, gold)).toBe(30n);
});

test("the last unit takes the holding's entry with it; the asset stays", () => {
  const { rows, apply, finish } = start();
  expect(apply({ from: bob, operations: [burn(gold, 50n)] })).toBe("applied");
  const changes = finish();
  const key = balanceKey(bob.account, gold);
  expect(changes.has(key) && changes.get(key) === undefined).toBe(true);
  expect(rows.rows.has(assetKey(gold))).toBe(true);
  expect(readAsset(rows, gold)?.supply).toBe(0n);
});

test("never the native asset, none that does not exist, and never nothing", () => {
  const { apply } = start();
  expect(apply({ from: bob, operations: [burn(nativeAsset, 1n)] })).toBe("native_asset_fixed");
  expect(apply({ from: bob, operations: [burn(assetOf(bob, "GOLD"), 1n)] })).toBe("asset_unknown");
  expect(apply({ from: bob, operations: [burn(gold, 0n)] })).toBe("amount_zero");
  expect(apply({ from: bob, operations: [burn(gold, 1n, dave)], others: [dave] })).toBe(
    "insufficient_balance",
  );
});

test("it costs its own fee", () => {
  const { apply } = start({ parameters: { operationFees: operationFees({ 3: 5n }) } });
  expect(apply({ from: bob, operations: [burn(gold, 1n)], fee: 4n })).toBe("fee_too_low");
  expect(apply({ from: bob, operations: [burn(gold, 1n)], fee: 5n })).toBe("applied");
});
