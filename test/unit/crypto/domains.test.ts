import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { fromHex, toHex, utf8 } from "../../../src/base/bytes.ts";
import { signingBytes } from "../../../src/crypto/domains.ts";
import { domainBytes, hashWithDomain, nobleHasher } from "../../../src/crypto/hash.ts";

const chainId = "ab".repeat(32);

test("a domain is its text and one zero byte", () => {
  expect(toHex(domainBytes("quorate/block/1"))).toBe(
    `${Buffer.from("quorate/block/1").toString("hex")}00`,
  );
  expect(domainBytes("quorate/block/1")).toBe(domainBytes("quorate/block/1"));
});

test("a hash covers the domain, a zero byte and the parts in order", () => {
  const expected = createHash("sha256").update("quorate/asset/1\0onetwo").digest("hex");
  const hash = hashWithDomain(nobleHasher, "quorate/asset/1", utf8("one"), utf8("two"));
  expect(toHex(hash)).toBe(expected);
});

test("the same bytes under two domains have two hashes", () => {
  const block = hashWithDomain(nobleHasher, "quorate/block/1", utf8("x"));
  expect(toHex(hashWithDomain(nobleHasher, "quorate/asset/1", utf8("x")))).not.toBe(toHex(block));
});

test("what is signed is domain, zero byte, chain id, payload", () => {
  const bytes = signingBytes("quorate/notarize/1", chainId, Uint8Array.of(1, 2, 3));
  expect(Buffer.from(bytes.subarray(0, 19)).toString("latin1")).toBe("quorate/notarize/1\0");
  expect(bytes.subarray(19, 51)).toEqual(fromHex(chainId));
  expect([...bytes.subarray(51)]).toEqual([1, 2, 3]);
});

test("a chain id that is not 32 bytes of hex is a bug, not something to sign", () => {
  const payload = new Uint8Array(0);
  expect(() => signingBytes("quorate/nullify/1", "ab", payload)).toThrow("a chain id is 32 bytes");
  expect(() => signingBytes("quorate/nullify/1", "zz".repeat(32), payload)).toThrow(
    "lowercase hex",
  );
});
