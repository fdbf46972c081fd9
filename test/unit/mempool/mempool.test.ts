/**
 * The mempool: one verdict each, order, bounds, and what leaves when blocks become final.
 * @module
 */
import { describe, expect, test } from "vitest";
import type { MempoolOptions } from "../../../src/mempool/mempool.ts";
import type { AssetId, Digest } from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { type Parameters, standardParameters } from "../../../src/protocol/parameters.ts";
import { accountKey, encodeAccount, readAccount } from "../../../src/protocol/state.ts";
import { type NamedSigned, nameTransaction } from "../../../src/protocol/transaction.ts";
import { endow } from "../../fixtures/operations.ts";
import {
  alice,
  bob,
  carol,
  chainIdFor,
  dave,
  genesisOf,
  type Holder,
  hasher,
  holder,
  minuteMs,
  native,
  startMs,
  transactionOf,
  verified,
  type Wish,
} from "../../fixtures/small-ledger.ts";
import { SmallPool } from "../../fixtures/small-pool.ts";

const genesis = genesisOf({
  balances: [
    [alice, 10_000n],
    [bob, 5_000n],
    [carol, 0n],
  ],
});
const chainId = chainIdFor(genesis);
const shells = "5e".repeat(32) as AssetId;

function open(
  options: Partial<MempoolOptions> = {},
  parameters: Partial<Parameters> = {},
  wallMs: number = startMs,
) {
  const lab = new SmallPool(genesis, options);
  const { pool, state } = lab;
  const changed = { wallMs, parameters: { ...standardParameters, ...parameters } };
  const context = lab.context(changed);
  const admit = (named: NamedSigned) => lab.admit(named, changed);
  const put = ({ account }: Holder, entry: { nonce?: number; balance?: bigint; flags?: number }) =>
    state.rows.set(
      accountKey(account),
      encodeAccount({
        nonce: 0,
        balance: 0n,
        flags: 0,
        authHash: account as string as Digest,
        ...entry,
      }),
    );
  /** In the order in which they would go into a block on the final tip. */
  const order = (excluded: readonly NamedSigned[] = [], ahead: Record<string, number> = {}) => {
    const hashes = new Set(excluded.map(({ contentHash }) => contentHash));
    return [
      ...pool.candidates(
        (hash) => hashes.has(hash),
        (account) => ahead[account] ?? readAccount(state, account).nonce,
      ),
    ];
  };
  return { pool, context, state, admit, put, order };
}

const pay = (wish: Partial<Wish> = {}): NamedSigned =>
  transactionOf(chainId, { from: alice, operations: [native(bob, 1n)], ...wish });
const shellsTo = (to: Holder, amount: bigint): Operation => ({
  from: undefined,
  body: { kind: "transfer", to: to.account, asset: shells, amount },
});
const idsOf = (transactions: readonly NamedSigned[]) => transactions.map(({ id }) => id);

