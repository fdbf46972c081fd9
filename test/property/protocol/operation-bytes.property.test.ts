/**
 * The bytes of operations 0 to 6, and of the state's assets and records, against an independent implementation of BCS.
 * @module
 */
import { bcs } from "@mysten/bcs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../../src/base/bytes.ts";
import { decode, encode } from "../../../src/codec/codec.ts";
import { assetEntryCodec } from "../../../src/protocol/assets.ts";
import type { AccountId, AssetId, PublicKey } from "../../../src/protocol/ids.ts";
import { type OperationBody, operationBodyCodec } from "../../../src/protocol/operations.ts";
import { recordEntryCodec } from "../../../src/protocol/records.ts";
import { assetKey, assetOfKey, recordKey, recordOfKey } from "../../../src/protocol/state.ts";

const id = bcs.bytes(32);
const Policy = bcs.struct("Policy", {
  threshold: bcs.u16(),
  keys: bcs.vector(bcs.struct("Key", { publicKey: id, weight: bcs.u8() })),
});
const Body = bcs.enum("OperationBody", {
  transfer: bcs.struct("Transfer", { to: id, asset: id, amount: bcs.u64() }),
  "create-asset": bcs.struct("CreateAsset", {
    code: bcs.string(),
    decimals: bcs.u8(),
    name: bcs.string(),
    maxSupply: bcs.u64(),
  }),
  mint: bcs.struct("Mint", { asset: id, to: id, amount: bcs.u64() }),
  burn: bcs.struct("Burn", { asset: id, amount: bcs.u64() }),
  record: bcs.struct("Record", {
    topic: bcs.string(),
    key: bcs.string(),
    version: bcs.u64(),
    contentHash: id,
    data: bcs.byteVector(),
  }),
  "set-policy": bcs.struct("SetPolicy", { policy: Policy }),
  "set-account": bcs.struct("SetAccount", { requireMemo: bcs.bool() }),
});

const hex32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
/** Of several scripts, without what may not stand in a text. */
const letters = fc.constantFrom("a", "Z", "0", " ", "/", "é", "€", "𝔸", "ß", "\u007f");
const words = (bytesMin: number) =>
  fc
    .array(letters, { minLength: bytesMin, maxLength: 20 })
    .map((list) => list.join(""))
    .filter((text) => new TextEncoder().encode(text).length <= 64);
const code = fc.stringMatching(/^[A-Z0-9]{1,12}$/);
const decimals = fc.integer({ min: 0, max: 18 });
const policy = fc.uniqueArray(hex32, { minLength: 1, maxLength: 16 }).chain((keys) =>
  fc.record({
    threshold: fc.integer({ min: 1, max: keys.length }),
    keys: fc.constant(
      keys.toSorted().map((publicKey) => ({ publicKey: publicKey as PublicKey, weight: 1 })),
    ),
  }),
);

const body = fc.oneof(
  fc.record({ kind: fc.constant("transfer"), to: hex32, asset: hex32, amount: u64 }),
  fc.record({
    kind: fc.constant("create-asset"),
    code,
    decimals,
    name: words(0),
    maxSupply: u64,
  }),
  fc.record({ kind: fc.constant("mint"), asset: hex32, to: hex32, amount: u64 }),
  fc.record({ kind: fc.constant("burn"), asset: hex32, amount: u64 }),
  fc.record({
    kind: fc.constant("record"),
    topic: words(1),
    key: words(1),
    version: fc.maxSafeNat(),
    contentHash: hex32,
    data: fc.uint8Array({ maxLength: 1_024 }),
  }),
  fc.record({ kind: fc.constant("set-policy"), policy }),
  fc.record({ kind: fc.constant("set-account"), requireMemo: fc.boolean() }),
) as fc.Arbitrary<OperationBody>;

/** Ids as bytes, everything else as it is: how the other implementation takes it. */
function plain(value: unknown): unknown {
  if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return fromHex(value);
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}

const theirs = ({ kind, ...fields }: OperationBody): Uint8Array =>
  Body.serialize({ [kind]: plain(fields) } as never).toBytes();

test("operations encode as another implementation encodes them, and decode to themselves", () => {
  fc.assert(
    fc.property(body, (value) => {
      const encoded = encode(operationBodyCodec, value);
      expect(toHex(encoded)).toBe(toHex(theirs(value)));
      expect(decode(operationBodyCodec, encoded)).toEqual({ ok: true, value });
    }),
    { numRuns: 400 },
  );
});

test("a number that no operation has does not decode", () => {
  for (const number of [9, 10, 127]) {
    const bytes = new Uint8Array(80);
    bytes[0] = number;
    const decoded = decode(operationBodyCodec, bytes);
    expect(decoded.ok ? undefined : decoded.reason.message).toBe(`unknown variant ${number}`);
  }
});

