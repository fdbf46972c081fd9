/**
 * The ledger: building and executing give the same block, every header rule is kept, branches live and die as they
 * should, and nothing the store says is believed unchecked.
 * @module
 */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import { StateTree } from "../../../src/crypto/state-tree.ts";
import { StateCorruption } from "../../../src/ledger/final-state.ts";
import { treeChanges } from "../../../src/ledger/genesis-state.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { type Block, blockIdOf, encodeBlock, type Header } from "../../../src/protocol/block.ts";
import type { BlockId } from "../../../src/protocol/ids.ts";
import { accountKey, encodeAccount, readAccount } from "../../../src/protocol/state.ts";
import type { NamedSigned } from "../../../src/protocol/transaction.ts";
import {
  alice,
  bob,
  buildOn,
  carol,
  chainIdFor,
  dave,
  genesisOf,
  hasher,
  native,
  openLedger,
  operator,
  place,
  type Rows,
  run,
  startMs,
  transactionOf,
  type Wish,
} from "../../fixtures/small-ledger.ts";

const genesis = genesisOf({
  balances: [
    [alice, 1_000n],
    [bob, 500n],
  ],
});
const chainId = chainIdFor(genesis);
const transaction = (wish: Wish) => transactionOf(chainId, wish);
const pay = (amount: bigint, nonce = 0, fee = 0n): NamedSigned =>
  transaction({ from: alice, operations: [native(bob, amount)], nonce, fee });

const balanceAt = (ledger: Ledger, id: BlockId, account = alice.account): bigint =>
  readAccount(ledger.state(id), account).balance;

function executeOn(ledger: Ledger, block: Block, atView: number = block.header.view) {
  const result = run(ledger.execute(block, place(atView)));
  return result.ok ? "executed" : result.reason;
}

/** The block with another header, named anew. */
function reheaded(block: Block, change: Partial<Header>): Block {
  const header = { ...block.header, ...change };
  return { ...block, header, id: blockIdOf(hasher, header) };
}

describe("a block that one ledger builds", () => {
  test("is executed by another to the same state", () => {
    const [builder, verifier] = [openLedger(genesis).ledger, openLedger(genesis).ledger];
    const first = buildOn(builder, builder.tip.id, [pay(10n, 0, 1n), pay(20n, 1, 2n)]);
    const second = buildOn(builder, first.id, [pay(30n, 2, 3n)], 2);
    expect(executeOn(verifier, first)).toBe("executed");
    expect(executeOn(verifier, second)).toBe("executed");
    expect(balanceAt(verifier, second.id)).toBe(1_000n - 60n - 6n);
    expect(balanceAt(verifier, second.id, operator.account)).toBe(6n);
    expect(balanceAt(verifier, first.id)).toBe(1_000n - 30n - 3n);
    expect(balanceAt(verifier, verifier.tip.id)).toBe(1_000n);
  });

  test("commits to its ancestors' ids, and to its own transactions", () => {
    const { ledger } = openLedger(genesis);
    const genesisId = ledger.tip.id;
    const first = buildOn(ledger, genesisId, [pay(1n)]);
    const second = buildOn(ledger, first.id, [], 2);
    const sha256 = (...parts: Uint8Array[]) =>
      createHash("sha256").update(Buffer.concat(parts)).digest();
    const leaf = (bytes: Uint8Array) => sha256(Uint8Array.of(0), bytes);
    const genesisLeaf = leaf(Buffer.from(genesisId, "hex"));
    const firstLeaf = leaf(Buffer.from(first.id, "hex"));
    expect(first.header.historyRoot).toBe(genesisLeaf.toString("hex"));
    const both = sha256(Uint8Array.of(1), genesisLeaf, firstLeaf);
    expect(second.header.historyRoot).toBe(both.toString("hex"));
    const body = leaf(first.transactions[0]?.bytes ?? new Uint8Array());
    expect(first.header.transactionsRoot).toBe(body.toString("hex"));
    expect(second.header.transactionsRoot).toBe(sha256().toString("hex"));
  });

  test("has as state root that of a tree over all entries", () => {
    const { ledger, rows } = openLedger(genesis);
    const block = buildOn(ledger, ledger.tip.id, [pay(10n, 0, 1n)]);
    for (const { changes } of ledger.finalize(block.id)) rows.write(changes);
    const tree = new StateTree({ hasher });
    const version = tree.apply(tree.empty, treeChanges(hasher, rows.rows));
    expect(toHex(tree.root(version))).toBe(block.header.stateRoot);
  });

  test("stands later than its parent, at the leader's clock if that is later", () => {
    const { ledger } = openLedger(genesis);
    const late = buildOn(ledger, ledger.tip.id, [], 1, startMs + 5_000);
    expect(late.header.timestampMs).toBe(startMs + 5_000);
    const next = buildOn(ledger, late.id, [], 2, startMs);
    expect(next.header.timestampMs).toBe(startMs + 5_001);
  });

  test("leaves out what does not apply, and says why, once for each sender", () => {
    const { ledger } = openLedger(genesis);
    const poor = transaction({ from: dave, operations: [native(bob, 1n)] });
    const later = transaction({ from: dave, operations: [native(bob, 1n)], nonce: 1 });
    const steps = ledger.build({
      parent: ledger.tip.id,
      ...place(1),
      wallMs: startMs,
      candidates: [poor, later, pay(1n)],
    });
    const built = run(steps);
    expect(built?.block.transactions.map(({ id }) => id)).toEqual([pay(1n).id]);
    expect(built?.dropped).toEqual([
      { contentHash: poor.contentHash, code: "insufficient_balance" },
    ]);
  });

  test("is not built on a parent that is not known", () => {
    const { ledger } = openLedger(genesis);
    const parent = "99".repeat(32) as BlockId;
    const options = { parent, ...place(1), wallMs: startMs, candidates: [] };
    expect(run(ledger.build(options))).toBeUndefined();
  });
});

