/**
 * SetAccount for all sequences of operations: what an account asked for last holds for every payment after it.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readAccount } from "../../../src/protocol/state.ts";
import { holders } from "./ledger-model.ts";
import { outlines } from "./operation-model.ts";
import { tryAll } from "./operation-trial.ts";

test("no payment without a memo reaches an account that asks for one", () => {
  fc.assert(
    fc.property(outlines("set-account"), (list) => {
      const { applied, rows } = tryAll(list);
      const asking = new Set<number>();
      for (const { sender, hasMemo, steps } of applied) {
        for (const step of steps) {
          const from = step.from ?? sender;
          if (step.kind === "set-account" && step.requireMemo) asking.add(from);
          else if (step.kind === "set-account") asking.delete(from);
          else if ("to" in step && !hasMemo) expect(asking.has(step.to)).toBe(false);
        }
      }
      for (const [at, { account }] of holders.entries()) {
        expect(readAccount(rows, account).flags).toBe(asking.has(at) ? 1 : 0);
      }
    }),
    { numRuns: 100 },
  );
});