describe("admission refuses", () => {
  const cases: readonly (readonly [string, Partial<Wish>, Partial<Parameters>])[] = [
    ["wrong_chain", { chain: "00000000" }, {}],
    ["amount_zero", { operations: [native(bob, 0n)] }, {}],
    ["self_transfer", { operations: [native(alice, 1n)] }, {}],
    ["fee_too_low", { fee: 9n }, { baseFee: 10n }],
    ["expired", { expiryMs: startMs }, {}],
    ["expiry_too_far", { expiryMs: startMs + 31 * 24 * 60 * minuteMs }, {}],
    ["policy_mismatch", { from: { ...alice, policy: bob.policy } }, {}],
    ["nonce_too_high", { nonce: 64 }, {}],
    ["insufficient_balance", { operations: [native(bob, 10_001n)] }, {}],
    ["insufficient_balance", { operations: [native(bob, 10_000n)], fee: 1n }, {}],
    ["insufficient_balance", { from: dave }, {}],
    ["asset_unknown", { operations: [shellsTo(bob, 1n)] }, {}],
    ["below_account_minimum", { operations: [native(dave, 9n)] }, { accountMinimum: 10n }],
  ];
  test.each(cases)("%s, before and after signatures are checked", (code, wish, parameters) => {
    const { pool, context, admit } = open({}, parameters);
    expect(pool.precheck(pay(wish), context)).toBe(code);
    expect(admit(pay(wish))).toBe(code);
    expect(pool.isEmpty).toBe(true);
  });

  test("authorization_missing and threshold_not_met before signatures are checked", () => {
    const { pool, context } = open();
    const unsigned = pay({ operations: [native(alice, 1n, bob)] });
    expect(pool.precheck(unsigned, context)).toBe("authorization_missing");
    const { signed } = pay();
    const [only] = signed.authorizations;
    const policy = { ...alice.policy, threshold: 2 };
    const authorizations = only === undefined ? [] : [{ ...only, policy }];
    const weak = nameTransaction(hasher, chainId, { ...signed, authorizations });
    expect(pool.precheck(weak, context)).toBe("threshold_not_met");
  });

  test("nonce_too_low, too_large and memo_required by the state and the parameters", () => {
    const { admit, put } = open();
    put(alice, { nonce: 2, balance: 10n });
    expect(admit(pay({ nonce: 1 }))).toBe("nonce_too_low");
    expect(admit(pay({ nonce: 2 }))).toBe("admitted");
    put(bob, { flags: 1 });
    expect(admit(pay({ nonce: 3 }))).toBe("memo_required");
    expect(admit(pay({ nonce: 3, memo: Uint8Array.of(1) }))).toBe("admitted");
    const { bytes } = pay({ nonce: 4 });
    const tight = open({}, { maxTransactionBytes: BigInt(bytes.length - 1) });
    expect(tight.admit(pay())).toBe("too_large");
  });

  test("account_absent for another asset to an account that is not there", () => {
    const { admit, state } = open();
    endow(state, shells, [[alice, 3n]]);
    expect(admit(pay({ operations: [shellsTo(dave, 1n)] }))).toBe("account_absent");
    expect(admit(pay({ operations: [shellsTo(bob, 2n), shellsTo(bob, 2n)] }))).toBe(
      "insufficient_balance",
    );
    expect(admit(pay({ operations: [shellsTo(bob, 2n), shellsTo(bob, 1n)] }))).toBe("admitted");
  });

  test("expired when only the wall clock says so", () => {
    const { admit } = open({}, {}, startMs + 20 * minuteMs);
    expect(admit(pay())).toBe("expired");
  });

  test("nonce_taken for a second wish with the same nonce", () => {
    const { admit } = open();
    expect(admit(pay())).toBe("admitted");
    expect(admit(pay({ fee: 100n }))).toBe("nonce_taken");
  });

  test("quarantined for one that this node failed on, for good", () => {
    const { pool, admit } = open();
    expect(admit(pay())).toBe("admitted");
    pool.quarantine(pay().contentHash);
    expect(pool.isEmpty).toBe(true);
    expect(admit(pay())).toBe("quarantined");
  });
});