describe("a block stays within", () => {
  const small = genesisOf({
    balances: [[alice, 1_000_000n]],
    parameters: { maxBlockBytes: 64n * 1024n },
  });
  const smallChain = chainIdFor(small);
  const many = (count: number, perTransaction: number) =>
    Array.from({ length: count }, (_, nonce) =>
      transactionOf(smallChain, {
        from: alice,
        operations: Array.from({ length: perTransaction }, () => native(bob, 1n)),
        nonce,
      }),
    );

  test("maxBlockBytes, to the byte", () => {
    const { ledger } = openLedger(small);
    const block = buildOn(ledger, ledger.tip.id, many(200, 8));
    const next = block.transactions.length;
    const size = encodeBlock(block).length;
    expect(next).toBeLessThan(200);
    expect(size).toBeLessThanOrEqual(64 * 1024);
    expect(size + (many(next + 1, 8).at(-1)?.bytes.length ?? 0)).toBeGreaterThan(64 * 1024);
    const exact = openLedger(
      genesisOf({
        balances: [[alice, 1_000_000n]],
        parameters: { maxBlockBytes: 64n * 1024n },
      }),
    );
    expect(executeOn(exact.ledger, block)).toBe("executed");
  });

  test("maxBlockBytes when it is executed", () => {
    const big = openLedger(genesisOf({ balances: [[alice, 1_000_000n]] })).ledger;
    const block = buildOn(big, big.tip.id, []);
    const { ledger } = openLedger(small);
    const padded = { ...block, transactions: many(200, 8) };
    const header = { ...padded.header, parent: ledger.tip.id };
    expect(executeOn(ledger, { ...padded, header })).toBe("wrong_history_root");
    const { historyRoot } = buildOn(ledger, ledger.tip.id, []).header;
    expect(executeOn(ledger, reheaded(padded, { parent: ledger.tip.id, historyRoot }))).toBe(
      "too_many_bytes",
    );
  });

  test("maxBlockSignatures, in building and in executing", () => {
    const parameters = { maxBlockSignatures: 512n };
    const fewSignatures = genesisOf({ balances: [[alice, 1_000_000n]], parameters });
    const { ledger } = openLedger(fewSignatures);
    const candidates = Array.from({ length: 513 }, (_, nonce) =>
      transactionOf(chainIdFor(fewSignatures), {
        from: alice,
        operations: [native(bob, 1n)],
        nonce,
      }),
    );
    const block = buildOn(ledger, ledger.tip.id, candidates);
    expect(block.transactions).toHaveLength(512);
    const over = { ...block, transactions: candidates };
    expect(executeOn(ledger, reheaded(over, { timestampMs: startMs + 9 }))).toBe(
      "too_many_signatures",
    );
  });
});

