/**
 * The way through the past of several accounts leads to each of their blocks, in order, once, wherever the tip is when
 * it is looked for.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { AccountPath } from "../../../../../node/http/stream/account-path.ts";
import type { AccountId, Height } from "../../../../../src/protocol/ids.ts";
import { idOf } from "../../../../contract/http/sample.ts";

/** Far apart, and more than are looked up at once. */
const heights = fc.uniqueArray(fc.integer({ min: 1, max: 3_000 }), { maxLength: 200 });

test("every height that touches an account comes, lowest first", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(heights, { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 5 }),
      fc.nat({ max: 300 }),
      async (touched, tips, start) => {
        let reads = 0;
        const sorted = touched.map((each) => each.toSorted((a, b) => a - b));
        const accounts = touched.map((_, i) => idOf(i) as AccountId);
        const path = new AccountPath(
          {
            accountHeights: async (account, { above, upTo, limit }) => {
              reads += 1;
              const own = sorted[accounts.indexOf(account)] ?? [];
              return own.filter((at) => at > above && at <= upTo).slice(0, limit) as Height[];
            },
          },
          accounts,
        );
        const found: number[] = [];
        let above = start;
        for (const tip of [...tips, 3_000].toSorted((a, b) => a - b)) {
          for (let next = await path.next(above, tip); next !== undefined; ) {
            found.push(next);
            above = next;
            next = await path.next(above, tip);
          }
          above = Math.max(above, tip);
        }
        const all = [...new Set(touched.flat())].filter((at) => at > start);
        expect(found).toEqual(all.sort((a, b) => a - b));
        // One for each tip and account, and one for every 64 rows.
        const pages = touched.reduce((sum, each) => sum + Math.ceil(each.length / 64), 0);
        expect(reads).toBeLessThanOrEqual((tips.length + 1) * accounts.length + pages);
      },
    ),
  );
});
