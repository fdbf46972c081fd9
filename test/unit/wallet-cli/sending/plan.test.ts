/**
 * What a person confirms: totals for each asset with the fee among the native ones, and a fingerprint of the plan.
 * @module
 */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { type AccountId, type AssetId, nativeAsset } from "../../../../src/protocol/ids.ts";
import type { Operation, OperationBody } from "../../../../src/protocol/operations.ts";
import { type AssetUnit, spendingOf } from "../../../../wallet-cli/ledger/spending.ts";
import { type Plan, planJson, planText } from "../../../../wallet-cli/sending/plan.ts";

const id = (digit: string) => digit.repeat(64);
const alice = id("a") as AccountId;
const bob = id("b") as AccountId;
const gold = id("9") as AssetId;
const native: AssetUnit = { id: nativeAsset, code: "QRT", decimals: 2, issuer: undefined };
const goldUnit: AssetUnit = { id: gold, code: "GOLD", decimals: 1, issuer: "quo1carol" };

const by = (from: AccountId | undefined, body: OperationBody): Operation => ({ from, body });
const transfer = (asset: AssetId, amount: bigint): OperationBody => ({
  kind: "transfer",
  ...{ to: bob, asset, amount },
});

test("amounts of one asset are added, the fee to the native ones", () => {
  const operations = [
    by(undefined, transfer(gold, 5n)),
    by(undefined, transfer(nativeAsset, 100n)),
    by(undefined, { kind: "burn", asset: gold, amount: 7n }),
    by(bob, transfer(gold, 1_000n)), // Bob's, not the sender's.
    by(undefined, { kind: "mint", asset: gold, to: bob, amount: 3n }), // Takes nothing from anybody.
  ];
  expect(spendingOf(alice, operations, 4n)).toEqual([
    { asset: gold, amount: 12n },
    { asset: nativeAsset, amount: 104n },
  ]);
  expect(spendingOf(alice, [by(undefined, transfer(gold, 5n))], 0n)).toEqual([
    { asset: gold, amount: 5n },
  ]);
});

const plan: Plan = {
  chainId: id("c"),
  ...{ op: "transfer", summary: "0.5 GOLD of quo1carol to quo1bob" },
  signer: { name: "alice", address: "quo1alice" },
  fee: 4n,
  spend: [
    { asset: gold, amount: 5n },
    { asset: nativeAsset, amount: 4n },
  ],
  units: [native, goldUnit],
  operations: [{ kind: "transfer" }],
  ...{ memo: "rent", expiresInMs: 900_000, rows: [["to", "quo1bob"]], command: "send …" },
};

test("each total is shown, and an issued asset with its issuer", () => {
  expect(planText(plan).split("\n")).toEqual([
    "from     quo1alice  (alice)",
    "to       quo1bob",
    "fee      0.04 QRT",
    "total    0.5 GOLD of quo1carol",
    "total    0.04 QRT",
    "memo     rent",
    "expires  in 15m",
  ]);
});

test("the fingerprint is the SHA-256 of the plan's own JSON, whatever command leads to it", () => {
  const { planSha256, command, ...agreed } = planJson(plan) as Record<string, unknown>;
  expect(command).toBe("send …");
  expect(planSha256).toBe(createHash("sha256").update(JSON.stringify(agreed)).digest("hex"));
  expect(planJson({ ...plan, command: "elsewhere" })).toMatchObject({ planSha256 });
  expect(planJson({ ...plan, fee: 5n })).not.toMatchObject({ planSha256 });
  expect(planJson({ ...plan, chainId: id("d") })).not.toMatchObject({ planSha256 });
});
