/**
 * State entries: keys and values byte for byte, and how an absent account reads.
 * @module
 */
import { createHash } from "node:crypto";
import { bcs } from "@mysten/bcs";
import { expect, test } from "vitest";
import { decode, encode } from "../../../src/codec/codec.ts";
import { genesisState } from "../../../src/ledger/genesis-state.ts";
import type { AccountId, AssetId, Digest } from "../../../src/protocol/ids.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import {
  accountEntryCodec,
  accountKey,
  accountOfKey,
  balanceKey,
  encodeAccount,
  parametersKey,
  readAccount,
  readBalance,
  readParameters,
  readValidators,
  stateKeyOf,
  statePath,
  validatorsKey,
} from "../../../src/protocol/state.ts";
import { alice, genesisOf, hasher, Rows } from "../../fixtures/small-ledger.ts";

const account = "a1".repeat(32) as AccountId;
const asset = "b2".repeat(32) as AssetId;

test("a key is the kind and the BCS key, and its hash is the path", () => {
  expect(accountKey(account)).toBe(`00${"a1".repeat(32)}`);
  expect(balanceKey(account, asset)).toBe(`01${"a1".repeat(32)}${"b2".repeat(32)}`);
  expect([validatorsKey, parametersKey]).toEqual(["04", "06"]);
  const bytes = Buffer.from(accountKey(account), "hex");
  expect(stateKeyOf(bytes)).toBe(accountKey(account));
  const path = createHash("sha256").update(bytes).digest("hex");
  expect(Buffer.from(statePath(hasher, accountKey(account))).toString("hex")).toBe(path);
});

test("only an account entry's key names an account", () => {
  expect(accountOfKey(accountKey(account))).toBe(account);
  expect(accountOfKey(balanceKey(account, asset))).toBeUndefined();
  expect(accountOfKey(validatorsKey)).toBeUndefined();
});

test("an account entry has the bytes of the published encoding", () => {
  const reference = bcs.struct("Account", {
    nonce: bcs.u64(),
    balance: bcs.u64(),
    authHash: bcs.fixedArray(32, bcs.u8()),
    flags: bcs.u8(),
  });
  const entry = { nonce: 2 ** 40, balance: 2n ** 64n - 2n, flags: 1 };
  const expected = reference
    .serialize({ ...entry, authHash: Array.from({ length: 32 }, () => 0xc3) })
    .toBytes();
  const authHash = "c3".repeat(32) as Digest;
  expect(encodeAccount({ ...entry, authHash })).toEqual(expected);
  expect(decode(accountEntryCodec, expected)).toEqual({ ok: true, value: { ...entry, authHash } });
});

test("flags that are not known do not decode", () => {
  const authHash = account as string as Digest;
  const bytes = encode(accountEntryCodec, { nonce: 0, balance: 0n, authHash, flags: 0 });
  bytes[bytes.length - 1] = 2;
  expect(decode(accountEntryCodec, bytes).ok).toBe(false);
});

test("what was never written reads as nothing, with the account's id as policy hash", () => {
  const rows = new Rows();
  expect(readAccount(rows, account)).toEqual({
    exists: false,
    nonce: 0,
    balance: 0n,
    authHash: account,
    flags: 0,
  });
  expect(readBalance(rows, account, asset)).toBe(0n);
});

test("the state of a genesis holds its accounts, its validators twice and its parameters twice", () => {
  const genesis = genesisOf({ balances: [[alice, 9n]] });
  const rows = new Rows();
  rows.write(genesisState(genesis));
  expect(rows.rows.size).toBe(3);
  expect(readAccount(rows, alice.account)).toMatchObject({ exists: true, nonce: 0, balance: 9n });
  const { validators } = genesis;
  expect(readValidators(rows)).toEqual({ previous: [], current: validators, next: validators });
  expect(readParameters(rows)).toEqual({ current: standardParameters, next: standardParameters });
});
