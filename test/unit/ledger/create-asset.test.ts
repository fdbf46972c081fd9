/**
 * CreateAsset: who may create what, once, and what then stands in the state.
 * @module
 */
import { expect, test } from "vitest";
import { genesisState } from "../../../src/ledger/genesis-state.ts";
import { readAsset } from "../../../src/protocol/state.ts";
import {
  assetOf,
  blockOn,
  createAsset,
  mint,
  operationFees,
  send,
} from "../../fixtures/operations.ts";
import { alice, bob, carol, dave, genesisOf, native, Rows } from "../../fixtures/small-ledger.ts";

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

test("the sender becomes the issuer of an asset of which nothing exists", () => {
  const { rows, apply, finish } = start();
  const gold = createAsset("GOLD", { decimals: 3, name: "Gold, 1 g", maxSupply: 500n });
  expect(apply({ from: alice, operations: [gold] })).toBe("applied");
  finish();
  expect(readAsset(rows, assetOf(alice, "GOLD"))).toEqual({
    issuer: alice.account,
    code: "GOLD",
    decimals: 3,
    name: "Gold, 1 g",
    maxSupply: 500n,
    supply: 0n,
  });
});

test("an issuer has one asset of a code, whatever else it says of it, also within one transaction", () => {
  const { apply } = start();
  const twice = [createAsset("GOLD"), createAsset("GOLD", { decimals: 5 })];
  expect(apply({ from: alice, operations: twice })).toBe("asset_exists");
  expect(apply({ from: alice, operations: [createAsset("GOLD")] })).toBe("applied");
  const again = createAsset("GOLD", { name: "another" });
  expect(apply({ from: alice, nonce: 1, operations: [again] })).toBe("asset_exists");
  expect(apply({ from: alice, nonce: 1, operations: [createAsset("GOLD2")] })).toBe("applied");
});

test("two issuers may use one code: theirs are two assets", () => {
  const { rows, apply, finish } = start();
  expect(apply({ from: alice, operations: [createAsset("GOLD")] })).toBe("applied");
  expect(apply({ from: bob, operations: [createAsset("GOLD")] })).toBe("applied");
  finish();
  expect(readAsset(rows, assetOf(alice, "GOLD"))?.issuer).toBe(alice.account);
  expect(readAsset(rows, assetOf(bob, "GOLD"))?.issuer).toBe(bob.account);
});

test("nobody takes the native asset's code", () => {
  const { apply } = start();
  expect(apply({ from: alice, operations: [createAsset("QRT")] })).toBe("asset_code_native");
  expect(apply({ from: alice, operations: [createAsset("QRTS")] })).toBe("applied");
});

test("in the name of another account that agrees, that one is the issuer", () => {
  const { rows, apply, finish } = start();
  const operations = [createAsset("GOLD", { from: bob })];
  expect(apply({ from: alice, operations })).toBe("authorization_missing");
  expect(apply({ from: alice, operations, others: [bob] })).toBe("applied");
  finish();
  expect(readAsset(rows, assetOf(alice, "GOLD"))).toBeUndefined();
  expect(readAsset(rows, assetOf(bob, "GOLD"))?.issuer).toBe(bob.account);
});

test("an account that does not exist issues nothing, unless it is opened before", () => {
  const { apply } = start();
  const gold = createAsset("GOLD", { from: dave });
  expect(apply({ from: alice, operations: [gold], others: [dave] })).toBe("account_absent");
  const opened = [native(dave, 1n), gold];
  expect(apply({ from: alice, operations: opened, others: [dave] })).toBe("applied");
});

test("creating, minting and paying out can be one transaction, all of it or nothing", () => {
  const { rows, apply, finish } = start();
  const gold = assetOf(alice, "GOLD");
  const issue = [createAsset("GOLD", { maxSupply: 10n }), mint(gold, alice, 10n)];
  const tooMuch = [...issue, send(gold, bob, 11n)];
  expect(apply({ from: alice, operations: tooMuch })).toBe("insufficient_balance");
  expect(apply({ from: alice, operations: [send(gold, bob, 1n)] })).toBe("asset_unknown");
  expect(apply({ from: alice, operations: [...issue, send(gold, bob, 4n)] })).toBe("applied");
  finish();
  expect(readAsset(rows, gold)?.supply).toBe(10n);
});

test("it costs its own fee", () => {
  const { apply } = start({ parameters: { operationFees: operationFees({ 1: 70n }) } });
  const operations = [createAsset("GOLD"), createAsset("SILVER")];
  expect(apply({ from: alice, operations, fee: 139n })).toBe("fee_too_low");
  expect(apply({ from: alice, operations, fee: 140n })).toBe("applied");
  expect(apply({ from: carol, operations, fee: 140n })).toBe("insufficient_balance");
});
