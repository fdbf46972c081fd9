/**
 * Assets for all sequences of operations over several blocks: nothing comes into being but by a mint, nothing vanishes
 * but by a burn, and the native asset does neither.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Outline, outlines, type World } from "./operation-model.ts";
import { tryAll } from "./operation-trial.ts";

const nativeTotal = ({ accounts }: World): bigint =>
  [...accounts.values()].reduce((sum, { balance }) => sum + balance, 0n);

test("the native total is what it was, and every asset's balances are its supply together", () => {
  fc.assert(
    fc.property(outlines("transfer"), (list) => {
      const { before, world } = tryAll(list);
      expect(nativeTotal(world)).toBe(nativeTotal(before));
      for (const [name, { supply }] of world.assets) {
        const held = [...world.holdings].filter(([holding]) => holding.endsWith(`/${name}`));
        expect(held.reduce((sum, [, amount]) => sum + amount, 0n)).toBe(supply);
      }
    }),
    { numRuns: 150 },
  );
});

const swap = fc.record({
  sender: fc.nat(1),
  given: fc.bigInt({ min: 1n, max: 60n }),
  taken: fc.bigInt({ min: 1n, max: 60n }),
});

test("two parties swap both sides or none, however often they try", () => {
  fc.assert(
    fc.property(fc.array(swap, { minLength: 1, maxLength: 10 }), (swaps) => {
      const list = swaps.map(({ sender, given, taken }): Outline => {
        const other = 1 - sender;
        const a = { issuer: sender, code: "A" };
        const b = { issuer: other, code: "A" };
        return {
          sender,
          fee: 0n,
          hasMemo: false,
          isStale: false,
          steps: [
            { kind: "transfer", from: undefined, asset: a, to: other, amount: given },
            { kind: "transfer", from: other, asset: b, to: sender, amount: taken },
          ],
        };
      });
      const { applied, world, before } = tryAll(list);
      // Of its own asset each has 40 at first: all that went out and did not come back is with the other one.
      let mine = 40n;
      for (const { sender, steps } of applied) {
        const [out, back] = steps;
        const [gives, gets] = sender === 0 ? [out, back] : [back, out];
        expect(gives?.kind === "transfer" && gets?.kind === "transfer").toBe(true);
        if (gives?.kind === "transfer") mine -= gives.amount;
      }
      expect(world.holdings.get("0/0/A") ?? 0n).toBe(mine);
      expect(world.assets).toEqual(before.assets);
    }),
    { numRuns: 100 },
  );
});
