/**
 * A record that was signed before is found again, so that the same command does not write a second version.
 * @module
 */
import { expect, test } from "vitest";
import { fromHex, utf8 } from "../../../../src/base/bytes.ts";
import { encode } from "../../../../src/codec/codec.ts";
import { createNobleSigner } from "../../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../../src/crypto/hash.ts";
import type { AccountId, ChainId, Digest } from "../../../../src/protocol/ids.ts";
import { accountIdOf, singleKeyPolicy } from "../../../../src/protocol/policy.ts";
import {
  chainTag,
  signedTransactionCodec,
  signWithSingleKey,
} from "../../../../src/protocol/transaction.ts";
import { type RecordWish, versionSigned } from "../../../../wallet-cli/ledger/records.ts";
import { entryOf, type OutboxEntry } from "../../../../wallet-cli/outbox/outbox-entry.ts";

const chainId: ChainId = "5a".repeat(32) as ChainId;
const signer = createNobleSigner(fromHex("a1".repeat(32)));
const policy = singleKeyPolicy(signer.publicKey);
const sender: AccountId = accountIdOf(nobleHasher, policy);
const wanted: RecordWish = {
  ...{ sender, memo: "", topic: "contracts", key: "c-1" },
  ...{ contentHash: "cd".repeat(32) as Digest, data: utf8("hi") },
};

function saved(version: number, different: Partial<RecordWish> = {}, more: object = {}) {
  const { memo, sender: by, ...written } = { ...wanted, ...different };
  const transaction = {
    ...{ chain: chainTag(chainId), sender: by, nonce: version, fee: 1n, expiryMs: 10 },
    memo: utf8(memo),
    operations: [{ from: undefined, body: { kind: "record", version, ...written } }] as const,
  };
  const bytes = encode(
    signedTransactionCodec,
    signWithSingleKey(chainId, transaction, policy, signer),
  );
  const notes = { from: "", createdMs: version, summary: "", facts: {}, isUnsent: false };
  const entry = entryOf(chainId, bytes, { ...notes, batch: undefined, ...more });
  if (!entry.ok) throw new Error("malformed");
  return entry.value;
}

const found = (entries: readonly OutboxEntry[], version?: number) =>
  versionSigned(entries, wanted, version);

test("the version of the same record and content is found, the oldest of several", () => {
  expect(found([])).toBeUndefined();
  expect(found([saved(3)])).toBe(3);
  expect(found([saved(3), saved(2), saved(4)])).toBe(2);
});

test("only the version that is asked for counts, when one is", () => {
  expect(found([saved(2), saved(3)], 3)).toBe(3);
  expect(found([saved(2)], 3)).toBeUndefined();
});

test.each([
  { what: "topic", different: { topic: "deals" } },
  { what: "key", different: { key: "c-2" } },
  { what: "hash", different: { contentHash: "ce".repeat(32) as Digest } },
  { what: "text", different: { data: utf8("ho") } },
  { what: "memo", different: { memo: "m" } },
])("another $what is another wish", ({ different }) => {
  expect(found([saved(2, different)])).toBeUndefined();
});

test("the row of a batch is not touched", () => {
  expect(found([saved(2, {}, { batch: "b" })])).toBeUndefined();
});
