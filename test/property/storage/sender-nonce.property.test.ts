import fc from "fast-check";
import { expect, test } from "vitest";
import type { FinalBlock } from "../../../src/storage/chain-writes.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { accountOf, TestChain } from "../../unit/storage/test-chain.ts";

const account = fc.integer({ min: 1, max: 4 });
const payment = fc.record({ from: account, to: account });
const blocks = fc.array(fc.array(payment, { maxLength: 3 }), { maxLength: 14 });

test("a sender's transactions are found by nonce, as a walk over all blocks finds them", async () => {
  await fc.assert(
    fc.asyncProperty(blocks, async (history) => {
      const chain = new TestChain();
      const found = await chain.create(new MemoryStore());
      const finals: FinalBlock[] = [];
      for (const payments of history) {
        const final = chain.next(payments);
        finals.push(final);
        await found.commit(final);
      }
      const all = finals.flatMap(({ block }) => block.transactions);
      for (const sender of [1, 2, 3, 4].map(accountOf)) {
        const own = all.filter(
          ({ signed }) => signed.kind === "signed" && signed.transaction.sender === sender,
        );
        for (let nonce = 0; nonce <= own.length; nonce += 1) {
          const held = await found.history.byNonce(sender, nonce);
          expect(held?.transaction.id).toBe(own[nonce]?.id);
        }
      }
    }),
    { numRuns: 60 },
  );
});
