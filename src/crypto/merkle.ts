/**
 * The Merkle tree of RFC 9162 section 2.1 over SHA-256: transactionsRoot and historyRoot.
 *
 *   empty = SHA-256("")    leaf = SHA-256(0x00 ‖ bytes)    inner = SHA-256(0x01 ‖ left ‖ right)
 *
 * A list of n > 1 leaves splits at the largest power of two below n. Pairing neighbours level by level,
 * with an odd last node moving up unhashed, builds the same tree.
 * @module
 */
import { assert } from "../base/assert.ts";
import { concatBytes, equalBytes } from "../base/bytes.ts";
import type { Hasher } from "./ports.ts";

const leafTag = Uint8Array.of(0);
const innerTag = Uint8Array.of(1);
const hashBytes = 32;

/** The leaf of an entry: SHA-256(0x00 ‖ bytes), 32 bytes. */
export function leafHash(hasher: Hasher, bytes: Uint8Array): Uint8Array {
  return hasher.sha256(concatBytes(leafTag, bytes));
}

/** The node over two nodes: SHA-256(0x01 ‖ left ‖ right), 32 bytes. */
export function innerHash(hasher: Hasher, left: Uint8Array, right: Uint8Array): Uint8Array {
  return hasher.sha256(concatBytes(innerTag, left, right));
}

const emptyRoot = (hasher: Hasher): Uint8Array => hasher.sha256(new Uint8Array(0));

/** Root over leaf hashes, in order (section 2.1.1): 32 bytes. */
export function merkleRoot(hasher: Hasher, leafHashes: readonly Uint8Array[]): Uint8Array {
  let level = leafHashes;
  while (level.length > 1) level = levelAbove(hasher, level);
  return level[0] ?? emptyRoot(hasher);
}

function levelAbove(hasher: Hasher, level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = at(level, i);
    const right = level[i + 1];
    above.push(right === undefined ? left : innerHash(hasher, left, right));
  }
  return above;
}

export interface Inclusion {
  /** The leaf hash, 32 bytes. */
  readonly leaf: Uint8Array;
  readonly index: number;
  /** Leaves in the tree. */
  readonly size: number;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** Whether the path leads from this leaf at this index to the root (section 2.1.3.2). Never throws. */
export function verifyInclusion(hasher: Hasher, inclusion: Inclusion): boolean {
  const { leaf, index, size, path, root } = inclusion;
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index)) return false;
  if (index < 0 || index >= size || leaf.length !== hashBytes) return false;
  let hash = leaf;
  let position = index;
  let last = size - 1;
  let used = 0;
  for (; last > 0; last = Math.floor(last / 2), position = Math.floor(position / 2)) {
    const isRight = position % 2 === 1;
    if (!isRight && position === last) continue; // The odd last node of its level moves up.
    const sibling = path[used];
    if (sibling?.length !== hashBytes) return false;
    used += 1;
    hash = isRight ? innerHash(hasher, sibling, hash) : innerHash(hasher, hash, sibling);
  }
  return used === path.length && equalBytes(hash, root);
}

/** The leaves from `start` up to, but not including, `end`. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Which subtrees' roots the inclusion path of a leaf is made of, from the leaf upwards (section 2.1.3.1): at most
 * ⌈log2 n⌉. Each range begins at a multiple of a power of two, and is that long unless it ends with the tree.
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  assert(Number.isSafeInteger(index) && index >= 0 && index < size, "a leaf exists");
  const down: LeafRange[] = [];
  for (let start = 0, end = size; end - start > 1; ) {
    const middle = start + splitOf(end - start);
    const isLeft = index < middle;
    down.push(isLeft ? { start: middle, end } : { start, end: middle });
    if (isLeft) end = middle;
    else start = middle;
  }
  return down.toReversed();
}

/**
 * The same for the consistency path from a list's first so many leaves to all of it (section 2.1.4.1): at most
 * ⌈log2 n⌉ + 1, none if they are all.
 */
