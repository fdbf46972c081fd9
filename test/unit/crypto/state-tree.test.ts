import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { concatBytes, toHex } from "../../../src/base/bytes.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { StateTree } from "../../../src/crypto/state-tree.ts";
import type { TreeChange } from "../../../src/crypto/state-update.ts";

const sha256 = (...parts: Uint8Array[]): Uint8Array =>
  createHash("sha256")
    .update(concatBytes(...parts))
    .digest();
const leaf = ({ path, valueHash }: TreeChange): Uint8Array =>
  sha256(Uint8Array.of(0), path, valueHash ?? zeros);
const inner = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(Uint8Array.of(1), left, right);
const zeros = new Uint8Array(32);

/** An entry whose path starts with one byte and is zero after it. */
function entry(firstByte: number, value = 1): TreeChange & { readonly valueHash: Uint8Array } {
  const path = new Uint8Array(32);
  path[0] = firstByte;
  return { path, valueHash: new Uint8Array(32).fill(value) };
}

const newTree = (): StateTree => new StateTree({ hasher: nobleHasher });
const many = (count: number): TreeChange[] =>
  Array.from({ length: count }, (_, n) => ({
    path: sha256(Uint8Array.of(n & 255, n >> 8)),
    valueHash: sha256(Uint8Array.of(1, n & 255, n >> 8)),
  }));

test("an empty tree's root is 32 zero bytes, one entry's is its leaf", () => {
  const tree = newTree();
  expect(tree.root(tree.empty)).toEqual(zeros);
  const one = tree.apply(tree.empty, [entry(0x40)]);
  expect(toHex(tree.root(one))).toBe(toHex(leaf(entry(0x40))));
});

test("two entries that part at bit 2 stand below inner nodes at levels 0, 1 and 2", () => {
  const tree = newTree();
  const [a, b] = [entry(0b0100_0000), entry(0b0110_0000)];
  const expected = inner(inner(zeros, inner(leaf(a), leaf(b))), zeros);
  expect(toHex(tree.root(tree.apply(tree.empty, [b, a])))).toBe(toHex(expected));
});

test("with one of the two removed, the other moves back up to the root", () => {
  const tree = newTree();
  const [a, b] = [entry(0b0100_0000), entry(0b0110_0000)];
  const both = tree.apply(tree.empty, [a, b]);
  const one = tree.apply(both, [{ path: a.path, valueHash: undefined }]);
  expect(toHex(tree.root(one))).toBe(toHex(leaf(b)));
  expect([both.entries, one.entries]).toEqual([2, 1]);
});

test("two paths that differ in the last bit alone are told apart at level 255", () => {
  const tree = newTree();
  const last = new Uint8Array(32);
  last[31] = 1;
  const version = tree.apply(tree.empty, [entry(0), { path: last, valueHash: zeros }]);
  const proof = tree.prove(version, last);
  expect(proof.siblings.map(toHex)).toEqual([toHex(leaf(entry(0)))]);
  expect(toHex(proof.mask)).toBe(`${"ff".repeat(31)}fe`);
});

test("a proof says what stands at the end of the way", () => {
  const tree = newTree();
  const [a, b] = [entry(0b0100_0000, 1), entry(0b0110_0000, 2)];
  const version = tree.apply(tree.empty, [a, b]);
  const other = { kind: "other", path: a.path, valueHash: a.valueHash };
  expect(tree.prove(version, b.path).end).toEqual({ kind: "leaf", valueHash: b.valueHash });
  expect(tree.prove(version, entry(0b0100_0001).path).end).toEqual(other);
  expect(tree.prove(version, entry(0b1000_0000).path).end).toEqual({ kind: "empty" });
  expect(tree.prove(version, entry(0b0100_0001).path).mask[0]).toBe(0b1100_0000);
});

test("a batch that changes nothing makes no node", () => {
  const tree = newTree();
  const version = tree.apply(tree.empty, many(50));
  const before = tree.nodes;
  const absent = { path: entry(0xee).path, valueHash: undefined };
  const same = tree.apply(version, [...many(50), absent]);
  expect(tree.nodes).toBe(before);
  expect(toHex(tree.root(same))).toBe(toHex(tree.root(version)));
});

test("each inner node of a batch is hashed once", () => {
  let hashes = 0;
  const tree = new StateTree({
    hasher: {
      sha256(bytes) {
        hashes += 1;
        return nobleHasher.sha256(bytes);
      },
    },
  });
  tree.apply(tree.empty, many(500));
  expect(hashes).toBe(tree.nodes);
});

test("commit keeps memory flat: the replaced nodes are used again", () => {
  const tree = newTree();
  tree.commit(tree.apply(tree.empty, many(300)));
  const before = { nodes: tree.nodes, memoryBytes: tree.memoryBytes };
  for (let round = 0; round < 30; round += 1) {
    const valueHash = new Uint8Array(32).fill(round);
    const changes = many(300).map(({ path }) => ({ path, valueHash }));
    tree.commit(tree.apply(tree.committed, changes));
  }
  expect({ nodes: tree.nodes, memoryBytes: tree.memoryBytes }).toEqual(before);
  expect(tree.entries).toBe(300);
});

test("a dropped version's nodes are free again, with those of all that descends from it", () => {
  const tree = newTree();
  tree.commit(tree.apply(tree.empty, many(20)));
  const before = tree.nodes;
  const child = tree.apply(tree.committed, [entry(1)]);
  const grandchild = tree.apply(child, [entry(2)]);
  tree.drop(child);
  expect(tree.nodes).toBe(before);
  expect(() => tree.valueHash(grandchild, entry(2).path)).toThrow("dropped or superseded");
  tree.drop(grandchild);
  expect(tree.nodes).toBe(before);
});

test("committing one version drops its siblings", () => {
  const tree = newTree();
  const [chosen, sibling] = [
    tree.apply(tree.empty, [entry(1)]),
    tree.apply(tree.empty, [entry(2)]),
  ];
  tree.commit(chosen);
  expect(tree.nodes).toBe(1);
  expect(() => tree.apply(sibling, [])).toThrow("dropped or superseded");
  expect(() => tree.apply(tree.empty, [])).toThrow("dropped or superseded");
});

test("a version is committed only right after its parent, and never dropped after that", () => {
  const tree = newTree();
  const child = tree.apply(tree.empty, [entry(1)]);
  const grandchild = tree.apply(child, [entry(2)]);
  expect(() => tree.commit(grandchild)).toThrow("right after its parent");
  tree.commit(child);
  tree.commit(grandchild);
  expect(() => tree.drop(grandchild)).toThrow("the committed version stays");
  expect(() => tree.commit(grandchild)).toThrow("right after its parent");
});

test("a batch with one path twice is a bug, and changes nothing", () => {
  const tree = newTree();
  expect(() => tree.apply(tree.empty, [entry(1), entry(2), entry(1, 9)])).toThrow("are distinct");
  expect(tree.nodes).toBe(0);
});

test("an entry costs about 150 bytes, and both hashers build the same tree", () => {
  const changes = many(20_000);
  const native = new StateTree({ hasher: nativeHasher });
  const noble = newTree();
  native.commit(native.apply(native.empty, changes));
  noble.commit(noble.apply(noble.empty, changes));
  expect(toHex(native.root(native.committed))).toBe(toHex(noble.root(noble.committed)));
  expect(native.memoryBytes / native.entries).toBeLessThan(180);
});
