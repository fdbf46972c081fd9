/**
 * Ed25519 in plain JavaScript, under the strict acceptance rule of docs/protocol.md.
 *
 * The only door of `@noble/ed25519`. Its own `verify` multiplies by the cofactor even in its strict mode,
 * so it accepts signatures that libsodium refuses; here the equation is built from its Point:
 *
 *   accept  iff  |signature| = 64, |key| = 32, S < L,
 *                A decodes canonically and is not of small order,
 *                R is byte for byte the encoding of S·B − k·A, and that point is not of small order,
 *                k = SHA-512(R ‖ A ‖ message) mod L.
 *
 * Comparing R as bytes makes a non-canonical R fail without a rule of its own.
 * @module
 */
import { getPublicKey, hashes, Point, sign } from "@noble/ed25519";
import { assert } from "../base/assert.ts";
import { concatBytes, equalBytes } from "../base/bytes.ts";
import { sha512 } from "./hash.ts";
import type { CreateSigner, Verifier } from "./ports.ts";

hashes.sha512 = sha512;

const signatureBytes = 64;
const publicKeyBytes = 32;
const seedBytes = 32;
const order = Point.CURVE().n;

export const nobleVerifier: Verifier = {
  verify(signature, message, publicKey) {
    if (signature.length !== signatureBytes || publicKey.length !== publicKeyBytes) return false;
    const encodedR = signature.subarray(0, 32);
    const s = fromLittleEndian(signature.subarray(32));
    if (s >= order) return false;
    const a = decodePoint(publicKey);
    if (a === undefined || a.isSmallOrder()) return false;
    const k = fromLittleEndian(sha512(concatBytes(encodedR, publicKey, message))) % order;
    const r = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k));
    return equalBytes(r.toBytes(), encodedR) && !r.isSmallOrder();
  },
};

export const createNobleSigner: CreateSigner = (seed) => {
  assert(seed.length === seedBytes, "a seed is 32 bytes");
  const secret = seed.slice();
  return {
    publicKey: getPublicKey(secret),
    sign: (message) => sign(message, secret),
  };
};

/** RFC 8032 section 5.1.3, or undefined: y ≥ p, not on the curve, or x = 0 with the sign bit. */
function decodePoint(encoded: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(encoded, false);
  } catch {
    return undefined;
  }
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let value = 0n;
  for (let offset = bytes.length - 8; offset >= 0; offset -= 8) {
    value = (value << 64n) | view.getBigUint64(offset, true);
  }
  return value;
}
