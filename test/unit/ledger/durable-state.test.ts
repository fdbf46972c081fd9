/**
 * What is proven about the state is about the last durable block, whatever became final or is being written since.
 * @module
 */
import { beforeEach, expect, test } from "vitest";
import { fromHex } from "../../../src/base/bytes.ts";
import { verifyStateProof } from "../../../src/crypto/state-proof.ts";
import { StateTree } from "../../../src/crypto/state-tree.ts";
import { FinalState, StateCorruption } from "../../../src/ledger/final-state.ts";
import { treeChanges } from "../../../src/ledger/genesis-state.ts";
import type { ExecutedBlock, Ledger } from "../../../src/ledger/ledger.ts";
import { accountKey, readAccount, type StateKey, statePath } from "../../../src/protocol/state.ts";
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
  type Rows,
  transactionOf,
} from "../../fixtures/small-ledger.ts";

let ledger: Ledger;
let rows: Rows;
let view: number;
const chainId = chainIdFor(genesisOf({ balances: [[alice, 1_000n]] }));

beforeEach(() => {
  ({ ledger, rows } = openLedger(genesisOf({ balances: [[alice, 1_000n]] })));
  view = 0;
});

/** A block in which alice pays one to somebody becomes final in memory. */
function pay(to: typeof bob): ExecutedBlock {
  view += 1;
  const { id } = ledger.tip;
  const { nonce } = readAccount(ledger.state(id), alice.account);
  const operations = [native(to, 1n)];
  const block = buildOn(
    ledger,
    id,
    [transactionOf(chainId, { from: alice, nonce, operations })],
    view,
  );
  const [executed] = ledger.finalize(block.id);
  if (executed === undefined) throw new Error("one block became final");
  return executed;
}

/** The proven balance at the durable tip, checked against its stateRoot; undefined: no such account. */
function provenBalance({ account }: typeof bob): bigint | undefined {
  const key = accountKey(account);
  const entry = ledger.prove(key);
  if (entry === undefined) throw new Error("not at this moment");
  const { value, path } = entry;
  const isShown = verifyStateProof(hasher, {
    root: fromHex(ledger.durableTip.header.stateRoot),
    path: statePath(hasher, key),
    valueHash: value && hasher.sha256(value),
    proof: path,
  });
  expect(isShown).toBe(true);
  return value && readAccount({ read: () => value }, account).balance;
}

const balances = () => [alice, bob, carol, dave].map(provenBalance);

test("final blocks are proven when they are durable, and one after the other", () => {
  const [first, second] = [pay(bob), pay(carol)];
  expect(ledger.tip.header.height).toBe(2);
  expect(ledger.durableTip.header.height).toBe(0);
  expect(balances()).toEqual([1_000n, undefined, undefined, undefined]);
  rows.write(first.changes);
  ledger.durable(1);
  expect(ledger.durableTip.id).toBe(first.block.id);
  expect(balances()).toEqual([999n, 1n, undefined, undefined]);
  rows.write(second.changes);
  ledger.durable(2);
  expect(balances()).toEqual([998n, 1n, 1n, undefined]);
});

test("while a block is being written its rows are not taken for those of the block before", () => {
  const first = pay(bob);
  rows.write(first.changes);
  expect(balances()).toEqual([1_000n, undefined, undefined, undefined]);
  ledger.durable(1);
  expect(balances()).toEqual([999n, 1n, undefined, undefined]);
});

test("blocks above the tip go on being executed, finalized and dropped while nothing is durable", () => {
  const [first, second] = [pay(bob), pay(bob)];
  const other = buildOn(ledger, ledger.tip.id, [], 90);
  const third = pay(bob);
  expect(ledger.position(other.id)).toBeUndefined();
  for (const [i, { changes }] of [first, second, third].entries()) {
    rows.write(changes);
    ledger.durable(i + 1);
    expect(provenBalance(bob)).toBe(BigInt(i + 1));
  }
});

test("a value that is neither on disk nor in memory any more is asked for again, a damaged one is corruption", () => {
  const tree = new StateTree({ hasher });
  const key = accountKey(bob.account);
  const [old, next] = [Uint8Array.of(1), Uint8Array.of(2)];
  const changesTo = (value: Uint8Array) => new Map<StateKey, Uint8Array>([[key, value]]);
  const apply = (value: Uint8Array) =>
    tree.apply(tree.committed, treeChanges(hasher, changesTo(value)));
  tree.commit(apply(old));
  const { id, header } = ledger.tip;
  let stored = old;
  const tip = { id, header, version: tree.committed };
  const state = new FinalState({ hasher, base: { read: () => stored }, tree, tip });
  expect(state.prove(key)?.value).toEqual(old);
  const above = { ...header, height: 1 as typeof header.height };
  state.append({ id, header: above, version: apply(next), changes: changesTo(next) });
  stored = next;
  expect(state.prove(key)).toBeUndefined();
  state.durable(1);
  expect(state.prove(key)?.value).toEqual(next);
  const again = new FinalState({
    hasher,
    base: { read: () => Uint8Array.of(9) },
    tree,
    tip: { ...tip, version: tree.committed },
  });
  expect(() => again.prove(key)).toThrow(StateCorruption);
});
