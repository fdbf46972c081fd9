/**
 * The mempool for all sequences of arrivals and final blocks: what it offers is always applicable and in order.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Mempool } from "../../../src/mempool/mempool.ts";
import type { AccountId, Digest } from "../../../src/protocol/ids.ts";
import {
  accountKey,
  encodeAccount,
  readAccount,
  type StateReader,
} from "../../../src/protocol/state.ts";
import type { NamedSigned } from "../../../src/protocol/transaction.ts";
import {
  alice,
  bob,
  carol,
  chainIdFor,
  genesisOf,
  native,
  type Rows,
  transactionOf,
} from "../../fixtures/small-ledger.ts";
import { SmallPool } from "../../fixtures/small-pool.ts";

const holders = [alice, bob, carol];
const genesis = genesisOf({ balances: holders.map((holder) => [holder, 2_000n]) });
const chainId = chainIdFor(genesis);

const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("arrives" as const),
      sender: fc.nat(2),
      ahead: fc.nat(4),
      fee: fc.bigInt({ min: 0n, max: 300n }),
      amount: fc.bigInt({ min: 1n, max: 600n }),
      copaid: fc.boolean(),
      lastsMs: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("block" as const), size: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("foreign" as const), sender: fc.nat(2) }) },
);

const rateOf = ({ signed, bytes }: NamedSigned): number =>
  Number(signed.transaction.fee) / bytes.length;

/** What waits, by content hash: the pool's own list, looked up one by one. */
function waiting(pool: Mempool): NamedSigned[] {
  return pool.hashes(1_000).flatMap((hash) => pool.get(hash) ?? []);
}

/** Greedy choice: at each step the best rate among the senders' next ones, earliest arrival first. */
function expectedOrder(pool: Mempool, state: StateReader): NamedSigned[] {
  const all = waiting(pool);
  const nonces = new Map(
    holders.map(({ account }) => [account, readAccount(state, account).nonce]),
  );
  const order: NamedSigned[] = [];
  for (;;) {
    const ready = all.filter(
      ({ signed: { transaction } }) => transaction.nonce === nonces.get(transaction.sender),
    );
    const [best] = ready.toSorted(
      (a, b) => rateOf(b) - rateOf(a) || all.indexOf(a) - all.indexOf(b),
    );
    if (best === undefined) return order;
    order.push(best);
    nonces.set(best.signed.transaction.sender, best.signed.transaction.nonce + 1);
  }
}

function expectAffordable(pool: Mempool, state: StateReader): void {
  for (const { account } of holders) {
    let spent = 0n;
    for (const { signed } of waiting(pool)) {
      const { sender, fee, operations } = signed.transaction;
      if (sender === account) spent += fee;
      for (const { from, body } of operations) {
        if (body.kind === "transfer" && (from ?? sender) === account) spent += body.amount;
      }
    }
    expect(spent).toBeLessThanOrEqual(readAccount(state, account).balance);
  }
}

function draw(
  {
    sender,
    ahead,
    fee,
    amount,
    copaid,
    lastsMs,
  }: Extract<typeof event extends fc.Arbitrary<infer Event> ? Event : never, { kind: "arrives" }>,
  state: StateReader,
  nowMs: number,
): NamedSigned {
  const from = holders[sender] ?? alice;
  const other = holders[(sender + 1) % 3] ?? bob;
  const to = holders[(sender + 2) % 3] ?? carol;
  return transactionOf(chainId, {
    from,
    operations: [copaid ? native(to, amount, other) : native(to, amount)],
    others: copaid ? [other] : [],
    nonce: readAccount(state, from.account).nonce + ahead,
    fee,
    expiryMs: nowMs + lastsMs,
  });
}

/** Carries out a block by the books alone; the fees go to nobody. */
function write(rows: Rows, block: readonly NamedSigned[]): void {
  for (const { signed } of block) {
    const { sender, nonce, fee, operations } = signed.transaction;
    const change = (account: AccountId, delta: bigint, nextNonce?: number) => {
      const entry = readAccount(rows, account);
      const balance = entry.balance + delta;
      const authHash = account as string as Digest;
      const value = { flags: 0, authHash, balance, nonce: nextNonce ?? entry.nonce };
      rows.rows.set(accountKey(account), encodeAccount(value));
    };
    change(sender, -fee, nonce + 1);
    for (const { from, body } of operations) {
      if (body.kind !== "transfer") continue;
      change(from ?? sender, -body.amount);
      change(body.to, body.amount);
    }
  }
}

test("the pool offers in greedy order what applies, within its bounds, and its sums are right", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const transactionsMax = 8;
      const lab = new SmallPool(genesis, { transactionsMax });
      const { pool, state } = lab;
      for (const happening of events) {
        if (happening.kind === "arrives") {
          lab.admit(draw(happening, state, lab.tipMs));
        } else {
          lab.tipMs += 10;
          const timely = lab
            .offered()
            .slice(0, happening.kind === "block" ? happening.size : 0)
            .filter(({ signed }) => signed.transaction.expiryMs >= lab.tipMs);
          // A chain of nonces: cut it where an expired one was left out.
          const block = timely.filter(
            ({ signed }, i) =>
              timely
                .slice(0, i + 1)
                .filter((t) => t.signed.transaction.sender === signed.transaction.sender).length ===
              signed.transaction.nonce - readAccount(state, signed.transaction.sender).nonce + 1,
          );
          if (happening.kind === "foreign") {
            const from = holders[happening.sender] ?? alice;
            const { nonce, balance } = readAccount(state, from.account);
            if (balance > 1n) {
              const to = holders[(happening.sender + 1) % 3] ?? bob;
              block.push(
                transactionOf(chainId, { from, operations: [native(to, balance / 2n)], nonce }),
              );
            }
          }
          write(state, block);
          pool.finalized(block, state, lab.tipMs);
        }
        const all = waiting(pool);
        expect(pool.size).toBe(all.length);
        expect(pool.size).toBeLessThanOrEqual(transactionsMax);
        expect(pool.bytes).toBe(all.reduce((sum, { bytes }) => sum + bytes.length, 0));
        const order = lab.offered();
        expect(order).toEqual(expectedOrder(pool, state));
        expect(pool.hasReady).toBe(order.length > 0);
        expectAffordable(pool, state);
        for (const { signed } of all)
          expect(signed.transaction.expiryMs).toBeGreaterThan(lab.tipMs);
      }
    }),
    { numRuns: 150 },
  );
});