describe("a transaction that waits", () => {
  test("is known by its content hash and by its id", () => {
    const { pool, context, admit } = open();
    const named = pay();
    expect(admit(named)).toBe("admitted");
    expect(admit(named)).toBe("known");
    expect(pool.precheck(named, context)).toBeUndefined();
    expect(pool.has(named.contentHash)).toBe(true);
    expect(pool.get(named.contentHash)).toEqual(named);
    expect(pool.findById(named.id)).toEqual(named);
    expect(pool.bytesOf(named.contentHash)).toEqual(named.bytes);
    expect([pool.size, pool.bytes]).toEqual([1, named.bytes.length]);
  });

  test("with other signatures is the same wish; the first stays", () => {
    const { pool, admit } = open();
    const named = pay();
    const [own] = named.signed.authorizations;
    const signatures = [{ keyIndex: 0, signature: new Uint8Array(64).fill(9) }];
    const authorizations = own === undefined ? [] : [{ ...own, signatures }];
    const other = nameTransaction(hasher, chainId, { ...named.signed, authorizations });
    expect(other.id).toBe(named.id);
    admit(named);
    expect(admit(other)).toBe("known");
    expect(pool.hashes(10)).toEqual([named.contentHash]);
  });

  test("does not keep the frame alive that it came in", () => {
    const { pool, admit } = open();
    const named = pay();
    const frame = new Uint8Array(1_000_000);
    frame.set(named.bytes, 500);
    const bytes = frame.subarray(500, 500 + named.bytes.length);
    admit({ ...named, bytes });
    expect(pool.bytesOf(named.contentHash)?.buffer.byteLength).toBe(named.bytes.length);
  });

  test("reserves what it spends, for the sender and for whoever else pays", () => {
    const { admit } = open();
    expect(admit(pay({ operations: [native(bob, 9_000n)], fee: 500n }))).toBe("admitted");
    expect(admit(pay({ operations: [native(bob, 501n)], nonce: 1 }))).toBe("insufficient_balance");
    expect(admit(pay({ operations: [native(bob, 500n)], nonce: 1 }))).toBe("admitted");
    const shared = (nonce: number, amount: bigint) =>
      pay({ from: carol, operations: [native(carol, amount, bob)], others: [bob], nonce });
    expect(admit(shared(0, 4_000n))).toBe("admitted");
    expect(admit(shared(1, 1_001n))).toBe("insufficient_balance");
    expect(admit(pay({ from: bob, operations: [native(alice, 1_001n)] }))).toBe(
      "insufficient_balance",
    );
    expect(admit(shared(1, 1_000n))).toBe("admitted");
  });

  test("may spend within itself what it brought before", () => {
    const { admit } = open();
    const operations = [native(carol, 100n), native(dave, 60n, carol)];
    expect(admit(pay({ operations, others: [carol] }))).toBe("admitted");
  });

  test("counts in its sender's pending nonce up to the first gap", () => {
    const { pool, admit } = open();
    for (const nonce of [0, 1, 3]) expect(admit(pay({ nonce }))).toBe("admitted");
    expect(pool.pendingNonce(alice.account, 0)).toBe(2);
    expect(pool.pendingNonce(bob.account, 5)).toBe(5);
    admit(pay({ nonce: 2 }));
    expect(pool.pendingNonce(alice.account, 0)).toBe(4);
  });

  test("is one of 64 of its sender at most, of which the next nonce always finds room", () => {
    const { pool, admit } = open();
    for (let nonce = 63; nonce > 0; nonce -= 1) expect(admit(pay({ nonce }))).toBe("admitted");
    expect(pool.hasReady).toBe(false);
    expect(admit(pay({ nonce: 64 }))).toBe("nonce_too_high");
    expect(admit(pay({ nonce: 0 }))).toBe("admitted");
    expect(pool.size).toBe(64);
    expect(pool.hasReady).toBe(true);
  });
});

describe("the candidates for a block", () => {
  test("come best fee rate first, each sender's in the order of nonces", () => {
    const { admit, order } = open();
    const cheapFirst = [pay({ fee: 1n }), pay({ nonce: 1, fee: 900n })];
    const steady = [
      pay({ from: bob, operations: [native(alice, 1n)], fee: 100n }),
      pay({ from: bob, operations: [native(alice, 1n)], fee: 50n, nonce: 1 }),
    ];
    for (const named of [...cheapFirst.toReversed(), ...steady.toReversed()]) admit(named);
    expect(idsOf(order())).toEqual(idsOf([...steady, ...cheapFirst]));
  });

  test("of equal rate come as they arrived", () => {
    const { admit, order } = open();
    const first = pay({ from: bob, operations: [native(alice, 1n)] });
    admit(first);
    admit(pay());
    expect(idsOf(order())).toEqual(idsOf([first, pay()]));
  });

  test("end at a sender's gap", () => {
    const { admit, order } = open();
    for (const nonce of [0, 2]) admit(pay({ nonce }));
    expect(idsOf(order())).toEqual(idsOf([pay()]));
  });

  test("go on where the unfinal blocks below end", () => {
    const { admit, order } = open();
    const all = [0, 1, 2].map((nonce) => pay({ nonce }));
    for (const named of all) admit(named);
    const held = all.slice(0, 2);
    expect(idsOf(order(held, { [alice.account]: 2 }))).toEqual(idsOf(all.slice(2)));
  });

  test("leave out a sender whose nonce in an unfinal block was another wish", () => {
    const { admit, order } = open();
    for (const nonce of [0, 1]) admit(pay({ nonce }));
    expect(idsOf(order([], { [alice.account]: 1 }))).toEqual(idsOf([pay({ nonce: 1 })]));
  });

  test("ask for no nonce of a sender whose all are held below", () => {
    const { pool, admit } = open();
    admit(pay());
    const asked: string[] = [];
    const none = pool.candidates(
      () => true,
      (account) => {
        asked.push(account);
        return 1;
      },
    );
    expect([...none]).toEqual([]);
    expect(asked).toEqual([]);
  });

  test("may be read on while the pool changes", () => {
    const { pool, admit } = open();
    const others = ["e", "f", "g"].map(holder);
    for (const nonce of [0, 1, 2]) admit(pay({ nonce }));
    admit(pay({ from: bob, operations: [native(alice, 1n)] }));
    const walk = pool
      .candidates(
        () => false,
        () => 0,
      )
      [Symbol.iterator]();
    expect(walk.next().value?.id).toBe(pay().id);
    pool.quarantine(pay({ nonce: 1 }).contentHash);
    for (const from of others) admit(pay({ from }));
    expect(walk.next().value?.signed.transaction.sender).toBe(bob.account);
    expect(walk.next().done).toBe(true);
  });
});

