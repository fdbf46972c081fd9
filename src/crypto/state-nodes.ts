/**
 * The nodes of the state tree in memory: inner nodes and leaves with their hashes, never changed once made.
 *
 * A node is named by one signed word: 0 is the empty subtree, n > 0 an inner node, n < 0 a leaf.
 *
 * | inner, 40 bytes | offset | size | | leaf, 96 bytes | offset | size |
 * | left, right     | 0      | 2×4  | | path           | 0      | 32   |
 * | hash            | 8      | 32   | | valueHash      | 32     | 32   |
 * |                 |        |      | | hash           | 64     | 32   |
 *
 * With paths that are hashes a tree has about 1.44 inner nodes a leaf: some 154 bytes an entry.
 * @module
 */
import { assert } from "../base/assert.ts";
import { NodeArena } from "./node-arena.ts";
import type { Hasher } from "./ports.ts";

export type StateNode = number;

export const emptyNode: StateNode = 0;

const hashWords = 8;
const innerHashWord = 2;
const valueHashWord = 8;
const leafHashWord = 16;

export class StateNodes {
  readonly #hasher: Hasher;
  readonly #inners = new NodeArena({ wordsPerRecord: innerHashWord + hashWords });
  readonly #leaves = new NodeArena({ wordsPerRecord: leafHashWord + hashWords });
  /** A preimage: its tag in byte 3, so that the two hashes after it lie on whole words. */
  readonly #scratchBytes = new Uint8Array(4 + 2 * 32);
  readonly #scratchWords = new Int32Array(this.#scratchBytes.buffer);
  readonly #preimage = this.#scratchBytes.subarray(3);

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  /** Nodes in use. */
  get used(): number {
    return this.#inners.used + this.#leaves.used;
  }

  get memoryBytes(): number {
    return this.#inners.memoryBytes + this.#leaves.memoryBytes;
  }

  makeInner(left: StateNode, right: StateNode): StateNode {
    const inner = this.#inners.allocate();
    const words = this.#inners.words(inner);
    const offset = this.#inners.wordOffset(inner);
    words[offset] = left;
    words[offset + 1] = right;
    this.#copyHash(left, 1);
    this.#copyHash(right, 1 + hashWords);
    this.#preimage[0] = 1;
    const hash = this.#hasher.sha256(this.#preimage);
    this.#inners.bytes(inner).set(hash, 4 * (offset + innerHashWord));
    return inner;
  }

  makeLeaf(path: Uint8Array, valueHash: Uint8Array): StateNode {
    this.#preimage[0] = 0;
    this.#preimage.set(path, 1);
    this.#preimage.set(valueHash, 1 + 32);
    const hash = this.#hasher.sha256(this.#preimage);
    const leaf = this.#leaves.allocate();
    const bytes = this.#leaves.bytes(leaf);
    const offset = 4 * this.#leaves.wordOffset(leaf);
    bytes.set(path, offset);
    bytes.set(valueHash, offset + 4 * valueHashWord);
    bytes.set(hash, offset + 4 * leafHashWord);
    return -leaf;
  }

  free(node: StateNode): void {
    assert(node !== emptyNode, "the empty subtree is not a record");
    if (node > 0) this.#inners.free(node);
    else this.#leaves.free(-node);
  }

  left(inner: StateNode): StateNode {
    return this.#inners.words(inner)[this.#inners.wordOffset(inner)] ?? emptyNode;
  }

  right(inner: StateNode): StateNode {
    return this.#inners.words(inner)[this.#inners.wordOffset(inner) + 1] ?? emptyNode;
  }

  /** The node's hash, 32 new bytes; zeros for the empty subtree. */
  hash(node: StateNode): Uint8Array {
    if (node === emptyNode) return new Uint8Array(32);
    const arena = node > 0 ? this.#inners : this.#leaves;
    const record = Math.abs(node);
    const offset = 4 * (arena.wordOffset(record) + (node > 0 ? innerHashWord : leafHashWord));
    return arena.bytes(record).slice(offset, offset + 32);
  }

  path(leaf: StateNode): Uint8Array {
    const offset = 4 * this.#leaves.wordOffset(-leaf);
    return this.#leaves.bytes(-leaf).slice(offset, offset + 32);
  }

  valueHash(leaf: StateNode): Uint8Array {
    const offset = 4 * (this.#leaves.wordOffset(-leaf) + valueHashWord);
    return this.#leaves.bytes(-leaf).slice(offset, offset + 32);
  }

  /** One bit of a leaf's path. */
  pathBit(leaf: StateNode, bit: number): 0 | 1 {
    const offset = 4 * this.#leaves.wordOffset(-leaf) + (bit >>> 3);
    const byte = this.#leaves.bytes(-leaf)[offset] ?? 0;
    return ((byte >>> (7 - (bit & 7))) & 1) === 0 ? 0 : 1;
  }

  hasPath(leaf: StateNode, path: Uint8Array): boolean {
    return this.#equals(leaf, 0, path);
  }

  hasValueHash(leaf: StateNode, valueHash: Uint8Array): boolean {
    return this.#equals(leaf, 4 * valueHashWord, valueHash);
  }

  #equals(leaf: StateNode, field: number, expected: Uint8Array): boolean {
    const bytes = this.#leaves.bytes(-leaf);
    const offset = 4 * this.#leaves.wordOffset(-leaf) + field;
    for (let i = 0; i < 32; i += 1) if (bytes[offset + i] !== expected[i]) return false;
    return true;
  }

  #copyHash(node: StateNode, targetWord: number): void {
    const target = this.#scratchWords;
    if (node === emptyNode) {
      target.fill(0, targetWord, targetWord + hashWords);
      return;
    }
    const arena = node > 0 ? this.#inners : this.#leaves;
    const record = Math.abs(node);
    const words = arena.words(record);
    const from = arena.wordOffset(record) + (node > 0 ? innerHashWord : leafHashWord);
    for (let i = 0; i < hashWords; i += 1) target[targetWord + i] = words[from + i] ?? 0;
  }
}
