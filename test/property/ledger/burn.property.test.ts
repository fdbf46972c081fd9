/**
 * Burn for all sequences of operations: holdings add up to the supply, and what is nothing has no entry.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { balanceKey, readAsset, readBalance } from "../../../src/protocol/state.ts";
import { assetOf } from "../../fixtures/operations.ts";
import { holders } from "./ledger-model.ts";
import { outlines } from "./operation-model.ts";
import { tryAll } from "./operation-trial.ts";

test("the balances of an asset are its supply together, and none of them is written as zero", () => {
  fc.assert(
    fc.property(outlines("burn"), (list) => {
      const { rows } = tryAll(list);
      for (const issuer of holders) {
        for (const code of ["A", "B"]) {
          const asset = assetOf(issuer, code);
          let sum = 0n;
          for (const { account } of holders) {
            const amount = readBalance(rows, account, asset);
            expect(rows.rows.has(balanceKey(account, asset))).toBe(amount > 0n);
            sum += amount;
          }
          expect(sum).toBe(readAsset(rows, asset)?.supply ?? 0n);
        }
      }
    }),
    { numRuns: 100 },
  );
});