describe("a block is refused when", () => {
  const { ledger } = openLedger(genesis);
  const good = buildOn(openLedger(genesis).ledger, ledger.tip.id, [pay(10n)]);
  const other = "77".repeat(32);
  const cases: readonly (readonly [string, Partial<Record<keyof Header, unknown>>])[] = [
    ["wrong_version", { version: 2 }],
    ["wrong_height", { height: 2 }],
    ["wrong_epoch", { epoch: 1 }],
    ["wrong_view", { view: 2 }],
    ["wrong_leader", { leader: alice.account }],
    ["time_not_later", { timestampMs: startMs }],
    ["wrong_history_root", { historyRoot: other }],
    ["wrong_validators", { validatorsHash: other }],
    ["wrong_next_validators", { nextValidatorsHash: other }],
    ["wrong_transactions_root", { transactionsRoot: other }],
    ["wrong_transactions_root", { transactionCount: 2 }],
    ["wrong_state_root", { stateRoot: other }],
    ["parent_unknown", { parent: other }],
  ];
  test.each(cases)("its header has the flaw %s (%o)", (flaw, change) => {
    const block = reheaded(good, change as Partial<Header>);
    expect(executeOn(ledger, block, 1)).toBe(flaw);
    expect(ledger.position(block.id)).toBeUndefined();
    expect(ledger.unfinal).toBe(0);
  });

  test("a transaction in it does not apply", () => {
    const { ledger: builder } = openLedger(genesis);
    const twice = { ...good, transactions: [pay(10n), pay(11n)] };
    const block = buildOn(builder, builder.tip.id, []);
    const hashes = twice.transactions.map(({ contentHash }) => Buffer.from(contentHash, "hex"));
    const root = createHash("sha256")
      .update(Buffer.concat([Buffer.of(1), ...hashes]))
      .digest("hex");
    const bad = reheaded(
      { ...block, transactions: twice.transactions },
      { transactionCount: 2, transactionsRoot: root as Header["transactionsRoot"] },
    );
    expect(executeOn(ledger, bad)).toBe("transaction_nonce_too_low");
  });

  test("and the unchanged block is taken, as often as it comes", () => {
    expect(executeOn(ledger, good)).toBe("executed");
    expect(executeOn(ledger, good)).toBe("executed");
    expect(ledger.unfinal).toBe(1);
  });
});

describe("branches over the final tip", () => {
  /** genesis — a1 — a2 — a3, and b2 on a1, and c1 on genesis. */
  function grown() {
    const { ledger, rows } = openLedger(genesis);
    const root = ledger.tip.id;
    const a1 = buildOn(ledger, root, [pay(1n)], 1);
    const a2 = buildOn(ledger, a1.id, [pay(10n, 1)], 2);
    const a3 = buildOn(ledger, a2.id, [pay(100n, 2)], 4);
    const b2 = buildOn(ledger, a1.id, [pay(20n, 1)], 3);
    const c1 = buildOn(ledger, root, [pay(2n)], 5);
    return { ledger, rows, root, a1, a2, a3, b2, c1 };
  }

  test("have a state each", () => {
    const { ledger, root, a3, b2, c1 } = grown();
    expect(ledger.unfinal).toBe(5);
    expect(balanceAt(ledger, root)).toBe(1_000n);
    expect(balanceAt(ledger, a3.id)).toBe(889n);
    expect(balanceAt(ledger, b2.id)).toBe(979n);
    expect(balanceAt(ledger, c1.id)).toBe(998n);
  });

  test("are dropped when they do not go through the block that became final", () => {
    const { ledger, root, a1, a2, a3, b2, c1 } = grown();
    const path = ledger.finalize(a2.id);
    expect(path.map(({ block }) => block.id)).toEqual([a1.id, a2.id]);
    expect(path.map(({ history }) => history.size)).toEqual([2, 3]);
    expect(ledger.tip.id).toBe(a2.id);
    expect([root, a1.id, b2.id, c1.id].map((id) => ledger.position(id))).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
    expect(ledger.unfinal).toBe(1);
    expect(balanceAt(ledger, a2.id)).toBe(989n);
    expect(balanceAt(ledger, a3.id)).toBe(889n);
    expect(executeOn(ledger, b2)).toBe("parent_unknown");
  });

  test("can be built upon and finalized again, before anything is durable", () => {
    const { ledger, a1, a3 } = grown();
    ledger.finalize(a1.id);
    ledger.finalize(a3.id);
    const a4 = buildOn(ledger, a3.id, [pay(50n, 3)], 6);
    expect(ledger.finalize(a4.id).map(({ block }) => block.id)).toEqual([a4.id]);
    expect(balanceAt(ledger, a4.id)).toBe(839n);
    expect(ledger.finalize(a4.id)).toEqual([]);
  });

  test("keep their states while the store catches up, height by height", () => {
    const { ledger, rows, a3 } = grown();
    const path = ledger.finalize(a3.id);
    for (const { block, changes } of path) {
      expect(balanceAt(ledger, a3.id)).toBe(889n);
      rows.write(changes);
      expect(balanceAt(ledger, a3.id)).toBe(889n);
      ledger.durable(block.header.height);
    }
    expect(balanceAt(ledger, a3.id)).toBe(889n);
    expect(balanceAt(ledger, a3.id, bob.account)).toBe(611n);
  });

  test("do not survive as readers", () => {
    const { ledger, a3, b2 } = grown();
    const state = ledger.state(b2.id);
    ledger.finalize(a3.id);
    expect(() => readAccount(state, alice.account)).toThrow("invariant");
  });

  test("do not become final before they are executed", () => {
    const { ledger } = grown();
    expect(() => ledger.finalize("99".repeat(32) as BlockId)).toThrow("invariant");
  });
});

