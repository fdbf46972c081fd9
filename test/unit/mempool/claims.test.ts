/**
 * What there is only so much of in the pool: units of a holding, supply that may still be minted, the next version of a
 * record, a new asset's code. All that waits can happen together, so a crowd of which one could ever pay waits nowhere.
 * @module
 */
import { describe, expect, test } from "vitest";
import type { MempoolOptions } from "../../../src/mempool/mempool.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { assetOf, burn, createAsset, mint, record, send } from "../../fixtures/operations.ts";
import {
  alice,
  bob,
  carol,
  chainIdFor,
  dave,
  genesisOf,
  type Holder,
  holder,
  native,
  startMs,
  transactionOf,
  type Wish,
} from "../../fixtures/small-ledger.ts";
import { SmallPool, wishBehind } from "../../fixtures/small-pool.ts";

const crowd = Array.from({ length: 100 }, (_, i) => holder(`crowd ${i}`));
const genesis = genesisOf({
  balances: [alice, bob, carol, dave, ...crowd].map((one) => [one, 10_000n]),
});
const chainId = chainIdFor(genesis);
const gold = assetOf(alice, "GOLD");

/** Alice's asset of at most 200 exists: bob holds 64 of it, carol 1. Bob has a record in version 1. */
function open(options: Partial<MempoolOptions> = {}) {
  const lab = new SmallPool(genesis, options);
  const put = (wish: Wish) => lab.admit(transactionOf(chainId, wish));
  const finalize = (...wishes: readonly Wish[]) => lab.finalize(...wishes);
  /** Of all that waits, in the pool's order, how much a block over the tip would take. */
  const applicable = () => {
    const block = lab.block();
    const verdicts = lab.offered().map((named) => block.apply(wishBehind(named)));
    return verdicts.filter((verdict) => verdict === "applied").length;
  };
  const gifts = [mint(gold, bob, 64n), mint(gold, carol, 1n)];
  finalize(
    { from: alice, operations: [createAsset("GOLD", { maxSupply: 200n }), ...gifts] },
    { from: bob, operations: [record("t", "k", 1)] },
  );
  return { pool: lab.pool, put, finalize, applicable };
}

/** What the crowd asks for in the name of one account: each of its members 64 times. */
const asks = (named: Holder, operation: Operation, members = 50): readonly Wish[] =>
  crowd.slice(0, members).flatMap((from) =>
    Array.from({ length: 64 }, (_, nonce) => ({
      from,
      nonce,
      operations: [operation],
      others: [named],
    })),
  );

describe("of a crowd that can have only so much together", () => {
  const cases: readonly (readonly [string, string, Holder, Operation, number])[] = [
    ["the only unit of a holding", "insufficient_balance", carol, send(gold, bob, 1n, carol), 1],
    ["units of a holding", "insufficient_balance", bob, send(gold, dave, 10n, bob), 6],
    ["units to burn", "insufficient_balance", bob, burn(gold, 20n, bob), 3],
    ["what may still be minted", "supply_exceeded", alice, mint(gold, dave, 50n, alice), 2],
    ["an asset's code", "asset_exists", bob, createAsset("TIN", { from: bob }), 1],
    ["a first version", "record_version_not_next", dave, record("a", "b", 1, { from: dave }), 1],
  ];
  test.each(cases)(
    "%s: only so many wait, the others are told %s",
    (_, code, named, operation, n) => {
      const { pool, put, applicable } = open();
      const verdicts = asks(named, operation).map(put);
      expect(new Set(verdicts.slice(n))).toEqual(new Set([code]));
      expect(verdicts.length).toBe(3_200);
      expect(pool.size).toBe(n);
      expect(applicable()).toBe(n);
    },
  );

  test("6,400 next versions of a record: one waits", () => {
    const { pool, put } = open();
    let admitted = 0;
    for (const wish of asks(bob, record("t", "k", 2, { from: bob }), 100)) {
      if (put(wish) === "admitted") admitted += 1;
    }
    expect(admitted).toBe(1);
    expect(pool.size).toBe(1);
  });
});

describe("nobody honest is kept out", () => {
  test("a sender's 64 transfers that its holding covers", () => {
    const { put, applicable } = open();
    for (let nonce = 1; nonce <= 64; nonce += 1) {
      expect(put({ from: bob, nonce, operations: [send(gold, carol, 1n)] })).toBe("admitted");
    }
    expect(applicable()).toBe(64);
  });

  test("several senders that act for one holder, up to what it holds", () => {
    const { put, applicable } = open();
    const wish = (from: Holder, amount: bigint): Wish => ({
      from,
      operations: [send(gold, dave, amount, bob)],
      others: [bob],
    });
    const [first, second, third] = crowd;
    if (first === undefined || second === undefined || third === undefined) throw new Error();
    expect(put(wish(first, 30n))).toBe("admitted");
    expect(put(wish(second, 34n))).toBe("admitted");
    expect(put(wish(third, 1n))).toBe("insufficient_balance");
    expect(applicable()).toBe(2);
  });

  test("records of several keys, topics and accounts", () => {
    const { pool, put } = open();
    for (const [nonce, [topic, key]] of Object.entries([
      ["t", "k2"],
      ["t2", "k"],
      ["t2k", "k"],
      ["t", "2kk"],
    ])) {
      const operations = [record(topic ?? "", key ?? "", 1)];
      expect(put({ from: dave, nonce: Number(nonce), operations })).toBe("admitted");
    }
    expect(put({ from: carol, operations: [record("t", "k2", 1)] })).toBe("admitted");
    expect(pool.size).toBe(5);
  });

  test("what a step brings, a later one of the same transaction may spend", () => {
    const { put, applicable } = open();
    const operations = [
      mint(gold, dave, 135n, alice),
      burn(gold, 100n),
      mint(gold, dave, 100n, alice),
      send(gold, carol, 135n),
      record("t", "k", 1),
      record("t", "k", 2),
      createAsset("TIN"),
      mint(assetOf(dave, "TIN"), dave, 5n),
      send(assetOf(dave, "TIN"), bob, 5n),
    ];
    expect(put({ from: dave, operations, others: [alice] })).toBe("admitted");
    expect(put({ from: alice, nonce: 1, operations: [mint(gold, bob, 1n)] })).toBe(
      "supply_exceeded",
    );
    expect(put({ from: carol, operations: [send(gold, bob, 1n)] })).toBe("admitted");
    expect(applicable()).toBe(2);
  });
});

