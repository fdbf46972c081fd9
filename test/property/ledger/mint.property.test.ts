/**
 * Mint for all sequences of operations: only the issuer's, and never more than it allowed for.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { outlines } from "./operation-model.ts";
import { tryAll } from "./operation-trial.ts";

test("a supply is what its issuer minted less what holders burned, and within its limit", () => {
  fc.assert(
    fc.property(outlines("mint"), (list) => {
      const { applied, before, world } = tryAll(list);
      const made = new Map<string, bigint>();
      for (const { sender, steps } of applied) {
        for (const step of steps) {
          if (step.kind !== "mint" && step.kind !== "burn") continue;
          expect(step.asset).toBeDefined();
          const name = `${step.asset?.issuer}/${step.asset?.code}`;
          if (step.kind === "mint") expect(step.from ?? sender).toBe(step.asset?.issuer);
          const amount = step.kind === "mint" ? step.amount : -step.amount;
          made.set(name, (made.get(name) ?? 0n) + amount);
        }
      }
      for (const [name, { supply, maxSupply }] of world.assets) {
        expect(supply).toBe((before.assets.get(name)?.supply ?? 0n) + (made.get(name) ?? 0n));
        expect(supply <= (maxSupply === 0n ? 2n ** 64n - 1n : maxSupply)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});