describe("a full pool", () => {
  const others = Array.from({ length: 3 }, (_, i) => holder(`rich ${i}`));
  const fill = (options: Partial<MempoolOptions>) => {
    const opened = open(options);
    for (const other of others) opened.put(other, { balance: 10_000n });
    return opened;
  };
  const from = (sender: Holder | undefined, fee: bigint, nonce = 0) =>
    pay({ from: sender ?? alice, operations: [native(bob, 1n)], fee, nonce });

  test("makes room for one that pays more, at the cost of the cheapest sender's last", () => {
    const { pool, context, admit } = fill({ transactionsMax: 3 });
    const [a, b, c] = others;
    for (const named of [from(a, 30n), from(b, 90n), from(b, 10n, 1)]) admit(named);
    expect(pool.admit(verified(from(c, 11n)), context)).toEqual({
      kind: "admitted",
      evicted: [from(b, 10n, 1).id],
    });
    expect(pool.size).toBe(3);
    expect(admit(from(alice, 11n))).toBe("pool_full");
    expect(admit(from(alice, 31n))).toBe("admitted");
  });

  test("keeps what it has against equals", () => {
    const { admit } = fill({ transactionsMax: 1 });
    expect(admit(from(others[0], 5n))).toBe("admitted");
    expect(admit(from(others[1], 5n))).toBe("pool_full");
  });

  test("does not evict a sender's earlier transaction for its later one", () => {
    const { pool, admit } = fill({ transactionsMax: 1 });
    admit(from(others[0], 5n));
    expect(admit(from(others[0], 50n, 1))).toBe("pool_full");
    expect(pool.hasReady).toBe(true);
  });

  test("what waits behind a missing nonce goes first, whatever it promises", () => {
    const { pool, context, admit } = fill({ transactionsMax: 3 });
    const [a, b, c] = others;
    for (const nonce of [1, 2, 5]) expect(admit(from(a, 900n, nonce))).toBe("admitted");
    expect(pool.admit(verified(from(b, 1n)), context)).toEqual({
      kind: "admitted",
      evicted: [from(a, 900n, 5).id],
    });
    expect(admit(from(c, 900n, 1))).toBe("pool_full");
    expect(admit(from(c, 1n))).toBe("admitted");
    expect(pool.hasId(from(a, 900n, 2).id)).toBe(false);
  });

  test("once the missing nonce has come they are worth what they pay, and no more when it has gone", () => {
    const { pool, admit, context } = fill({ transactionsMax: 3 });
    const [a, b, c] = others;
    const first = pay({
      from: a ?? alice,
      operations: [native(bob, 1n)],
      fee: 900n,
      expiryMs: startMs + 1,
    });
    expect(admit(from(a, 900n, 1))).toBe("admitted");
    expect(admit(first)).toBe("admitted");
    expect(admit(from(b, 5n))).toBe("admitted");
    expect(admit(from(c, 1n))).toBe("pool_full");
    expect(pool.finalized([], context.state, startMs + 1)).toEqual([
      { kind: "expired", id: first.id },
    ]);
    expect(admit(from(c, 1n))).toBe("admitted");
    expect(admit(from(alice, 1n))).toBe("admitted");
    expect(pool.hasId(from(a, 900n, 1).id)).toBe(false);
  });

  test("is bounded in bytes, and changes nothing when not enough can be evicted", () => {
    const size = from(others[0], 5n).bytes.length;
    const { pool, admit, order } = fill({ bytesMax: 2 * size });
    admit(from(others[0], 1n));
    admit(from(others[1], 100n));
    const big = pay({
      from: others[2] ?? alice,
      operations: Array.from({ length: 10 }, () => native(bob, 1n)),
      fee: 90n,
    });
    expect(big.bytes.length).toBeGreaterThan(size);
    expect(admit(big)).toBe("pool_full");
    expect(idsOf(order())).toEqual(idsOf([from(others[1], 100n), from(others[0], 1n)]));
    expect(pool.bytes).toBe(2 * size);
    expect(pool.hasReady).toBe(true);
  });
});