describe("what is free again", () => {
  test("a version, when the one before is final", () => {
    const { put, finalize } = open();
    const version = (number: number, nonce: number): Wish => ({
      from: bob,
      nonce,
      operations: [record("t", "k", number)],
    });
    expect(put(version(2, 1))).toBe("admitted");
    expect(put(version(2, 2))).toBe("record_version_not_next");
    expect(finalize(version(2, 1)).size).toBe(1);
    expect(put(version(2, 2))).toBe("record_version_not_next");
    expect(put(version(3, 2))).toBe("admitted");
  });

  test("units, when what held them is gone without having spent them", () => {
    const { pool, put, finalize } = open();
    const all = { from: bob, nonce: 2, operations: [send(gold, carol, 64n)] };
    expect(put({ ...all, expiryMs: startMs + 2 })).toBe("admitted");
    expect(put({ ...all, nonce: 1 })).toBe("insufficient_balance");
    expect([...finalize().values()]).toEqual(["expired"]);
    expect(put({ ...all, nonce: 1 })).toBe("admitted");
    expect(put({ ...all, nonce: 3 })).toBe("insufficient_balance");
    pool.quarantine(transactionOf(chainId, { ...all, nonce: 1 }).contentHash);
    expect(put({ ...all, nonce: 3 })).toBe("admitted");
  });

  test("units, when a block has brought more of them", () => {
    const { put, finalize } = open();
    const sendOn = (nonce: number) => ({ from: carol, nonce, operations: [send(gold, dave, 1n)] });
    expect(put(sendOn(0))).toBe("admitted");
    expect(put(sendOn(1))).toBe("insufficient_balance");
    expect(finalize({ from: bob, nonce: 1, operations: [send(gold, carol, 1n)] }).size).toBe(0);
    expect(put(sendOn(1))).toBe("admitted");
    expect(put(sendOn(2))).toBe("insufficient_balance");
  });

  test("what a better-paying newcomer has pushed out", () => {
    const { pool, put } = open({ transactionsMax: 1 });
    const version = { from: bob, nonce: 1, operations: [record("t", "k", 2)] };
    expect(put(version)).toBe("admitted");
    expect(put({ from: dave, operations: [native(bob, 1n)], fee: 500n })).toBe("admitted");
    expect(put({ ...version, fee: 1_000n })).toBe("admitted");
    expect(put({ from: dave, operations: [native(bob, 1n)] })).toBe("pool_full");
    expect(put({ ...version, nonce: 2, fee: 2_000n })).toBe("record_version_not_next");
    expect(pool.size).toBe(1);
  });
});

describe("when a final block leaves less than what waits needs", () => {
  test("as many as are covered stay, each sender's first ones", () => {
    const { pool, put, finalize, applicable } = open();
    for (let nonce = 64; nonce > 1; nonce -= 1) {
      expect(put({ from: bob, nonce, operations: [send(gold, carol, 1n)] })).toBe("admitted");
    }
    const gone = finalize({ from: bob, nonce: 1, operations: [burn(gold, 60n)] });
    expect([...gone.values()]).toEqual(Array(59).fill("insufficient_balance"));
    expect(pool.size).toBe(4);
    expect(applicable()).toBe(4);
  });

  test("what needs more than there is goes before what does not", () => {
    const { pool, put, finalize } = open();
    expect(put({ from: bob, nonce: 2, operations: [burn(gold, 50n)] })).toBe("admitted");
    const small = { from: carol, operations: [send(gold, dave, 5n, bob)], others: [bob] };
    expect(put(small)).toBe("admitted");
    expect(finalize({ from: bob, nonce: 1, operations: [burn(gold, 58n)] }).size).toBe(1);
    expect(pool.hashes(9)).toEqual([transactionOf(chainId, small).contentHash]);
  });

  test("of very many that one block spoils, all leave at once", () => {
    const { pool, put, finalize } = open();
    const create = (nonce: number) => createAsset(`T${nonce}`, { from: dave });
    for (const [i, from] of crowd.slice(0, 64).entries()) {
      const wish = { from, operations: [send(gold, carol, 1n, bob), create(i)] };
      expect(put({ ...wish, others: [bob, dave].toSorted(byAccount) })).toBe("admitted");
    }
    expect(finalize({ from: bob, nonce: 1, operations: [burn(gold, 64n)] }).size).toBe(64);
    expect(pool.isEmpty).toBe(true);
    expect(put({ from: dave, operations: [createAsset("T0")] })).toBe("admitted");
  });
});

const byAccount = (a: Holder, b: Holder): number => (a.account < b.account ? -1 : 1);
