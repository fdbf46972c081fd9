/**
 * SHA-256: the examples of FIPS 180-4, and both hashers against OpenSSL on any bytes.
 * @module
 */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nativeHasher } from "../../node/adapters/native-crypto.ts";
import { toHex, utf8 } from "../../src/base/bytes.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";

const examples: readonly (readonly [string, string])[] = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
];

describe.each([
  { name: "noble", hasher: nobleHasher },
  { name: "sodium", hasher: nativeHasher },
])("$name", ({ hasher }) => {
  test("hashes the examples of FIPS 180-4", () => {
    expect(examples.map(([text]) => toHex(hasher.sha256(utf8(text))))).toEqual(
      examples.map(([, hash]) => hash),
    );
  });

  test("agrees with OpenSSL on any bytes, also on a view into a larger buffer", () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, fc.nat(300), (whole, start) => {
        const view = whole.subarray(Math.min(start, whole.length));
        const expected = createHash("sha256").update(view).digest("hex");
        expect(toHex(hasher.sha256(view))).toBe(expected);
      }),
    );
  });

  test("gives a new array each time, and leaves its argument alone", () => {
    const message = utf8("abc");
    const first = hasher.sha256(message);
    const second = hasher.sha256(utf8("abd"));
    expect(toHex(first)).toBe(examples[1]?.[1]);
    expect(toHex(second)).not.toBe(toHex(first));
    expect(message).toEqual(utf8("abc"));
  });
});
