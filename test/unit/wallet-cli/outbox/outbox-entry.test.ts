/**
 * The rules over saved transactions: which one a wish resumes, which nonce is free, and what their files say.
 * @module
 */
import { describe, expect, test } from "vitest";
import { fromHex, toHex, utf8 } from "../../../../src/base/bytes.ts";
import { encode } from "../../../../src/codec/codec.ts";
import { createNobleSigner } from "../../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../../src/crypto/hash.ts";
import {
  type AccountId,
  type ChainId,
  nativeAsset,
  type TransactionId,
} from "../../../../src/protocol/ids.ts";
import type { Operation } from "../../../../src/protocol/operations.ts";
import { accountIdOf, singleKeyPolicy } from "../../../../src/protocol/policy.ts";
import {
  chainTag,
  signedTransactionCodec,
  signWithSingleKey,
} from "../../../../src/protocol/transaction.ts";
import {
  type EntryNotes,
  entryOf,
  entryToResume,
  formatEntry,
  nextNonces,
  nonceInPlace,
  parseEntry,
  type Wish,
  wishKeyOf,
} from "../../../../wallet-cli/outbox/outbox-entry.ts";

const account = (digit: string) => digit.repeat(64) as AccountId;
const transfer = (amount: bigint, to = account("b")): Operation => ({
  from: undefined,
  body: { kind: "transfer", to, asset: nativeAsset, amount },
});
const wish: Wish = { sender: account("a"), memo: "rent", operations: [transfer(25n)] };
const saved = { wishKey: wishKeyOf(wish), createdMs: 2 };

test("the same wish is resumed", () => {
  expect(entryToResume([saved], wishKeyOf({ ...wish }))).toBe(saved);
});

test.each([
  { sender: account("c") },
  { memo: "" },
  { operations: [transfer(26n)] },
  { operations: [transfer(25n, account("c"))] },
  { operations: [transfer(25n), transfer(25n)] },
])("a wish with another part is not the same one (%#)", (difference) => {
  expect(entryToResume([saved], wishKeyOf({ ...wish, ...difference }))).toBeUndefined();
});

test("of two equal wishes the older is resumed", () => {
  const older = { ...saved, createdMs: 1 };
  expect(entryToResume([saved, older], saved.wishKey)).toBe(older);
});

test("a row of a batch is resumed by its batch alone", () => {
  expect(entryToResume([{ ...saved, batch: "payroll" }], saved.wishKey)).toBeUndefined();
});

const now = { pendingNonce: 5, wallMs: 1_000 };
const entry = (nonce: number, expiryMs = 2_000) => ({ nonce, expiryMs });

test("with an empty outbox the nodes' next nonce is free", () => {
  expect(nextNonces([], now, 1)).toEqual([5]);
});

test("without gaps it is one more than the highest saved one", () => {
  expect(nextNonces([entry(6), entry(5), entry(7)], now, 2)).toEqual([8, 9]);
});

test("saved nonces that the nodes already count do not matter", () => {
  expect(nextNonces([entry(3), entry(4)], now, 1)).toEqual([5]);
});

test("a gap that a refused payment left is filled", () => {
  expect(nextNonces([entry(5), entry(7)], now, 3)).toEqual([6, 8, 9]);
});

test("an expired payment holds its nonce no longer", () => {
  expect(nextNonces([entry(5, 999), entry(6)], now, 1)).toEqual([5]);
  expect(nextNonces([entry(5, 1_000), entry(6)], now, 1)).toEqual([7]);
});

const chainId = "ab".repeat(32) as ChainId;
const signer = createNobleSigner(fromHex("11".repeat(32)));
const policy = singleKeyPolicy(signer.publicKey);
const sender = accountIdOf(nobleHasher, policy);
const bytes = encode(
  signedTransactionCodec,
  signWithSingleKey(
    chainId,
    {
      ...{ chain: chainTag(chainId), sender, nonce: 7, expiryMs: 9_000, fee: 3n },
      ...{ memo: utf8("rent"), operations: [transfer(25n)] },
    },
    policy,
    signer,
  ),
);
const notes: EntryNotes = {
  ...{ from: "quo1alice", createdMs: 4, summary: "25 to bob", facts: { to: "bob" } },
  ...{ batch: undefined, isUnsent: false },
};

