/**
 * Remembered policies: an answer from memory is the answer that hashing gives.
 * @module
 */
import { expect, test } from "vitest";
import type { PublicKey } from "../../../src/protocol/ids.ts";
import { KnownPolicies } from "../../../src/protocol/known-policies.ts";
import { type Policy, policyHash } from "../../../src/protocol/policy.ts";
import { hasher } from "../../fixtures/small-ledger.ts";

const key = (digit: string, weight = 2) => ({
  publicKey: digit.repeat(64) as PublicKey,
  weight,
});
const single: Policy = { threshold: 2, keys: [key("a")] };
const others: readonly Policy[] = [
  { threshold: 1, keys: [key("a")] },
  { threshold: 2, keys: [key("a", 3)] },
  { threshold: 2, keys: [key("b")] },
  { threshold: 2, keys: [key("a"), key("b")] },
];

test("a policy is the one of its own hash, the first time and every time", () => {
  const known = new KnownPolicies(hasher);
  for (const policy of [single, ...others]) {
    const hash = policyHash(hasher, policy);
    expect([1, 2].map(() => known.isPolicyOf(hash, policy))).toEqual([true, true]);
  }
});

test.each(others)("another policy is not, though the right one was seen: %o", (other) => {
  const known = new KnownPolicies(hasher);
  const hash = policyHash(hasher, single);
  expect(known.isPolicyOf(hash, other)).toBe(false);
  expect(known.isPolicyOf(hash, single)).toBe(true);
  expect(known.isPolicyOf(hash, other)).toBe(false);
});

test("a known policy is not hashed again", () => {
  let hashed = 0;
  const counting = {
    sha256(bytes: Uint8Array) {
      hashed += 1;
      return hasher.sha256(bytes);
    },
  };
  const known = new KnownPolicies(counting);
  const hash = policyHash(hasher, single);
  for (let i = 0; i < 5; i += 1) known.isPolicyOf(hash, { ...single });
  expect(hashed).toBe(1);
});
