/**
 * Consistency proofs of RFC 9162 section 2.1.4 against their definition.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import { nobleHasher as hasher } from "../../../src/crypto/hash.ts";
import {
  type Consistency,
  consistencyRanges,
  inclusionRanges,
  type LeafRange,
  leafHash,
  verifyConsistency,
} from "../../../src/crypto/merkle.ts";
import { consistencyPath, definedRoot, inclusionPath } from "../../fixtures/rfc9162.ts";

const sizeMax = 70;
const leaves = Array.from({ length: sizeMax }, (_, n) => leafHash(hasher, Uint8Array.of(n, 9)));

const rootOf = ({ start, end }: LeafRange): string => toHex(definedRoot(leaves.slice(start, end)));

const consistencyOf = (first: number, second: number): Consistency => ({
  first,
  firstRoot: definedRoot(leaves.slice(0, first)),
  second,
  secondRoot: definedRoot(leaves.slice(0, second)),
  path: consistencyPath(leaves.slice(0, second), first),
});

const sizes = fc
  .integer({ min: 1, max: sizeMax })
  .chain((second) =>
    fc.record({ second: fc.constant(second), first: fc.integer({ min: 1, max: second }) }),
  );

test("every prefix of every list has the defined path, and it verifies", () => {
  for (let second = 1; second <= sizeMax; second += 1) {
    for (let first = 1; first <= second; first += 1) {
      const consistency = consistencyOf(first, second);
      const path = consistencyRanges(first, second).map(rootOf);
      expect(path).toEqual(consistency.path.map(toHex));
      expect(verifyConsistency(hasher, consistency)).toBe(true);
    }
  }
});

test("ranges name the subtrees of a path: aligned, and perfect unless they end with the tree", () => {
  fc.assert(
    fc.property(sizes, ({ first, second }) => {
      const index = first - 1;
      expect(inclusionRanges(index, second).map(rootOf)).toEqual(
        inclusionPath(leaves.slice(0, second), index).map(toHex),
      );
      for (const { start, end } of [
        ...inclusionRanges(index, second),
        ...consistencyRanges(first, second),
      ]) {
        const length = end - start;
        const width = 2 ** Math.ceil(Math.log2(length));
        expect(start % width).toBe(0);
        if (length !== width) expect(end).toBe(second);
      }
    }),
  );
});

test("ranges of the largest lists are found at once", () => {
  const size = Number.MAX_SAFE_INTEGER;
  expect(inclusionRanges(size - 2, size)).toHaveLength(53);
  expect(consistencyRanges(2 ** 52, size)).toEqual([{ start: 2 ** 52, end: size }]);
});

test("a path shows neither other sizes nor other roots, and nothing of it can change", () => {
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(255), ({ first, second }, which, bit) => {
      const consistency = consistencyOf(first, second);
      const { path, firstRoot, secondRoot } = consistency;
      const flip = (hash: Uint8Array): Uint8Array =>
        hash.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      const rejected: Consistency[] = [
        { ...consistency, first: 0 },
        { ...consistency, first: -1 },
        { ...consistency, first: first + 0.5 },
        { ...consistency, first: second + 1 },
        { ...consistency, second: first - 1 },
        { ...consistency, second: Number.POSITIVE_INFINITY },
        { ...consistency, firstRoot: flip(firstRoot) },
        { ...consistency, secondRoot: flip(secondRoot) },
        { ...consistency, firstRoot: firstRoot.subarray(1) },
        { ...consistency, secondRoot: new Uint8Array(0) },
        { ...consistency, path: [...path, firstRoot] },
        { ...consistency, path: [firstRoot, ...path] },
        { ...consistency, path: [...path, new Uint8Array(32)] },
      ];
      if (path.length > 0) {
        const at = which % path.length;
        rejected.push({ ...consistency, path: path.map((h, i) => (i === at ? flip(h) : h)) });
        rejected.push({ ...consistency, path: path.map((h, i) => (i === at ? h.subarray(1) : h)) });
        rejected.push({ ...consistency, path: path.filter((_, i) => i !== at) });
      }
      expect(rejected.filter((claim) => verifyConsistency(hasher, claim))).toEqual([]);
    }),
  );
});

test("a path has as many levels as the sizes say: roots of larger or smaller lists do not pass for theirs", () => {
  // For 2^k − 1 and 2^k leaves the way is the same at every k, but for its length.
  for (const [first, second] of [
    [3, 4],
    [7, 8],
    [15, 16],
  ] as const) {
    const consistency = consistencyOf(first, second);
    expect(verifyConsistency(hasher, consistency)).toBe(true);
    for (const [other, above] of [
      [1, 2],
      [3, 4],
      [7, 8],
      [15, 16],
      [31, 32],
    ] as const) {
      if (other === first) continue;
      const claim = { ...consistency, first: other, second: above };
      expect(verifyConsistency(hasher, claim)).toBe(false);
    }
  }
});

test("another list of the same length is not an extension", () => {
  fc.assert(
    fc.property(sizes, fc.nat(), ({ first, second }, which) => {
      const changed = which % first;
      const forked = leaves.map((leaf, n) => (n === changed ? leafHash(hasher, leaf) : leaf));
      const consistency = {
        ...consistencyOf(first, second),
        secondRoot: definedRoot(forked.slice(0, second)),
        path: consistencyPath(forked.slice(0, second), first),
      };
      expect(verifyConsistency(hasher, consistency)).toBe(false);
    }),
  );
});