test.each([notes, { ...notes, isUnsent: true, batch: "payroll" }])(
  "an entry reads as it was written (%#)",
  (each) => {
    const made = entryOf(chainId, bytes, each);
    if (!made.ok) throw new Error(made.reason);
    expect(made.value).toMatchObject({ nonce: 7, expiryMs: 9_000, fee: 3n, memo: "rent" });
    expect(made.value.wishKey).toBe(wishKeyOf({ ...wish, sender }));
    expect(parseEntry(formatEntry(made.value), chainId)).toEqual(made);
  },
);

test("an entry of the first version of the wallet is still resumed by the same wish", () => {
  const old = {
    ...{ chainId, id: "00".repeat(32), from: "quo1alice", to: "quo1bob", asset: nativeAsset },
    ...{ amount: "25", memo: "rent", nonce: 7, expiryMs: 9_000, createdMs: 4 },
    ...{ bytes: toHex(bytes), fee: "3", unsent: true },
  };
  const read = parseEntry(JSON.stringify(old), chainId);
  if (!read.ok) throw new Error(read.reason);
  expect(read.value).toMatchObject({ from: "quo1alice", nonce: 7, isUnsent: true });
  expect(read.value.facts).toEqual({ to: "quo1bob", asset: nativeAsset, amount: "25" });
  expect(entryToResume([read.value], wishKeyOf({ ...wish, sender }))).toBe(read.value);
});

test("an entry of another network is told from a damaged one", () => {
  const made = entryOf(chainId, bytes, notes);
  const text = made.ok ? formatEntry(made.value) : "";
  const other = "cd".repeat(32) as ChainId;
  expect(parseEntry(text, other)).toEqual({ ok: false, reason: "another_network" });
  expect(parseEntry(text.replace(/"bytes": "00/, '"bytes": "02'), chainId)).toEqual({
    ok: false,
    reason: "malformed",
  });
});

describe("a wish that was refused before and is made anew", () => {
  const id = "1d".repeat(32) as TransactionId;
  const refused = { id, wishKey: saved.wishKey, nonce: 5, expiryMs: 2_000, isRefused: true };
  const of = { provenNonce: 5, wallMs: 1_000 };

  test("takes the nonce of the refused one: only one of the two can be applied", () => {
    const place = nonceInPlace([{ ...refused, batch: undefined }], saved.wishKey, of);
    expect(place).toEqual({ kind: "same", nonce: 5 });
  });

  test("takes any nonce when nothing of it was refused", () => {
    for (const other of [{ wishKey: "other" }, { batch: "payroll" }, { isRefused: undefined }]) {
      const entries = [{ ...refused, batch: undefined, ...other }];
      expect(nonceInPlace(entries, saved.wishKey, of)).toBeUndefined();
    }
  });

  test("is not signed while the refused one may have been applied, or another payment has its nonce", () => {
    const uncertain = { kind: "uncertain", id };
    const one = { ...refused, batch: undefined };
    expect(nonceInPlace([one], saved.wishKey, { ...of, provenNonce: 6 })).toEqual(uncertain);
    const expired = { ...one, expiryMs: 999 };
    expect(nonceInPlace([expired], saved.wishKey, { ...of, provenNonce: 6 })).toEqual(uncertain);
    const holder = { ...one, wishKey: "other", isRefused: undefined };
    expect(nonceInPlace([one, holder], saved.wishKey, of)).toEqual(uncertain);
    const gone = { ...holder, expiryMs: 999 };
    expect(nonceInPlace([one, gone], saved.wishKey, of)).toEqual({ kind: "same", nonce: 5 });
  });
});
