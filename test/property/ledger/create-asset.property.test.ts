/**
 * CreateAsset for all sequences of operations: once, by anybody, for good.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readAsset } from "../../../src/protocol/state.ts";
import { assetOf } from "../../fixtures/operations.ts";
import { holders } from "./ledger-model.ts";
import { outlines } from "./operation-model.ts";
import { tryAll } from "./operation-trial.ts";

test("an asset exists when it was created, once, and its terms are the first that were named", () => {
  fc.assert(
    fc.property(outlines("create-asset"), (list) => {
      const { applied, rows } = tryAll(list);
      const terms = new Map(["0/A", "1/A"].map((name) => [name, 400n]));
      for (const { sender, steps } of applied) {
        for (const step of steps) {
          if (step.kind !== "create-asset") continue;
          const name = `${step.from ?? sender}/${step.code}`;
          expect(terms.has(name)).toBe(false);
          terms.set(name, step.maxSupply);
        }
      }
      for (const [at, issuer] of holders.entries()) {
        for (const code of ["A", "B", "QRT"]) {
          const entry = readAsset(rows, assetOf(issuer, code));
          expect(entry?.maxSupply).toBe(terms.get(`${at}/${code}`));
          if (entry !== undefined)
            expect([entry.issuer, entry.code]).toEqual([issuer.account, code]);
        }
      }
    }),
    { numRuns: 100 },
  );
});
