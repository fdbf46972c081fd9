/**
 * A state that is carried over into a new genesis: exactly the one that is named, less who validates.
 */
import { describe, expect, test } from "vitest";
import { concatBytes, fromHex } from "../../../src/base/bytes.ts";
import { encode, u64 } from "../../../src/codec/codec.ts";
import { carryState, type StateRow } from "../../../src/ledger/carried-state.ts";
import {
  genesisState,
  nativeSupply,
  openGenesisLedger,
} from "../../../src/ledger/genesis-state.ts";
import { encodeStateRow, readStateFile, stateFileHead } from "../../../src/ledger/state-file.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import {
  type AssetId,
  type BlockId,
  type ChainId,
  type Digest,
  height,
  type PublicKey,
} from "../../../src/protocol/ids.ts";
import {
  balanceKey,
  readAccount,
  readBalance,
  type StateKey,
  validatorsKey,
} from "../../../src/protocol/state.ts";
import { alice, bob, genesisOf, hasher } from "../../fixtures/small-ledger.ts";

const asset = "ab".repeat(32) as AssetId;
const consensusKey = (n: number) => String(n).repeat(64) as PublicKey;
const old = genesisOf({
  validators: [alice, bob].map(({ account }, i) => ({
    consensusKey: consensusKey(i + 1),
    operator: account,
    name: `${i}`,
    endpoint: "",
  })),
  balances: [
    [alice, 1_000n],
    [bob, 7n],
  ],
  parameters: { baseFee: 5n },
});

/** The rows of the old ledger, with a holding of another asset, and their root. */
function oldState(): { readonly rows: readonly StateRow[]; readonly root: Digest } {
  const state = new Map(genesisState(old));
  state.set(balanceKey(alice.account, asset), encode(u64, 12n));
  const rows = [...state].map(([key, value]) => ({
    key: fromHex(key),
    value: value ?? new Uint8Array(),
  }));
  rows.sort((a, b) => Buffer.compare(a.key, b.key));
  const wrong = carryState(hasher, "00".repeat(32) as Digest, rows);
  if (wrong.ok) throw new Error("no state has this root");
  return { rows, root: wrong.reason };
}

const { rows, root } = oldState();

const heirOf = (stateRoot: Digest): Genesis => ({
  ...old,
  accounts: [],
  validators: old.validators.slice(1),
  previous: {
    chainId: "11".repeat(32) as ChainId,
    height: height(9),
    blockId: "22".repeat(32) as BlockId,
    stateRoot,
  },
});

function carried(): ReturnType<typeof openGenesisLedger> {
  const state = carryState(hasher, root, rows);
  if (!state.ok) throw new Error(state.reason);
  return openGenesisLedger(hasher, heirOf(root), state.value);
}

test("an empty state and one without the holding have other roots, so the root says which rows are meant", () => {
  const less = carryState(hasher, root, rows.slice(1));
  expect(less.ok).toBe(false);
  const more = [...rows, { key: fromHex(`01${bob.account}${asset}`), value: encode(u64, 1n) }];
  expect(carryState(hasher, root, more).ok).toBe(false);
  const changed = rows.map((row, i) => (i === 0 ? { ...row, value: Uint8Array.of(1) } : row));
  expect(carryState(hasher, root, changed).ok).toBe(false);
  expect(carryState(hasher, root, rows).ok).toBe(true);
});

test("the new ledger begins with every balance, and with the validators of its own genesis", () => {
  const { changes, header, chainId } = carried();
  const state = { read: (key: StateKey) => changes.get(key) };
  expect(readAccount(state, alice.account).balance).toBe(1_000n);
  expect(readAccount(state, bob.account).balance).toBe(7n);
  expect(readBalance(state, alice.account, asset)).toBe(12n);
  expect(nativeSupply(changes)).toBe(1_007n);
  expect(changes.get(validatorsKey)).toEqual(
    genesisState({ ...old, validators: old.validators.slice(1) }).get(validatorsKey),
  );
  expect(header.height).toBe(0);
  expect(header.parent).toBe(chainId);
  expect(header.stateRoot).not.toBe(root);
});

test("a genesis with a predecessor does not begin without its state, nor with another", () => {
  expect(() => openGenesisLedger(hasher, heirOf(root))).toThrow();
  const state = carryState(hasher, root, rows);
  if (!state.ok) throw new Error(state.reason);
  expect(() => openGenesisLedger(hasher, heirOf("33".repeat(32) as Digest), state.value)).toThrow();
  expect(() => openGenesisLedger(hasher, old, state.value)).toThrow();
});

describe("the file of a state", () => {
  const file = concatBytes(stateFileHead, ...rows.map(encodeStateRow));

  test("reads as the rows that were written", () => {
    expect(readStateFile(file)).toEqual({
      ok: true,
      value: rows.map(({ key, value }) => ({ key, value })),
    });
  });

  test("that is cut anywhere, or empty, is refused or holds another state", () => {
    for (let length = 0; length < file.length; length += 1) {
      const read = readStateFile(file.subarray(0, length));
      if (read.ok) expect(carryState(hasher, root, read.value).ok).toBe(false);
    }
  });

  test("with one changed byte anywhere is refused or holds another state", () => {
    for (let at = 0; at < file.length; at += 1) {
      const changed = file.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const read = readStateFile(changed);
      if (read.ok) expect(carryState(hasher, root, read.value).ok).toBe(false);
    }
  });

  test("whose rows are out of order or twice there is refused", () => {
    const [a, b] = rows.map(encodeStateRow);
    for (const pair of [
      [b, a],
      [a, a],
    ]) {
      const parts = pair.flatMap((part) => (part === undefined ? [] : [part]));
      expect(readStateFile(Buffer.concat([stateFileHead, ...parts]))).toEqual({
        ok: false,
        reason: "row 1 is not in order",
      });
    }
  });
});