describe("long work gives way", () => {
  const rich = genesisOf({ balances: [[alice, 1_000_000n]] });
  const richChain = chainIdFor(rich);
  const many = Array.from({ length: 1_100 }, (_, nonce) =>
    transactionOf(richChain, { from: alice, operations: [native(bob, 1n)], nonce }),
  );

  test("every 500 transactions, in building and executing", () => {
    const { ledger } = openLedger(rich);
    const building = ledger.build({
      parent: ledger.tip.id,
      ...place(1),
      wallMs: startMs,
      candidates: many,
    });
    expect(building.next().done).toBe(false);
    expect(building.next().done).toBe(false);
    const end = building.next();
    const block = end.done === true ? end.value?.block : undefined;
    expect(block?.transactions).toHaveLength(1_100);
    if (block === undefined) return;
    const executing = openLedger(rich).ledger.execute(block, place(1));
    expect(executing.next().done).toBe(false);
    expect(executing.next().done).toBe(false);
    expect(executing.next()).toEqual({ done: true, value: { ok: true, value: undefined } });
  });

  test("and ends without a block if its parent stops being a place to build on", () => {
    const { ledger } = openLedger(rich);
    const doomed = buildOn(ledger, ledger.tip.id, [], 1);
    const winner = buildOn(ledger, ledger.tip.id, [], 2);
    const building = ledger.build({
      parent: doomed.id,
      ...place(3),
      wallMs: startMs,
      candidates: many,
    });
    building.next();
    const other = openLedger(rich).ledger;
    executeOn(other, doomed);
    const block = buildOn(other, doomed.id, many, 3);
    const executing = ledger.execute(block, place(3));
    executing.next();
    ledger.finalize(winner.id);
    expect(building.next()).toEqual({ done: true, value: undefined });
    expect(executing.next().value).toEqual({ ok: false, reason: "parent_unknown" });
  });
});

describe("what the store says", () => {
  const broken = (damage: (rows: Rows) => void) => {
    const { ledger, rows } = openLedger(genesis);
    damage(rows);
    return () => readAccount(ledger.state(ledger.tip.id), alice.account);
  };
  const key = accountKey(alice.account);

  test("is refused when one bit of a value is flipped", () => {
    const read = broken((rows) => {
      const value = rows.rows.get(key)?.slice() ?? new Uint8Array(1);
      value[8] = (value[8] ?? 0) ^ 1;
      rows.rows.set(key, value);
    });
    expect(read).toThrow(StateCorruption);
  });

  test("is refused when an entry is gone", () => {
    expect(broken((rows) => rows.rows.delete(key))).toThrow(StateCorruption);
  });

  test("is refused when an entry came from nowhere", () => {
    const { ledger, rows } = openLedger(genesis);
    const authHash = ledger.tip.header.stateRoot;
    rows.rows.set(
      accountKey(carol.account),
      encodeAccount({ nonce: 0, balance: 5n, authHash, flags: 0 }),
    );
    expect(() => readAccount(ledger.state(ledger.tip.id), carol.account)).toThrow(StateCorruption);
  });

  test("ends the building and the executing of a block", () => {
    const good = buildOn(openLedger(genesis).ledger, openLedger(genesis).ledger.tip.id, [pay(1n)]);
    const { ledger, rows } = openLedger(genesis);
    rows.rows.delete(key);
    expect(() => executeOn(ledger, good)).toThrow(StateCorruption);
    expect(() => buildOn(ledger, ledger.tip.id, [pay(1n)])).toThrow(StateCorruption);
  });
});

test("a defect on one transaction costs that transaction its place, not the block", () => {
  const { ledger } = openLedger(genesis);
  const { signed } = pay(1n);
  const broken = { ...signed.transaction, memo: undefined as never };
  const trap = { ...pay(1n), signed: { ...signed, transaction: broken } };
  const fine = transaction({ from: bob, operations: [native(alice, 5n)] });
  const candidates = [trap, fine];
  const steps = ledger.build({ parent: ledger.tip.id, ...place(1), wallMs: startMs, candidates });
  const built = run(steps);
  expect(built?.block.transactions.map(({ id }) => id)).toEqual([fine.id]);
  expect(built?.dropped).toEqual([{ contentHash: trap.contentHash, code: "execution_threw" }]);
});

test("a position names the block, except at the tip, whose block is the store's", () => {
  const { ledger } = openLedger(genesis);
  const block = buildOn(ledger, ledger.tip.id, []);
  expect(ledger.position(block.id)?.block).toBe(block);
  ledger.finalize(block.id);
  expect(ledger.position(block.id)).toEqual({
    id: block.id,
    header: block.header,
    block: undefined,
  });
});
