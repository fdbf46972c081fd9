/**
 * Addresses, against the vectors of BIP-350 and the rule that a network takes its own only.
 * @module
 */
import { bech32m } from "@scure/base";
import { describe, expect, test } from "vitest";
import { formatAddress, isAddressPrefix, parseAddress } from "../../../src/protocol/address.ts";
import type { AccountId } from "../../../src/protocol/ids.ts";

const account = "00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f" as AccountId;

/** BIP-350, "Invalid Bech32m": each has a prefix and is not an address of anybody. */
const invalidStrings = [
  " 1xj0phk",
  "\u007f1g6xzxy",
  "\u00801vctc34",
  "an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6pts4",
  "qyrz8wqd2c9m",
  "1qyrz8wqd2c9m",
  "y1b0jsk6g",
  "lt1igcx5c0",
  "in1muywd",
  "mm1crxm3i",
  "au1s5cgom",
  "M1VUXWEZ",
  "16plkw9",
  "1p2gdwpf",
];

/** BIP-350, "Valid Bech32m": well-formed text, but of other lengths than an account. */
const validStrings = [
  "A1LQFN3A",
  "a1lqfn3a",
  "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
  "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
  "?1v759aa",
];

describe("an address", () => {
  test("is bech32m text of the account's 32 bytes, and reads back as it", () => {
    const text = formatAddress("quo", account);
    expect(text).toMatch(/^quo1[02-9ac-hj-np-z]{58}$/);
    expect(parseAddress("quo", text)).toEqual({ ok: true, value: account });
  });

  // BIP-350's own taproot address holds a version word before the 32 bytes; those 32 bytes are the checksum's business.
  test("agrees with BIP-350 on the words of 32 bytes", () => {
    const segwit = bech32m.decode("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0");
    const program = bech32m.fromWords(segwit.words.slice(1));
    const hex = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798" as AccountId;
    expect(Array.from(program, (byte) => byte.toString(16).padStart(2, "0")).join("")).toBe(hex);
    const decoded = bech32m.decode(formatAddress("bc", hex) as `bc1${string}`);
    expect(decoded.words).toEqual(segwit.words.slice(1));
  });

  test("may be written in capitals", () => {
    const text = formatAddress("quo", account).toUpperCase();
    expect(parseAddress("quo", text)).toEqual({ ok: true, value: account });
  });

  test("of another network is refused as such", () => {
    const text = formatAddress("other", account);
    expect(parseAddress("quo", text)).toEqual({ ok: false, reason: "address_wrong_network" });
  });

  test.each([...invalidStrings, ...validStrings, "", "quo", "quo1"])("is not %j", (text) => {
    expect(parseAddress("quo", text)).toEqual({ ok: false, reason: "address_malformed" });
  });

  test("with one letter changed is refused, whichever it is", () => {
    const text = formatAddress("quo", account);
    for (let i = 4; i < text.length; i += 1) {
      const letter = text[i] === "q" ? "p" : "q";
      const changed = text.slice(0, i) + letter + text.slice(i + 1);
      expect(parseAddress("quo", changed).ok).toBe(false);
    }
  });

  test("in bech32 instead of bech32m is refused", () => {
    // BIP-173's own example, 32 bytes under the old checksum constant.
    const text = "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3";
    expect(parseAddress("bc", text)).toEqual({ ok: false, reason: "address_malformed" });
  });
});

test("a prefix is 1 to 10 of a to z", () => {
  expect(["quo", "a", "abcdefghij"].every(isAddressPrefix)).toBe(true);
  expect(["", "Quo", "q1", "abcdefghijk", "é", "a\n"].some(isAddressPrefix)).toBe(false);
});
