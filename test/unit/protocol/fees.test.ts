/**
 * The minimum fee, added up by hand.
 * @module
 */
import { expect, test } from "vitest";
import { minimumFee } from "../../../src/protocol/fees.ts";
import type { AssetId, ChainId } from "../../../src/protocol/ids.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import { alice, bob, native, transactionOf } from "../../fixtures/small-ledger.ts";

const chainId = "ab".repeat(32) as ChainId;
const parameters = {
  ...standardParameters,
  baseFee: 100n,
  feePerByte: 3n,
  operationFees: [7n, ...standardParameters.operationFees.slice(1)],
};

test("it is the base fee, the bytes, and what each operation costs", () => {
  const other = {
    from: undefined,
    body: {
      kind: "transfer" as const,
      to: bob.account,
      asset: "11".repeat(32) as AssetId,
      amount: 1n,
    },
  };
  const { signed } = transactionOf(chainId, {
    from: alice,
    operations: [other, native(bob, 1n), other],
  });
  expect(minimumFee(parameters, signed.transaction, 500)).toBe(100n + 3n * 500n + 2n * 7n);
});

test("a native transfer has no fee of its own", () => {
  const { signed } = transactionOf(chainId, { from: alice, operations: [native(bob, 1n)] });
  expect(minimumFee(parameters, signed.transaction, 0)).toBe(100n);
});

test("a ledger without fees asks for nothing", () => {
  const { signed } = transactionOf(chainId, { from: alice, operations: [native(bob, 1n)] });
  expect(minimumFee(standardParameters, signed.transaction, 16_384)).toBe(0n);
});

test("votes alone are free, with anything else they cost what they are set to", () => {
  const vote = {
    from: undefined,
    body: { kind: "vote-parameter" as const, parameter: 1, value: 5n },
  };
  const alone = transactionOf(chainId, { from: alice, operations: [vote, vote] });
  expect(minimumFee(parameters, alone.signed.transaction, 500)).toBe(0n);
  const dear = { ...parameters, operationFees: [...parameters.operationFees.slice(0, 8), 20n] };
  const mixed = transactionOf(chainId, { from: alice, operations: [vote, native(bob, 1n)] });
  expect(minimumFee(dear, mixed.signed.transaction, 500)).toBe(100n + 3n * 500n + 20n);
});
