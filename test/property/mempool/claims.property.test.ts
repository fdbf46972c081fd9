/**
 * Whatever arrives and whatever becomes final: all that the pool offers applies, one after the other, and nothing that
 * left it goes on counting against a newcomer.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Operation } from "../../../src/protocol/operations.ts";
import { readAccount, readRecord, type StateReader } from "../../../src/protocol/state.ts";
import type { NamedSigned } from "../../../src/protocol/transaction.ts";
import { assetOf, burn, createAsset, mint, record, send } from "../../fixtures/operations.ts";
import {
  alice,
  bob,
  carol,
  chainIdFor,
  genesisOf,
  type Holder,
  transactionOf,
  type Wish,
} from "../../fixtures/small-ledger.ts";
import { SmallPool, wishBehind } from "../../fixtures/small-pool.ts";

const holders = [alice, bob, carol] as const;
const genesis = genesisOf({ balances: holders.map((one) => [one, 1_000n]) });
const chainId = chainIdFor(genesis);
const gold = assetOf(alice, "GOLD");

const step = fc.record({
  kind: fc.constantFrom("send", "burn", "mint", "create", "record"),
  by: fc.nat(2),
  to: fc.integer({ min: 1, max: 2 }),
  amount: fc.bigInt({ min: 1n, max: 6n }),
  letter: fc.constantFrom("A", "B"),
});
const wish = fc.record({
  sender: fc.nat(2),
  ahead: fc.nat(3),
  lastsMs: fc.integer({ min: 2, max: 20 }),
  steps: fc.array(step, { minLength: 1, maxLength: 2 }),
});
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("arrives" as const), wish }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("block" as const), size: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("foreign" as const), wish }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("quarantine" as const), at: fc.nat(9) }) },
);
type Drawn<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;

const holderAt = (index: number): Holder => holders[index % 3] ?? alice;

function operationOf(state: StateReader, sender: Holder, drawn: Drawn<typeof step>): Operation {
  const { kind, letter, amount } = drawn;
  const by = kind === "mint" ? alice : holderAt(drawn.by);
  const from = by === sender ? undefined : by;
  const to = holderAt(drawn.by + drawn.to);
  switch (kind) {
    case "send":
      return send(gold, to, amount, from);
    case "burn":
      return burn(gold, amount, from);
    case "mint":
      return mint(gold, to, amount, from);
    case "create":
      return createAsset(`T${letter}`, from === undefined ? {} : { from });
    default: {
      const current = readRecord(state, by.account, letter, "k")?.version ?? 0;
      return record(letter, "k", current + 1, from === undefined ? {} : { from });
    }
  }
}

function wishOf(state: StateReader, drawn: Drawn<typeof wish>, nowMs: number): Wish {
  const from = holderAt(drawn.sender);
  const operations = drawn.steps.map((one) => operationOf(state, from, one));
  const named = new Set(operations.map((operation) => operation.from));
  return {
    from,
    operations,
    others: holders
      .filter(({ account }) => named.has(account))
      .toSorted((a, b) => (a.account < b.account ? -1 : 1)),
    nonce: readAccount(state, from.account).nonce + drawn.ahead,
    expiryMs: nowMs + drawn.lastsMs,
  };
}

function open() {
  const lab = new SmallPool(genesis);
  const { state, pool } = lab;
  /** A final block of those that apply. */
  const finalize = (wishes: readonly Wish[]) => {
    const trial = lab.block();
    const applied = wishes.filter((one) => trial.apply(one) === "applied");
    lab.finalize(...applied);
    return applied.length;
  };
  const start = [createAsset("GOLD", { maxSupply: 60n }), mint(gold, bob, 20n)];
  finalize([{ from: alice, operations: [...start, mint(gold, carol, 10n)] }]);
  /** What the newcomer is told where nothing was ever but what waits now. */
  const afresh = (named: NamedSigned) => {
    const fresh = new SmallPool(genesis);
    const here = { state, tipTimestampMs: lab.tipMs, wallMs: lab.tipMs };
    for (const hash of pool.hashes(1_000)) {
      const waiting = pool.get(hash);
      if (waiting !== undefined) expect(fresh.admit(waiting, here)).toBe("admitted");
    }
    return fresh.admit(named, here);
  };
  return { lab, state, pool, afresh, finalize };
}

test("all that waits applies one after the other, and a newcomer is judged by what waits alone", () => {
  let admitted = 0;
  fc.assert(
    fc.property(fc.array(event, { minLength: 5, maxLength: 40 }), (events) => {
      const { lab, state, pool, afresh, finalize } = open();
      for (const happening of events) {
        switch (happening.kind) {
          case "arrives": {
            const named = transactionOf(chainId, wishOf(state, happening.wish, lab.tipMs));
            const expected = afresh(named);
            expect(lab.admit(named)).toBe(expected);
            if (expected === "admitted") admitted += 1;
            break;
          }
          case "block": {
            const block = lab.offered().slice(0, happening.size).map(wishBehind);
            expect(finalize(block)).toBe(block.length);
            break;
          }
          case "foreign":
            finalize([wishOf(state, { ...happening.wish, ahead: 0 }, lab.tipMs + 1)]);
            break;
          case "quarantine": {
            const hash = pool.hashes(10)[happening.at];
            if (hash !== undefined) pool.quarantine(hash);
          }
        }
        const block = lab.block();
        const verdicts = lab.offered().map((named) => block.apply(wishBehind(named)));
        expect(verdicts.filter((verdict) => verdict !== "applied")).toEqual([]);
      }
    }),
    { numRuns: 100 },
  );
  expect(admitted).toBeGreaterThan(100);
});
