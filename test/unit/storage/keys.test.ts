import { expect, test } from "vitest";
import { compareBytes, toHex } from "../../../src/base/bytes.ts";
import { type AccountId, type BlockId, height } from "../../../src/protocol/ids.ts";
import type { StateKey } from "../../../src/protocol/state.ts";
import {
  accountKey,
  accountRange,
  blockKey,
  chainKey,
  finalIdKey,
  finalizationKey,
  heightOfIdKey,
  heightRange,
  parseAccountKeyHeight,
  parseBlockKey,
  parseHeightKey,
  prefixes,
  proofKey,
  schemaKey,
  stateKey,
  tipKey,
  transactionKey,
  validatorsRowKey,
} from "../../../src/storage/keys.ts";

const id = "ab".repeat(32) as BlockId;
const account = "cd".repeat(32) as AccountId;
/** 2^40 + 2: both halves of the big-endian number are in use. */
const high = height(2 ** 40 + 2);
const hex = (text: string): string => toHex(new TextEncoder().encode(text));

test("each key is its letter, then its parts, integers big-endian", () => {
  const number = "0000010000000002";
  expect(toHex(blockKey(high, id))).toBe(`${hex("b")}${number}${id}`);
  expect(toHex(finalIdKey(high))).toBe(`${hex("h")}${number}`);
  expect(toHex(heightOfIdKey(id))).toBe(`${hex("i")}${id}`);
  expect(toHex(finalizationKey(high))).toBe(`${hex("f")}${number}`);
  expect(toHex(validatorsRowKey(high))).toBe(`${hex("v")}${number}`);
  expect(toHex(transactionKey("12".repeat(16) + "34".repeat(16)))).toBe(
    `${hex("t")}${"12".repeat(16)}`,
  );
  expect(toHex(accountKey(account, high))).toBe(`${hex("a")}${account}fffffefffffffffd`);
  expect(toHex(stateKey(`00${account}` as StateKey))).toBe(`${hex("s")}00${account}`);
});

test("no two rows of the ledger's own facts share a key", () => {
  const keys = [schemaKey, chainKey, tipKey, proofKey].map(toHex);
  expect(new Set(keys).size).toBe(4);
  expect(keys.every((key) => key.startsWith(hex("m")))).toBe(true);
});

test("no two kinds of rows share a letter, and the reserved letters are free", () => {
  const letters = Object.values(prefixes).map((code) => String.fromCharCode(code));
  expect([...letters].sort().join("")).toBe("abfhimstv");
});

test("a key gives back the height and the id that it was made of", () => {
  expect(parseBlockKey(blockKey(high, id))).toEqual({ height: high, id });
  expect(parseBlockKey(finalIdKey(high))).toBeUndefined();
  expect(parseHeightKey(finalIdKey(high))).toBe(high);
  expect(parseAccountKeyHeight(accountKey(account, high))).toBe(high);
});

const heights = [0, 1, 255, 256, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1].map(height);

test("keys by height sort as the heights do, an account's the other way", () => {
  const rising = heights.map(finalIdKey);
  expect(rising.toSorted(compareBytes)).toEqual(rising);
  const falling = heights.map((at) => accountKey(account, at));
  expect(falling.toSorted(compareBytes)).toEqual(falling.toReversed());
});

test("a range by height holds its first height and not its last", () => {
  const { from, to } = heightRange(prefixes.finalId, { from: height(5), to: height(9), limit: 1 });
  const inside = (at: number): boolean => {
    const key = finalIdKey(height(at));
    return compareBytes(key, from) >= 0 && compareBytes(key, to) < 0;
  };
  expect([4, 5, 8, 9].map(inside)).toEqual([false, true, true, false]);
});

test("an account's range holds its rows at and below a height, and nobody else's", () => {
  const { from, to } = accountRange(account, height(9), 1);
  const inside = (whose: AccountId, at: number): boolean => {
    const key = accountKey(whose, height(at));
    return compareBytes(key, from) >= 0 && compareBytes(key, to) < 0;
  };
  const next = `${"cd".repeat(31)}ce` as AccountId;
  expect([0, 9, 10].map((at) => inside(account, at))).toEqual([true, true, false]);
  expect([0, 9].map((at) => inside(next, at))).toEqual([false, false]);
});