describe("when a block becomes final", () => {
  test("what it holds leaves, and what has one of its nonces is superseded by it", () => {
    const { pool, state, admit, put } = open();
    const [mine, rival] = [pay({ nonce: 1 }), pay({ nonce: 1, fee: 3n })];
    for (const named of [pay(), mine, pay({ nonce: 2 })]) admit(named);
    put(alice, { nonce: 2, balance: 10n });
    expect(pool.finalized([pay(), rival], state, startMs)).toEqual([
      { kind: "included", id: pay().id },
      { kind: "superseded", id: mine.id, by: rival.id },
    ]);
    expect(pool.size).toBe(1);
    expect(pool.hasReady).toBe(true);
    expect(pool.pendingNonce(alice.account, 2)).toBe(3);
  });

  test("together with others, what any of them holds is included and nothing is held against the rest", () => {
    const { pool, state, admit, put } = open();
    const wishes = [0, 1, 2].map((nonce) => pay({ operations: [native(bob, 3_000n)], nonce }));
    for (const named of wishes) admit(named);
    put(alice, { nonce: 2, balance: 4_000n });
    expect(pool.finalized(wishes.slice(0, 2), state, startMs)).toEqual(
      wishes.slice(0, 2).map(({ id }) => ({ kind: "included", id })),
    );
    expect(pool.hashes(9)).toEqual([wishes[2]?.contentHash]);
  });

  test("what it is too late for has expired", () => {
    const { pool, state, admit } = open();
    admit(pay({ expiryMs: startMs + 10 }));
    admit(pay({ nonce: 1, expiryMs: startMs + 20 }));
    expect(pool.finalized([], state, startMs + 9)).toEqual([]);
    expect(pool.finalized([], state, startMs + 10)).toEqual([
      { kind: "expired", id: pay({ expiryMs: startMs + 10 }).id },
    ]);
    expect(pool.hasReady).toBe(false);
    expect(pool.finalized([], state, startMs + 20)).toHaveLength(1);
    expect(pool.isEmpty).toBe(true);
  });

  test("what its payers can no longer afford leaves, their last wishes first", () => {
    const { pool, state, admit, put, order } = open();
    const wishes = [0, 1, 2].map((nonce) => pay({ operations: [native(bob, 3_000n)], nonce }));
    for (const named of wishes) admit(named);
    const spent = pay({
      from: bob,
      operations: [native(carol, 3_000n, alice)],
      others: [alice],
    });
    put(alice, { balance: 7_000n });
    put(bob, { nonce: 1, balance: 5_000n });
    expect(pool.finalized([spent], state, startMs)).toEqual([
      { kind: "unaffordable", id: wishes[2]?.id },
    ]);
    expect(idsOf(order())).toEqual(idsOf(wishes.slice(0, 2)));
  });

  test("so do the wishes of others that its payers pay for", () => {
    const { pool, state, admit, put } = open();
    const shared = pay({ from: carol, operations: [native(dave, 4_000n, bob)], others: [bob] });
    admit(shared);
    put(bob, { nonce: 1, balance: 3_999n });
    const spent = pay({ from: bob, operations: [native(alice, 1_001n)] });
    expect(pool.finalized([spent], state, startMs)).toEqual([
      { kind: "unaffordable", id: shared.id },
    ]);
  });

  test("the next nonce of a sender becomes ready though its first came elsewhere", () => {
    const { pool, state, admit, put } = open();
    admit(pay({ nonce: 1 }));
    expect(pool.hasReady).toBe(false);
    put(alice, { nonce: 1, balance: 10n });
    expect(pool.finalized([pay()], state, startMs)).toEqual([]);
    expect(pool.hasReady).toBe(true);
  });
});