export function consistencyRanges(first: number, second: number): LeafRange[] {
  assert(Number.isSafeInteger(second) && first >= 1 && first <= second, "a list only grows");
  const down: LeafRange[] = [];
  let start = 0;
  let end = second;
  while (first < end) {
    const middle = start + splitOf(end - start);
    const isLeft = first <= middle;
    down.push(isLeft ? { start: middle, end } : { start, end: middle });
    if (isLeft) end = middle;
    else start = middle;
  }
  if (start > 0) down.push({ start, end }); // Else it is all of the first list, whose root the verifier has.
  return down.toReversed();
}

/** The largest power of two below n, for n > 1. */
function splitOf(n: number): number {
  let split = 1;
  while (2 * split < n) split *= 2;
  return split;
}

export interface Consistency {
  /** Leaves of the shorter list, at least 1. */
  readonly first: number;
  readonly firstRoot: Uint8Array;
  /** Leaves of the longer list, which may be the same one. */
  readonly second: number;
  readonly secondRoot: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** Whether the longer list begins with the shorter one (section 2.1.4.2). Never throws. */
export function verifyConsistency(hasher: Hasher, consistency: Consistency): boolean {
  const { first, firstRoot, second, secondRoot, path } = consistency;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second)) return false;
  if (first < 1 || first > second || !path.every((hash) => hash.length === hashBytes)) return false;
  if (first === second) return path.length === 0 && equalBytes(firstRoot, secondRoot);
  if (firstRoot.length !== hashBytes) return false;
  let position = first - 1;
  let last = second - 1;
  for (; position % 2 === 1; position = Math.floor(position / 2)) last = Math.floor(last / 2);
  // A first list that is a perfect tree is a node of the second: its root is not repeated in the path.
  const nodes = position === 0 ? [firstRoot, ...path] : path;
  let [old, grown] = [nodes[0], nodes[0]];
  if (old === undefined || grown === undefined) return false;
  for (const node of nodes.slice(1)) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      old = innerHash(hasher, node, old);
      grown = innerHash(hasher, node, grown);
      for (; position % 2 === 0 && position > 0; position = Math.floor(position / 2)) {
        last = Math.floor(last / 2);
      }
    } else {
      grown = innerHash(hasher, grown, node);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equalBytes(old, firstRoot) && equalBytes(grown, secondRoot);
}

/**
 * All that appending to a tree needs to know of it: the roots of the perfect subtrees that it is made of.
 * There is one for each one bit of `size`, from the largest to the smallest. A value: never changed.
 */
export interface Frontier {
  readonly size: number;
  readonly peaks: readonly Uint8Array[];
}

export const emptyFrontier: Frontier = { size: 0, peaks: [] };

/** The tree with one more leaf hash. */
export function appendLeaf(hasher: Hasher, frontier: Frontier, leaf: Uint8Array): Frontier {
  assert(leaf.length === hashBytes, "a leaf hash is 32 bytes");
  const peaks = frontier.peaks.slice();
  let peak = leaf;
  for (let rest = frontier.size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const left = peaks.pop();
    assert(left !== undefined, "a frontier has a peak for each one bit of its size");
    peak = innerHash(hasher, left, peak);
  }
  peaks.push(peak);
  return { size: frontier.size + 1, peaks };
}

/** The root of the tree, equal to merkleRoot over all of its leaves. */
export function frontierRoot(hasher: Hasher, frontier: Frontier): Uint8Array {
  const { peaks } = frontier;
  let root = peaks.at(-1);
  if (root === undefined) return emptyRoot(hasher);
  for (let i = peaks.length - 2; i >= 0; i -= 1) root = innerHash(hasher, at(peaks, i), root);
  return root;
}

/** Whether size and peaks fit together, as a decoder or a loader must ask. */
export function isFrontier(frontier: Frontier): boolean {
  if (!Number.isSafeInteger(frontier.size) || frontier.size < 0) return false;
  let ones = 0;
  for (let rest = frontier.size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return (
    ones === frontier.peaks.length && frontier.peaks.every((peak) => peak.length === hashBytes)
  );
}

function at(hashes: readonly Uint8Array[], index: number): Uint8Array {
  const hash = hashes[index];
  assert(hash !== undefined, "a node of a Merkle tree exists");
  return hash;
}
