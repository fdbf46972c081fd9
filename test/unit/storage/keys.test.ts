import { expect, test } from "vitest";
import { compareBytes, toHex } from "../../../src/base/bytes.ts";
import { type AccountId, type BlockId, type Digest, height } from "../../../src/protocol/ids.ts";
import {
  accountKey as accountStateKey,
  assetKey,
  recordKey,
  type StateKey,
} from "../../../src/protocol/state.ts";
import {
  accountKey,
  accountRange,
  blockKey,
  chainKey,
  contentKey,
  contentRange,
  finalIdKey,
  finalizationKey,
  heightOfIdKey,
  heightRange,
  historyRowKey,
  parseAccountKeyHeight,
  parseBlockKey,
  parseContentKey,
  parseHeightKey,
  prefixes,
  proofKey,
  recordVersionKey,
  schemaKey,
  stateKey,
  stateRangeFrom,
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
  expect(toHex(historyRowKey(high))).toBe(`${hex("n")}${number}`);
  expect(toHex(transactionKey("12".repeat(16) + "34".repeat(16)))).toBe(
    `${hex("t")}${"12".repeat(16)}`,
  );
  expect(toHex(accountKey(account, high))).toBe(`${hex("a")}${account}fffffefffffffffd`);
  expect(toHex(stateKey(`00${account}` as StateKey))).toBe(`${hex("s")}00${account}`);
});

test("records have keys by version, and by content where they stand", () => {
  const place = { account, topic: "é", key: "k" };
  const number = "0000010000000002";
  expect(toHex(recordVersionKey(place, high))).toBe(
    `${hex("r")}${account}02c3a901${hex("k")}${number}`,
  );
  const state = recordKey(account, place.topic, place.key).slice(2);
  expect(toHex(recordVersionKey(place, 1)).slice(2, -16)).toBe(state);
  const position = { height: high, index: 2 ** 31 + 5, operation: 63 };
  const content = "ef".repeat(32) as Digest;
  const key = contentKey(content, position);
  expect(toHex(key)).toBe(`${hex("c")}${content}${number}800000053f`);
  expect(parseContentKey(key)).toEqual(position);
  const { from, to } = contentRange(content, { from: position, to: high, limit: 1 });
  const isInside = (at: typeof position, of = content): boolean => {
    const one = contentKey(of, at);
    return compareBytes(one, from) >= 0 && compareBytes(one, to) < 0;
  };
  expect(isInside(position)).toBe(true);
  expect(isInside({ ...position, operation: 62 })).toBe(false);
  expect(isInside({ height: high, index: 2 ** 32 - 1, operation: 255 })).toBe(true);
  expect(isInside({ height: height(high + 1), index: 0, operation: 0 })).toBe(false);
  expect(isInside(position, `${"ef".repeat(31)}f0` as Digest)).toBe(false);
});

test("a range of state keys holds exactly those with its beginning, from a key on", () => {
  const holder = "ff".repeat(32) as AccountId;
  const range = (from?: StateKey): ((key: StateKey) => boolean) => {
    const { from: first, to } = stateRangeFrom(`01${holder}`, { from, limit: 1 });
    return (key) => compareBytes(stateKey(key), first) >= 0 && compareBytes(stateKey(key), to) < 0;
  };
  const balance = (asset: string, whose = holder): StateKey =>
    `01${whose}${asset.repeat(32)}` as StateKey;
  const all = range();
  expect([balance("00"), balance("ff")].map(all)).toEqual([true, true]);
  const outside = [balance("ff", account), accountStateKey(holder), assetKey(holder as never)];
  expect(outside.map(all)).toEqual([false, false, false]);
  expect([balance("40"), balance("41")].map(range(balance("41")))).toEqual([false, true]);
  expect(range(accountStateKey(holder))(accountStateKey(holder))).toBe(false);
  expect(range(assetKey(holder as never))(balance("ff"))).toBe(false);
});

test("no two rows of the ledger's own facts share a key", () => {
  const keys = [schemaKey, chainKey, tipKey, proofKey].map(toHex);
  expect(new Set(keys).size).toBe(4);
  expect(keys.every((key) => key.startsWith(hex("m")))).toBe(true);
});

test("no two kinds of rows share a letter", () => {
  const letters = Object.values(prefixes).map((code) => String.fromCharCode(code));
  expect([...letters].sort().join("")).toBe("abcfhimnrstv");
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
