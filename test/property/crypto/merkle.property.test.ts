/**
 * The RFC 9162 tree against its definition.
 * @module
 */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import { nobleHasher as hasher } from "../../../src/crypto/hash.ts";
import {
  appendLeaf,
  emptyFrontier,
  type Frontier,
  frontierRoot,
  inclusionRanges,
  isFrontier,
  leafHash,
  merkleRoot,
  verifyInclusion,
} from "../../../src/crypto/merkle.ts";
import { definedRoot, inclusionPath } from "../../fixtures/rfc9162.ts";

const sizeMax = 130;
const sha256 = (...parts: Uint8Array[]): Uint8Array =>
  createHash("sha256").update(Buffer.concat(parts)).digest();

const leaves = Array.from({ length: sizeMax }, (_, n) => leafHash(hasher, Uint8Array.of(n, 7)));

test("a leaf hash is SHA-256 of a zero byte and the entry", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (entry) => {
      expect(toHex(leafHash(hasher, entry))).toBe(toHex(sha256(Uint8Array.of(0), entry)));
    }),
  );
});

test("root and frontier equal the definition at every size", () => {
  let frontier: Frontier = emptyFrontier;
  for (let size = 0; size <= sizeMax; size += 1) {
    const expected = toHex(definedRoot(leaves.slice(0, size)));
    expect(toHex(merkleRoot(hasher, leaves.slice(0, size)))).toBe(expected);
    expect(toHex(frontierRoot(hasher, frontier))).toBe(expected);
    expect(frontier.size).toBe(size);
    expect(frontier.peaks.length).toBe(size.toString(2).replaceAll("0", "").length);
    expect(isFrontier(frontier)).toBe(true);
    const next = leaves[size];
    if (next !== undefined) frontier = appendLeaf(hasher, frontier, next);
  }
});

test("peaks are the roots of the perfect subtrees, from the largest to the smallest", () => {
  const grown = leaves
    .slice(0, 13)
    .reduce((f: Frontier, leaf) => appendLeaf(hasher, f, leaf), emptyFrontier);
  const parts = [leaves.slice(0, 8), leaves.slice(8, 12), leaves.slice(12, 13)];
  expect(grown.peaks.map(toHex)).toEqual(parts.map((part) => toHex(definedRoot(part))));
});

test("appending leaves the earlier frontier as it was", () => {
  const one = appendLeaf(hasher, emptyFrontier, leaves[0] ?? sha256());
  const root = toHex(frontierRoot(hasher, one));
  appendLeaf(hasher, one, leaves[1] ?? sha256());
  appendLeaf(hasher, one, leaves[2] ?? sha256());
  expect([one.size, one.peaks.length, toHex(frontierRoot(hasher, one))]).toEqual([1, 1, root]);
  expect(emptyFrontier).toEqual({ size: 0, peaks: [] });
});

test("a frontier whose peaks do not fit its size is not one", () => {
  const peak = leaves[0] ?? sha256();
  expect(isFrontier({ size: 3, peaks: [peak] })).toBe(false);
  expect(isFrontier({ size: 2, peaks: [peak.subarray(1)] })).toBe(false);
  expect(isFrontier({ size: -1, peaks: [peak] })).toBe(false);
  expect(isFrontier({ size: 0.5, peaks: [] })).toBe(false);
});

const sizeAndIndex = fc
  .integer({ min: 1, max: sizeMax })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));

const inclusionOf = (size: number, index: number) => ({
  leaf: leaves[index] ?? sha256(),
  index,
  size,
  path: inclusionPath(leaves.slice(0, size), index),
  root: definedRoot(leaves.slice(0, size)),
});

test("every leaf's path verifies and has at most ⌈log2 n⌉ hashes", () => {
  fc.assert(
    fc.property(sizeAndIndex, ({ size, index }) => {
      const inclusion = inclusionOf(size, index);
      expect(verifyInclusion(hasher, inclusion)).toBe(true);
      expect(inclusion.path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
    }),
  );
});

test("a path proves neither another index, another leaf nor another root, and no hash of it can change", () => {
  fc.assert(
    fc.property(sizeAndIndex, fc.nat(), fc.nat(255), ({ size, index }, which, bit) => {
      const inclusion = inclusionOf(size, index);
      const { path, root, leaf } = inclusion;
      const flip = (hash: Uint8Array): Uint8Array =>
        hash.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      const rejected = [
        { ...inclusion, index: size },
        { ...inclusion, index: -1 },
        { ...inclusion, index: index + 0.5 },
        { ...inclusion, size: 0 },
        { ...inclusion, size: Number.POSITIVE_INFINITY },
        { ...inclusion, leaf: flip(leaf) },
        { ...inclusion, leaf: leaf.subarray(1) },
        { ...inclusion, root: flip(root) },
        { ...inclusion, root: new Uint8Array(0) },
        { ...inclusion, path: [...path, leaf] },
        { ...inclusion, path: [leaf, ...path] },
      ];
      if (size > 1)
        rejected.push({ ...inclusion, index: (index + 1 + (which % (size - 1))) % size });
      if (path.length > 0) {
        const at = which % path.length;
        rejected.push({ ...inclusion, path: path.map((h, i) => (i === at ? flip(h) : h)) });
        rejected.push({ ...inclusion, path: path.map((h, i) => (i === at ? h.subarray(1) : h)) });
        rejected.push({ ...inclusion, path: path.filter((_, i) => i !== at) });
      }
      expect(rejected.filter((claim) => verifyInclusion(hasher, claim))).toEqual([]);
    }),
  );
});

test("a path cannot be asked for a leaf that is not there", () => {
  expect(() => inclusionRanges(3, 3)).toThrow("a leaf exists");
  expect(() => inclusionRanges(0, 0)).toThrow("a leaf exists");
});
