/**
 * What a person reads before a key signs: all of it, and nothing that somebody else's text could make of it.
 * @module
 */
import { expect, test } from "vitest";
import { utf8 } from "../../../../src/base/bytes.ts";
import { nobleHasher } from "../../../../src/crypto/hash.ts";
import { assetIdOf } from "../../../../src/protocol/assets.ts";
import type { AccountId, AssetId, Digest } from "../../../../src/protocol/ids.ts";
import type { OperationBody } from "../../../../src/protocol/operations.ts";
import { expiryOf } from "../../../../wallet-cli/cosigning/drafting.ts";
import {
  bytesText,
  operationWords,
  quoted,
  unitsCreatedIn,
} from "../../../../wallet-cli/ledger/transaction-words.ts";
import { payment, policyOf, someone, transactionOf } from "../transactions.ts";

const sender = "aa".repeat(32) as AccountId;
const gold = "60".repeat(32) as AssetId;
const context = {
  unit: { code: "QRT", decimals: 2 },
  addressOf: (account: AccountId) => `quo1${account.slice(0, 4)}`,
  names: new Map([[sender, "alice"]]),
  assets: new Map<AssetId, { id: AssetId; code: string; decimals: number; issuer: string }>(),
};

const wordsOf = (body: OperationBody, assets = context.assets): string => {
  const [only] = operationWords(transactionOf(sender, [{ from: undefined, body }]), {
    ...context,
    assets,
  });
  return only?.words ?? "";
};

test("a payment says who pays what to whom", () => {
  expect(operationWords(transactionOf(sender, [payment(undefined, 1_250n)]), context)).toEqual([
    { kind: "transfer", from: "quo1aaaa", words: "quo1aaaa (alice) pays 12.5 QRT to quo15e5e" },
  ]);
});

test("an asset is said in what is signed, base units and id, also where its unit is known", () => {
  const body = { kind: "transfer", to: someone, asset: gold, amount: 1_250n } as const;
  expect(wordsOf(body)).toContain(`pays 1250 base units of asset ${gold} to`);
  const known = new Map([[gold, { id: gold, code: "GOLD", decimals: 3, issuer: "quo1issuer" }]]);
  expect(wordsOf(body, known)).toContain(
    `pays 1.25 GOLD of quo1issuer (1250 base units of asset ${gold}) to`,
  );
});

test("an asset that the transaction itself creates is known from its own bytes", () => {
  const terms = { code: "NEW", decimals: 4, name: "", maxSupply: 0n };
  const transaction = transactionOf(sender, [
    { from: undefined, body: { kind: "create-asset", ...terms } },
  ]);
  const id = assetIdOf(nobleHasher, sender, "NEW");
  expect(unitsCreatedIn(transaction, context.addressOf).get(id)).toEqual({
    id,
    code: "NEW",
    decimals: 4,
    issuer: "quo1aaaa",
  });
});

test("every kind of operation has words of its own, with every field of it", () => {
  const policy = policyOf(2, undefined, [1, 2, 3]);
  const bodies: readonly OperationBody[] = [
    { kind: "create-asset", code: "NEW", decimals: 4, name: "gold", maxSupply: 20_000n },
    { kind: "mint", asset: gold, to: someone, amount: 7n },
    { kind: "burn", asset: gold, amount: 7n },
    {
      kind: "record",
      topic: "t",
      key: "k",
      version: 3,
      contentHash: "cc".repeat(32) as Digest,
      data: utf8("hi"),
    },
    { kind: "set-policy", policy },
    { kind: "set-account", requireMemo: true },
    { kind: "vote-parameter", parameter: 1, value: 5n },
    { kind: "vote-membership", change: { kind: "remove", operator: someone } },
  ];
  const words = bodies.map((body) => wordsOf(body));
  expect(words[0]).toContain('creates the asset NEW ("gold"), 4 decimals, at most 2 NEW');
  expect(words[1]).toContain(`mints 7 base units of asset ${gold} for quo15e5e`);
  expect(words[2]).toContain(`burns 7 base units of asset ${gold}`);
  expect(words[3]).toContain(`records "t" / "k", version 3: content ${"cc".repeat(32)}, data "hi"`);
  for (const { publicKey } of policy.keys) expect(words[4]).toContain(publicKey);
  expect(words[4]).toContain("2 of ");
  expect(words[4]).toContain("with weight 3");
  expect(words[5]).toContain("no payment without a memo");
  expect(words[6]).toContain("set baseFee to 5");
  expect(words[7]).toContain("remove the validator of quo15e5e");
});

test("no text of others can rewrite the terminal, reverse the line or end its own quotes", () => {
  expect(quoted('a"b\\')).toBe('"a\\"b\\\\"');
  expect(quoted("a\u001b[2Jb\u202ec\u2028d\u0085")).toBe(
    '"a\\u{1b}[2Jb\\u{202e}c\\u{2028}d\\u{85}"',
  );
  expect(bytesText(new Uint8Array([0xff, 0xfe]))).toBe("0xfffe");
  expect(bytesText(utf8("\ufeffx"))).toBe('"\\u{feff}x"');
});

test.each([
  [{ expiresAt: "2030-01-31T12:00:00Z" }, Date.UTC(2030, 0, 31, 12)],
  [{ expiresAt: "2030-01-31T12:00+02:00" }, Date.UTC(2030, 0, 31, 10)],
  [{ expiresIn: "2h" }, Date.UTC(2030, 0, 31) + 7_200_000],
  [{}, Date.UTC(2030, 0, 31) + 86_400_000],
])("%j is the time %i", (flags, expected) => {
  expect(expiryOf(flags, Date.UTC(2030, 0, 31))).toBe(expected);
});

test.each([
  [{ expiresAt: "2030-01-31T12:00:00" }, "bad_time"],
  [{ expiresAt: "2030-02-15" }, "bad_time"],
  [{ expiresAt: "2030-02-31T00:00:00Z" }, "bad_time"],
  [{ expiresAt: "2030-01-30T23:59:59Z" }, "expiry_passed"],
  [{ expiresAt: "2030-03-31T00:00:00Z" }, "expiry_too_far"],
  [{ expiresIn: "31d" }, "expiry_too_far"],
  [{ expiresIn: "30" }, "bad_duration"],
  [{ expiresIn: "1d", expiresAt: "2030-02-01T00:00:00Z" }, "two_expiries"],
])("%j is refused: %s", (flags, code) => {
  expect(() => expiryOf(flags, Date.UTC(2030, 0, 31))).toThrow(
    expect.objectContaining({ facts: expect.objectContaining({ code }) }),
  );
});