const create = { kind: "create-asset", code: "GOLD", decimals: 2, name: "", maxSupply: 0n };
const write = {
  kind: "record",
  topic: "t",
  key: "k",
  version: 1,
  contentHash: "c0".repeat(32),
  data: new Uint8Array(0),
};
const keyOf = (byte: string, weight = 1) => ({ publicKey: byte.repeat(32), weight });
const setPolicy = (threshold: number, ...keys: readonly object[]) => ({
  kind: "set-policy",
  policy: { threshold, keys },
});
const wrong: readonly (readonly [string, object])[] = [
  ["an empty code", { ...create, code: "" }],
  ["a code of 13", { ...create, code: "ABCDEFGHIJKLM" }],
  ["a code in small letters", { ...create, code: "gold" }],
  ["a code with a space", { ...create, code: "GO LD" }],
  ["a code in letters that only look like it", { ...create, code: "GОLD" }],
  ["19 decimals", { ...create, decimals: 19 }],
  ["a name of 65 bytes", { ...create, name: "é".repeat(32).concat("x") }],
  ["a name with a line break", { ...create, name: "a\nb" }],
  ["a topic of nothing", { ...write, topic: "" }],
  ["a topic of 65 bytes", { ...write, topic: "x".repeat(65) }],
  ["a topic with a zero byte", { ...write, topic: "a\0b" }],
  ["a key of nothing", { ...write, key: "" }],
  ["a key of 65 bytes", { ...write, key: "€".repeat(22) }],
  ["1025 bytes with a record", { ...write, data: new Uint8Array(1_025) }],
  ["a version of 2^53", { ...write, version: (2n ** 53n).toString() }],
  ["a policy without keys", setPolicy(1)],
  ["a policy of threshold 0", setPolicy(0, keyOf("aa"))],
  ["a policy that nobody can meet", setPolicy(3, keyOf("aa"), keyOf("bb"))],
  ["a key of no weight", setPolicy(1, keyOf("aa"), keyOf("bb", 0))],
  ["a key that is named twice", setPolicy(1, keyOf("aa"), keyOf("aa"))],
  ["keys out of order", setPolicy(1, keyOf("bb"), keyOf("aa"))],
  ["17 keys", setPolicy(1, ...Array.from({ length: 17 }, (_, i) => keyOf(`${10 + i}`)))],
];

test.each(wrong)("%s does not decode", (_, value) => {
  expect(decode(operationBodyCodec, theirs(value as OperationBody)).ok).toBe(false);
});

test("the largest of each do decode", () => {
  const most = [
    { ...create, code: "ABCDEFGHIJKL", decimals: 18, name: "é".repeat(32) },
    { ...write, topic: "x".repeat(64), key: "é".repeat(32), data: new Uint8Array(1_024) },
    { ...write, version: (2n ** 53n - 1n).toString() },
    setPolicy(255, keyOf("aa", 255)),
    setPolicy(16, ...Array.from({ length: 16 }, (_, i) => keyOf(`${10 + i}`))),
  ];
  for (const value of most) {
    expect(decode(operationBodyCodec, theirs(value as OperationBody)).ok).toBe(true);
  }
});

test("assets and records in the state", () => {
  const Asset = bcs.struct("AssetEntry", {
    issuer: id,
    code: bcs.string(),
    decimals: bcs.u8(),
    name: bcs.string(),
    maxSupply: bcs.u64(),
    supply: bcs.u64(),
  });
  const Entry = bcs.struct("RecordEntry", {
    version: bcs.u64(),
    contentHash: id,
    height: bcs.u64(),
  });
  const asset = fc.record({
    issuer: hex32,
    code,
    decimals,
    name: words(0),
    maxSupply: u64,
    supply: u64,
  });
  const entry = fc.record({
    version: fc.maxSafeNat(),
    contentHash: hex32,
    height: fc.maxSafeNat(),
  });
  fc.assert(
    fc.property(asset, entry, (one, other) => {
      const assetBytes = Asset.serialize(plain(one) as never);
      expect(toHex(encode(assetEntryCodec, one as never))).toBe(assetBytes.toHex());
      expect(decode(assetEntryCodec, assetBytes.toBytes())).toEqual({ ok: true, value: one });
      const entryBytes = Entry.serialize(plain(other) as never);
      expect(toHex(encode(recordEntryCodec, other as never))).toBe(entryBytes.toHex());
      expect(decode(recordEntryCodec, entryBytes.toBytes())).toEqual({ ok: true, value: other });
    }),
  );
});

test("their keys are the kind and the BCS of their names, and give the names back", () => {
  const Place = bcs.struct("Place", { account: id, topic: bcs.string(), key: bcs.string() });
  fc.assert(
    fc.property(hex32, words(1), words(1), (account, topic, key) => {
      const place = Place.serialize({ account: fromHex(account), topic, key });
      const ofRecord = recordKey(account as AccountId, topic, key);
      expect(ofRecord).toBe(`03${place.toHex()}`);
      expect(recordOfKey(ofRecord)).toEqual({ account, topic, key });
      expect(assetOfKey(ofRecord)).toBeUndefined();
      const ofAsset = assetKey(account as string as AssetId);
      expect(ofAsset).toBe(`02${account}`);
      expect(assetOfKey(ofAsset)).toBe(account);
      expect(recordOfKey(ofAsset)).toBeUndefined();
    }),
  );
});
