/**
 * The protocol written a second time from docs/protocol.md: hashes, signatures,
 * trees and addresses on `node:crypto`, with nothing of `src/`.
 *
 * Slow and plain on purpose; it only has to agree.
 * @module
 */
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
export const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
export const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts));
const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "ascii"));

export const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(
    createHash("sha256")
      .update(join(...parts))
      .digest(),
  );

/** SHA-256(domain ‖ 0 ‖ parts). */
export const domainHash = (domain: string, ...parts: readonly Uint8Array[]): Uint8Array =>
  sha256(ascii(`${domain}\0`), ...parts);

/** domain ‖ 0 ‖ chainId ‖ payload. */
export const signedBytes = (domain: string, chainId: Uint8Array, payload: Uint8Array): Uint8Array =>
  join(ascii(`${domain}\0`), chainId, payload);

export interface KeyPair {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** The key pair of an RFC 8032 seed that repeats one byte 32 times. */
export function keyOf(byte: number): KeyPair {
  const pkcs8 = join(unhex("302e020100300506032b657004220420"), new Uint8Array(32).fill(byte));
  const secret = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
  const spki = createPublicKey(secret).export({ format: "der", type: "spki" });
  return {
    publicKey: new Uint8Array(spki.subarray(-32)),
    sign: (message) => new Uint8Array(sign(null, message, secret)),
  };
}

export const merkleLeaf = (bytes: Uint8Array): Uint8Array => sha256(Uint8Array.of(0), bytes);

/** RFC 9162 section 2.1.1, as the recursion that it is defined by. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return first;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const left = merkleRoot(leaves.slice(0, split));
  return sha256(Uint8Array.of(1), left, merkleRoot(leaves.slice(split)));
}

const emptyNode: Uint8Array = new Uint8Array(32);
const bitOf = (path: Uint8Array, bit: number): number =>
  ((path[Math.floor(bit / 8)] ?? 0) >> (7 - (bit % 8))) & 1;

export interface StateEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export const statePath = (key: Uint8Array): Uint8Array => sha256(key);
export const stateLeaf = ({ key, value }: StateEntry): Uint8Array =>
  sha256(Uint8Array.of(0), statePath(key), sha256(value));

/** The tree over these entries, by its definition. */
export function stateRoot(entries: readonly StateEntry[], depth = 0): Uint8Array {
  const [first] = entries;
  if (first === undefined) return emptyNode;
  if (entries.length === 1) return stateLeaf(first);
  const side = (bit: number) => entries.filter(({ key }) => bitOf(statePath(key), depth) === bit);
  return sha256(Uint8Array.of(1), stateRoot(side(0), depth + 1), stateRoot(side(1), depth + 1));
}

/** Mask and siblings of the way to the path of one of the entries, top-down. */
export function stateSiblings(
  entries: readonly StateEntry[],
  path: Uint8Array,
): { readonly mask: Uint8Array; readonly siblings: readonly Uint8Array[] } {
  const mask = new Uint8Array(32);
  const siblings: Uint8Array[] = [];
  let rest = entries;
  for (let depth = 0; rest.length > 1; depth += 1) {
    const own = bitOf(path, depth);
    const others = rest.filter(({ key }) => bitOf(statePath(key), depth) !== own);
    rest = rest.filter(({ key }) => bitOf(statePath(key), depth) === own);
    if (others.length > 0) siblings.push(stateRoot(others, depth + 1));
    else mask[Math.floor(depth / 8)] = (mask[Math.floor(depth / 8)] ?? 0) | (0x80 >> (depth % 8));
  }
  return { mask, siblings };
}

const bech32Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

function polymod(values: readonly number[]): number {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let checksum = 1;
  for (const value of values) {
    const top = checksum >>> 25;
    checksum = ((checksum & 0x1ffffff) << 5) ^ value;
    for (const [i, generator] of generators.entries()) {
      if ((top >>> i) & 1) checksum ^= generator;
    }
  }
  return checksum;
}

/** BIP-350. */
export function bech32m(prefix: string, bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const words = (bits.match(/.{1,5}/g) ?? []).map((word) =>
    Number.parseInt(word.padEnd(5, "0"), 2),
  );
  const codes = [...prefix].map((letter) => letter.charCodeAt(0));
  const expanded = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
  const check = polymod([...expanded, ...words, 0, 0, 0, 0, 0, 0]) ^ 0x2bc830a3;
  const checkWords = [0, 1, 2, 3, 4, 5].map((i) => (check >>> (5 * (5 - i))) & 31);
  return `${prefix}1${[...words, ...checkWords].map((word) => bech32Letters[word]).join("")}`;
}
