/**
 * SetPolicy for all sequences of operations: the last one counts, and the policies before it sign nothing more.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readAccount } from "../../../src/protocol/state.ts";
import { holders } from "./ledger-model.ts";
import { outlines } from "./operation-model.ts";
import { tryAll } from "./operation-trial.ts";

test("what acts for an account is the policy that it set last, else its first", () => {
  fc.assert(
    fc.property(outlines("set-policy"), (list) => {
      const { applied, rows } = tryAll(list);
      const last = new Map<number, number>();
      for (const { sender, isStale, steps } of applied) {
        const acting = [sender, ...steps.flatMap(({ from }) => from ?? [])];
        // Shown were the first policies: so it applied only where each of them acts again, or still.
        if (isStale) for (const at of acting) expect(last.get(at) ?? at).toBe(at);
        for (const step of steps) {
          if (step.kind === "set-policy") last.set(step.from ?? sender, step.of);
        }
      }
      for (const [at, { account }] of holders.entries()) {
        const policyOf = holders[last.get(at) ?? at]?.account;
        expect(readAccount(rows, account).authHash).toBe(policyOf);
      }
    }),
    { numRuns: 100 },
  );
});
