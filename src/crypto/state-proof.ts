/**
 * The hashes of the state tree, and the check of one proof in it. Browser-safe: the wallet and the explorer
 * run this file against a state root that they trust.
 *
 *   leaf = SHA-256(0x00 ‖ path ‖ valueHash)    inner = SHA-256(0x01 ‖ left ‖ right)    empty = 32 zero bytes
 *
 * A path has 256 bits; bit 0 is the most significant bit of byte 0 and chooses the side below the root. A
 * subtree with one leaf is that leaf; with two or more it is an inner node, also where one side is empty.
 * @module
 */
import { assert } from "../base/assert.ts";
import { concatBytes, equalBytes } from "../base/bytes.ts";
import type { Hasher } from "./ports.ts";

const pathBits = 256;

const hashBytes = 32;
const leafTag = Uint8Array.of(0);
const innerTag = Uint8Array.of(1);
const emptyHash = new Uint8Array(hashBytes);

/** What stands at the end of the way from the root along a path. All fields are 32 bytes. */
export type StateProofEnd =
  | { readonly kind: "leaf"; readonly valueHash: Uint8Array }
  | { readonly kind: "other"; readonly path: Uint8Array; readonly valueHash: Uint8Array }
  | { readonly kind: "empty" };

/**
 * The way from the root to the end. Level 0 is just below the root. Depth = ones in the mask + siblings.
 *
 * | field    | bytes  | meaning                                                                     |
 * | mask     | 32     | bit n (bit 0 = most significant of byte 0) set: the sibling at level n is empty |
 * | siblings | n × 32 | the other siblings, top-down; none of them is the empty hash                 |
 */
export interface StateProofPath {
  readonly end: StateProofEnd;
  readonly mask: Uint8Array;
  readonly siblings: readonly Uint8Array[];
}

export interface StateClaim {
  /** The state root, 32 bytes. */
  readonly root: Uint8Array;
  /** The path, 32 bytes. */
  readonly path: Uint8Array;
  /** SHA-256 of the value at the path; undefined claims that there is none. */
  readonly valueHash: Uint8Array | undefined;
  readonly proof: StateProofPath;
}

/** Whether the proof shows exactly the claim. Never throws, whatever the lengths. */
export function verifyStateProof(hasher: Hasher, claim: StateClaim): boolean {
  const { root, path, valueHash, proof } = claim;
  const { mask, siblings } = proof;
  if (path.length !== hashBytes || mask.length !== hashBytes) return false;
  const depth = onesIn(mask) + siblings.length;
  if (depth > pathBits || bitsFrom(mask, depth)) return false;
  if (!siblings.every((hash) => hash.length === hashBytes && !equalBytes(hash, emptyHash))) {
    return false; // An empty sibling has one encoding: its bit in the mask.
  }
  let hash = hashOfEnd(hasher, path, valueHash, proof.end, depth);
  if (hash === undefined) return false;
  let next = siblings.length;
  for (let level = depth - 1; level >= 0; level -= 1) {
    let sibling: Uint8Array | undefined = emptyHash;
    if (bitOf(mask, level) === 0) {
      next -= 1;
      sibling = siblings[next];
    }
    if (sibling === undefined) return false;
    const preimage = bitOf(path, level) === 0 ? [hash, sibling] : [sibling, hash];
    hash = hasher.sha256(concatBytes(innerTag, ...preimage));
  }
  return equalBytes(hash, root);
}

/** The hash of the end, or undefined when such an end does not show the claim. */
function hashOfEnd(
  hasher: Hasher,
  path: Uint8Array,
  claimed: Uint8Array | undefined,
  end: StateProofEnd,
  depth: number,
): Uint8Array | undefined {
  if (end.kind === "leaf") {
    if (claimed?.length !== hashBytes || !equalBytes(claimed, end.valueHash)) return undefined;
    return hasher.sha256(concatBytes(leafTag, path, claimed));
  }
  if (claimed !== undefined) return undefined;
  if (end.kind === "empty") return emptyHash;
  if (end.path.length !== hashBytes || end.valueHash.length !== hashBytes) return undefined;
  if (equalBytes(end.path, path) || !sharesBits(end.path, path, depth)) return undefined;
  return hasher.sha256(concatBytes(leafTag, end.path, end.valueHash));
}

/** Bit 0 is the most significant bit of byte 0. */
export function bitOf(bytes: Uint8Array, bit: number): 0 | 1 {
  return (((bytes[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1) === 0 ? 0 : 1;
}

export function setBit(bytes: Uint8Array, bit: number): void {
  assert(bit < 8 * bytes.length, "a bit is in its bytes");
  bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) | (0x80 >>> (bit & 7));
}

function onesIn(mask: Uint8Array): number {
  let ones = 0;
  for (let bit = 0; bit < pathBits; bit += 1) ones += bitOf(mask, bit);
  return ones;
}

function bitsFrom(mask: Uint8Array, from: number): boolean {
  for (let bit = from; bit < pathBits; bit += 1) if (bitOf(mask, bit) === 1) return true;
  return false;
}

function sharesBits(a: Uint8Array, b: Uint8Array, count: number): boolean {
  for (let bit = 0; bit < count; bit += 1) if (bitOf(a, bit) !== bitOf(b, bit)) return false;
  return true;
}
