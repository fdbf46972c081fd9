/**
 * Derivation against the two published vectors of SLIP-0010 for ed25519.
 * https://github.com/satoshilabs/slips/blob/master/slip-0010.md#test-vectors
 * @module
 */
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../src/base/bytes.ts";
import { createNobleSigner } from "../../src/crypto/ed25519.ts";
import { deriveSeed } from "../../src/keys/derivation.ts";
import { accountIndexMax, accountPath, coinType } from "../../src/keys/derivation-path.ts";

const first = "000102030405060708090a0b0c0d0e0f";
const second =
  "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542";

/** Path, private key, public key without the standard's leading 00. */
const published = [
  [
    first,
    "m",
    "2b4be7f19ee27bbf30c667b642d5f4aa69fd169872f8fc3059c08ebae2eb19e7",
    "a4b2856bfec510abab89753fac1ac0e1112364e7d250545963f135f2a33188ed",
  ],
  [
    first,
    "m/0'",
    "68e0fe46dfb67e368c75379acec591dad19df3cde26e63b93a8e704f1dade7a3",
    "8c8a13df77a28f3445213a0f432fde644acaa215fc72dcdf300d5efaa85d350c",
  ],
  [
    first,
    "m/0'/1'",
    "b1d0bad404bf35da785a64ca1ac54b2617211d2777696fbffaf208f746ae84f2",
    "1932a5270f335bed617d5b935c80aedb1a35bd9fc1e31acafd5372c30f5c1187",
  ],
  [
    first,
    "m/0'/1'/2'",
    "92a5b23c0b8a99e37d07df3fb9966917f5d06e02ddbd909c7e184371463e9fc9",
    "ae98736566d30ed0e9d2f4486a64bc95740d89c7db33f52121f8ea8f76ff0fc1",
  ],
  [
    first,
    "m/0'/1'/2'/2'/1000000000'",
    "8f94d394a8e8fd6b1bc2f3f49f5c47e385281d5c17e65324b0f62483e37e8793",
    "3c24da049451555d51a7014a37337aa4e12d41e485abccfa46b47dfb2af54b7a",
  ],
  [
    second,
    "m",
    "171cb88b1b3c1db25add599712e36245d75bc65a1a5c9e18d76f9f2b1eab4012",
    "8fe9693f8fa62a4305a140b9764c5ee01e455963744fe18204b4fb948249308a",
  ],
  [
    second,
    "m/0'/2147483647'/1'/2147483646'",
    "5837736c89570de861ebc173b1086da4f505d4adb387c6a1b1342d5e4ac9ec72",
    "e33c0f7d81d843c572275f287498e8d408654fdf0d1e065b84e2e6f157aab09b",
  ],
  [
    second,
    "m/0'/2147483647'/1'/2147483646'/2'",
    "551d333177df541ad876a60ea71f00447931c0a9da16f227c11ea080d7391b8d",
    "47150c75db263559a70d5778bf36abbab30fb061ad69f69ece61a72b0cfa4fc0",
  ],
] as const;

test.each(published)("SLIP-0010, seed %s, chain %s", (seed, path, secret, publicKey) => {
  const derived = deriveSeed(fromHex(seed), path);
  if (!derived.ok) throw new Error(derived.reason);
  expect(toHex(derived.value)).toBe(secret);
  expect(toHex(createNobleSigner(derived.value).publicKey)).toBe(publicKey);
});

test("the coin type is the letters QUO", () => {
  expect(coinType).toBe(("Q".charCodeAt(0) << 16) | ("U".charCodeAt(0) << 8) | "O".charCodeAt(0));
  expect(accountPath(7)).toBe("m/44'/5330255'/7'");
  expect(accountPath(accountIndexMax)).toBe("m/44'/5330255'/2147483647'");
});

test.each([
  "",
  "m/",
  "m/0",
  "M/0'",
  "m/0'/1",
  "m/2147483648'",
  "m/-1'",
  "m/00'",
  "m/0'/",
  "/0'",
  "m/0'\n",
  `m${"/0'".repeat(17)}`,
])("%j is no path", (path) => {
  expect(deriveSeed(fromHex(first), path)).toEqual({ ok: false, reason: "bad_path" });
});
