import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { concatBytes } from "../../../src/base/bytes.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { type StateProofPath, verifyStateProof } from "../../../src/crypto/state-proof.ts";

const sha256 = (...parts: Uint8Array[]): Uint8Array =>
  createHash("sha256")
    .update(concatBytes(...parts))
    .digest();
const leaf = (path: Uint8Array, valueHash: Uint8Array): Uint8Array =>
  sha256(Uint8Array.of(0), path, valueHash);
const inner = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(Uint8Array.of(1), left, right);

const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const zeros = filled(0);
const value = filled(0x11);
const sibling = filled(0x22);
/** Paths that go left, left, … and right, right, …. */
const [leftPath, rightPath] = [filled(0), filled(0xff)];
const mask = (firstByte: number): Uint8Array => Uint8Array.of(firstByte, ...new Uint8Array(31));

test("a proof is followed from the end to the root: mask bits are empty siblings, the others in order", () => {
  const second = filled(0x33);
  const root = inner(inner(inner(leaf(leftPath, value), second), zeros), sibling);
  const proof: StateProofPath = {
    end: { kind: "leaf", valueHash: value },
    mask: mask(0b0100_0000),
    siblings: [sibling, second],
  };
  const claim = { root, path: leftPath, valueHash: value, proof };
  expect(verifyStateProof(nobleHasher, claim)).toBe(true);
  const swapped = { ...proof, siblings: [second, sibling] };
  expect(verifyStateProof(nobleHasher, { ...claim, proof: swapped })).toBe(false);
});

test("on the right side the sibling comes first", () => {
  const proof: StateProofPath = { end: { kind: "empty" }, mask: zeros, siblings: [sibling] };
  const claim = { root: inner(sibling, zeros), path: rightPath, valueHash: undefined, proof };
  expect(verifyStateProof(nobleHasher, claim)).toBe(true);
  expect(verifyStateProof(nobleHasher, { ...claim, path: leftPath })).toBe(false);
});

test("another leaf denies a path only where its own path leads", () => {
  const root = inner(leaf(rightPath, value), sibling);
  const end = { kind: "other", path: rightPath, valueHash: value } as const;
  const proof: StateProofPath = { end, mask: zeros, siblings: [sibling] };
  const claim = { root, path: leftPath, valueHash: undefined, proof };
  expect(verifyStateProof(nobleHasher, claim)).toBe(false);
  const near = leftPath.with(31, 1);
  const nearRoot = inner(leaf(near, value), sibling);
  const nearEnd = { kind: "other", path: near, valueHash: value } as const;
  const nearClaim = { ...claim, root: nearRoot, proof: { ...proof, end: nearEnd } };
  expect(verifyStateProof(nobleHasher, nearClaim)).toBe(true);
});

test("another leaf's path and value hash cannot be cut elsewhere", () => {
  const near = leftPath.with(31, 1);
  const both = concatBytes(near, value);
  const end = { kind: "other", path: both.subarray(0, 31), valueHash: both.subarray(31) } as const;
  const proof: StateProofPath = { end, mask: zeros, siblings: [] };
  const claim = { root: leaf(near, value), path: leftPath, valueHash: undefined, proof };
  expect(verifyStateProof(nobleHasher, claim)).toBe(false);
  const whole = { kind: "other", path: near, valueHash: value } as const;
  expect(verifyStateProof(nobleHasher, { ...claim, proof: { ...proof, end: whole } })).toBe(true);
});

test("the value hash in a leaf end is the claimed one", () => {
  const end = { kind: "leaf", valueHash: filled(0x44) } as const;
  const proof: StateProofPath = { end, mask: zeros, siblings: [] };
  const claim = { root: leaf(leftPath, value), path: leftPath, valueHash: value, proof };
  expect(verifyStateProof(nobleHasher, claim)).toBe(false);
});

test("a mask bit at or below the end is refused, as is a way of more than 256 levels", () => {
  const end = { kind: "leaf", valueHash: value } as const;
  const claim = { root: leaf(leftPath, value), path: leftPath, valueHash: value };
  for (const proof of [
    { end, mask: mask(0b0100_0000), siblings: [] },
    { end, mask: zeros.with(31, 1), siblings: [] },
    { end, mask: zeros, siblings: Array.from({ length: 257 }, () => sibling) },
    { end, mask: filled(0xff), siblings: [sibling] },
  ]) {
    expect(verifyStateProof(nobleHasher, { ...claim, proof })).toBe(false);
  }
  const proof = { end, mask: zeros, siblings: [] };
  expect(verifyStateProof(nobleHasher, { ...claim, proof })).toBe(true);
});
