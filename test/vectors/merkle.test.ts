/**
 * RFC 9162 trees: the roots that Certificate Transparency's implementations publish for eight leaves, and the
 * seven-leaf example of section 2.1.5 written out.
 * @module
 */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { fromHex, toHex, utf8 } from "../../src/base/bytes.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { inclusionRanges, leafHash, merkleRoot } from "../../src/crypto/merkle.ts";

const leaves = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((bytes) => leafHash(nobleHasher, fromHex(bytes)));

/** Roots of the first n of the leaves, n = 0 … 8. */
const roots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

test("the published roots of the first n of eight leaves", () => {
  const ours = roots.map((_, size) => toHex(merkleRoot(nobleHasher, leaves.slice(0, size))));
  expect(ours).toEqual(roots);
});

test("the inclusion paths of section 2.1.5: seven leaves, with the names used there", () => {
  const sha256 = (...parts: Uint8Array[]): Uint8Array =>
    createHash("sha256").update(Buffer.concat(parts)).digest();
  const inner = (left: Uint8Array, right: Uint8Array): Uint8Array =>
    sha256(Uint8Array.of(1), left, right);
  const leaf = (n: number): Uint8Array => sha256(Uint8Array.of(0), utf8(`d${n}`));
  const [a, b, c, d, e, f, j] = [leaf(0), leaf(1), leaf(2), leaf(3), leaf(4), leaf(5), leaf(6)];
  const [g, h, i] = [inner(a, b), inner(c, d), inner(e, f)];
  const [k, l] = [inner(g, h), inner(i, j)];
  const seven = [a, b, c, d, e, f, j];
  const paths = { 0: [b, h, l], 3: [c, g, l], 4: [f, j, k], 6: [i, k] };
  const hex = (hashes: readonly Uint8Array[]): string[] => hashes.map(toHex);
  for (const [index, path] of Object.entries(paths)) {
    const roots = inclusionRanges(Number(index), seven.length).map(({ start, end }) =>
      merkleRoot(nobleHasher, seven.slice(start, end)),
    );
    expect(hex(roots)).toEqual(hex(path));
  }
  expect(toHex(merkleRoot(nobleHasher, seven))).toBe(toHex(inner(k, l)));
});
