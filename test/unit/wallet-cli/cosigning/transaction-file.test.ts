/**
 * The transaction file: what is written is read, and whatever else is refused with the place that is wrong.
 * @module
 */
import { expect, test } from "vitest";
import { toHex } from "../../../../src/base/bytes.ts";
import { encode } from "../../../../src/codec/codec.ts";
import { nobleHasher } from "../../../../src/crypto/hash.ts";
import { nameTransaction, transactionCodec } from "../../../../src/protocol/transaction.ts";
import {
  formatTransactionFile,
  parseTransactionFile,
  transactionFileBytesMax,
} from "../../../../wallet-cli/cosigning/transaction-file.ts";
import {
  accountOf,
  chainId,
  draft,
  payment,
  policyOf,
  signed,
  signers,
  someone,
  team,
} from "../transactions.ts";

const [first, second, third] = signers;
const whole = signed(draft([team]), first, third);

// biome-ignore lint/suspicious/noExplicitAny: each case changes another part of it.
const jsonOf = (): any => JSON.parse(formatTransactionFile(whole));
const reasonOf = (json: unknown): string | undefined => {
  const parsed = parseTransactionFile(JSON.stringify(json));
  return parsed.ok ? undefined : parsed.reason;
};

test("what is written is read again, with the id that a node computes", () => {
  const parsed = parseTransactionFile(formatTransactionFile(whole));
  expect(parsed).toEqual({ ok: true, value: whole });
  const named = nameTransaction(nobleHasher, chainId, {
    kind: "signed",
    transaction: whole.transaction,
    authorizations: whole.authorizations,
  });
  expect(parsed.ok && parsed.value.id).toBe(named.id);
});

test("a file holds exactly its agreed fields, and no id", () => {
  expect(jsonOf()).toEqual({
    kind: "quorate-transaction",
    version: 1,
    chainId,
    transaction: toHex(encode(transactionCodec, whole.transaction)),
    authorizations: [
      {
        account: accountOf(team),
        policy: { threshold: 2, keys: team.keys },
        signatures: [
          {
            keyIndex: 0,
            signature: toHex(whole.authorizations[0]?.signatures[0]?.signature ?? new Uint8Array()),
          },
          {
            keyIndex: 2,
            signature: toHex(whole.authorizations[0]?.signatures[1]?.signature ?? new Uint8Array()),
          },
        ],
      },
    ],
  });
});

test("an account whose policy nobody has stated is missing, and may be", () => {
  const other = policyOf(1, [second]);
  const swap = draft([team], [payment(), payment(accountOf(other))]);
  const parsed = parseTransactionFile(formatTransactionFile(swap));
  expect(parsed.ok && parsed.value.authorizations.map(({ account }) => account)).toEqual([
    accountOf(team),
  ]);
});

// biome-ignore lint/suspicious/noExplicitAny: see above.
const flaws: readonly [string, (json: any) => void, RegExp][] = [
  ["another kind", (j) => Object.assign(j, { kind: "quorate-receipt" }), /^kind: /],
  ["a later version", (j) => Object.assign(j, { version: 2 }), /^version: /],
  ["an id", (j) => Object.assign(j, { id: "00".repeat(32) }), /^id: is not a known key/],
  ["no chain", (j) => delete j.chainId, /^chainId: is missing/],
  ["another chain", (j) => Object.assign(j, { chainId: "cd".repeat(32) }), /^chainId: is not that/],
  ["upper case", (j) => Object.assign(j, { chainId: "AB".repeat(32) }), /^chainId: must be 64/],
  [
    "bytes behind",
    (j) => Object.assign(j, { transaction: `${j.transaction}00` }),
    /^transaction: is not/,
  ],
  [
    "half a byte",
    (j) => Object.assign(j, { transaction: `${j.transaction}0` }),
    /^transaction: must be/,
  ],
  [
    "too many bytes",
    (j) => Object.assign(j, { transaction: "00".repeat(33_000) }),
    /^transaction: is longer/,
  ],
  [
    "a stranger",
    (j) => Object.assign(j.authorizations[0], { account: someone }),
    /does not act for it/,
  ],
  [
    "one twice",
    (j) => j.authorizations.push(j.authorizations[0]),
    /^authorizations\[1\]\.account: is out of order/,
  ],
  [
    "no threshold",
    (j) => Object.assign(j.authorizations[0].policy, { threshold: 0 }),
    /policy: policy threshold/,
  ],
  [
    "a high threshold",
    (j) => Object.assign(j.authorizations[0].policy, { threshold: 4 }),
    /policy: policy threshold/,
  ],
  ["no keys", (j) => Object.assign(j.authorizations[0].policy, { keys: [] }), /policy: has no key/],
  [
    "keys in disorder",
    (j) => j.authorizations[0].policy.keys.reverse(),
    /policy: policy keys are not/,
  ],
  [
    "17 keys",
    (j) =>
      Object.assign(j.authorizations[0].policy, {
        keys: Array(17).fill(j.authorizations[0].policy.keys[0]),
      }),
    /keys: has more than 16/,
  ],
  [
    "a weight of 256",
    (j) => Object.assign(j.authorizations[0].policy.keys[0], { weight: 256 }),
    /weight: must be at most 255/,
  ],
  [
    "a short signature",
    (j) => Object.assign(j.authorizations[0].signatures[0], { signature: "00" }),
    /signature: must be 128/,
  ],
  [
    "a key that is none",
    (j) => Object.assign(j.authorizations[0].signatures[1], { keyIndex: 3 }),
    /keyIndex: names no key/,
  ],
  [
    "a key twice",
    (j) => Object.assign(j.authorizations[0].signatures[1], { keyIndex: 0 }),
    /keyIndex: is not above/,
  ],
  [
    "a number as text",
    (j) => Object.assign(j.authorizations[0].signatures[0], { keyIndex: "0" }),
    /keyIndex: must be a whole number/,
  ],
];

test.each(flaws)("a file with %s is refused, and the place is named", (_name, change, reason) => {
  const json = jsonOf();
  change(json);
  expect(reasonOf(json)).toMatch(reason);
});

test("an operation that names the sender is refused: nodes would", () => {
  const json = JSON.parse(formatTransactionFile(draft([team], [payment(accountOf(team))])));
  expect(reasonOf(json)).toMatch(/^transaction: operation 0 names the sender/);
});

test("more than eight accounts are refused: no node would take them", () => {
  const froms = Array.from({ length: 8 }, (_, i) => `0${i}`.repeat(32) as typeof someone);
  expect(
    reasonOf(
      JSON.parse(
        formatTransactionFile(
          draft(
            [team],
            froms.map((from) => payment(from)),
          ),
        ),
      ),
    ),
  ).toMatch(/more than 8 accounts/);
});

test("what is no JSON, or too large, is refused before it is read", () => {
  expect(parseTransactionFile("{")).toEqual({ ok: false, reason: "the text is not JSON" });
  const large = formatTransactionFile(whole) + " ".repeat(transactionFileBytesMax);
  expect(parseTransactionFile(large)).toEqual({ ok: false, reason: "the file is too large" });
});
