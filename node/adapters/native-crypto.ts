/**
 * SHA-256 and Ed25519 by libsodium: what makes a node fast. Where sodium-native has no prebuilt binary, the
 * plain JavaScript forms stand in: slower, and equal on every vector (test/vectors/ed25519.test.ts).
 *
 * The only door of `sodium-native`. libsodium's `crypto_sign_verify_detached` is the strict rule of
 * docs/protocol.md, given that both lengths are checked: it reads only the first 64 bytes of a longer signature.
 * @module
 */
import { createRequire } from "node:module";
import { assert } from "../../src/base/assert.ts";
import { createNobleSigner, nobleVerifier } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { CreateSigner, Hasher, Verifier } from "../../src/crypto/ports.ts";

export interface NativeCrypto {
  /** Which library answers: for the log line at start. */
  readonly name: "sodium" | "noble";
  readonly hasher: Hasher;
  readonly verifier: Verifier;
  readonly createSigner: CreateSigner;
}

/** What we use of sodium-native, which ships no types. Every argument is viewed in place, never copied. */
interface Sodium {
  crypto_hash_sha256(out: Uint8Array, input: Uint8Array): void;
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  crypto_sign_verify_detached(
    signature: Uint8Array,
    message: Uint8Array,
    publicKey: Uint8Array,
  ): boolean;
}

const hashBytes = 32;
const signatureBytes = 64;
const publicKeyBytes = 32;
const secretKeyBytes = 64;
const seedBytes = 32;

const native = select();

/** The fastest crypto that this machine has: libsodium, or plain JavaScript. */
export const loadNativeCrypto = (): NativeCrypto => native;

export const nativeHasher: Hasher = native.hasher;
export const nativeVerifier: Verifier = native.verifier;
export const createNativeSigner: CreateSigner = native.createSigner;

function select(): NativeCrypto {
  const sodium = loadSodium();
  if (sodium === undefined) {
    return {
      name: "noble",
      hasher: nobleHasher,
      verifier: nobleVerifier,
      createSigner: createNobleSigner,
    };
  }
  return {
    name: "sodium",
    hasher: sodiumHasher(sodium),
    verifier: sodiumVerifier(sodium),
    createSigner: sodiumSigners(sodium),
  };
}

function loadSodium(): Sodium | undefined {
  try {
    return createRequire(import.meta.url)("sodium-native") as Sodium;
  } catch {
    return undefined; // No binary for this platform: loadNativeCrypto().name says so.
  }
}

function sodiumHasher(sodium: Sodium): Hasher {
  // A small array that native code touches is moved out of the JavaScript heap, which costs more than the
  // hash itself: so one array is written natively, and a copy of it handed out.
  const out = new Uint8Array(hashBytes);
  return {
    sha256(bytes) {
      sodium.crypto_hash_sha256(out, bytes);
      return out.slice();
    },
  };
}

function sodiumVerifier(sodium: Sodium): Verifier {
  return {
    verify: (signature, message, publicKey) =>
      signature.length === signatureBytes &&
      publicKey.length === publicKeyBytes &&
      sodium.crypto_sign_verify_detached(signature, message, publicKey),
  };
}

function sodiumSigners(sodium: Sodium): CreateSigner {
  return (seed) => {
    assert(seed.length === seedBytes, "a seed is 32 bytes");
    const publicKey = new Uint8Array(publicKeyBytes);
    const secretKey = new Uint8Array(secretKeyBytes);
    sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed);
    return {
      publicKey,
      sign(message) {
        const signature = new Uint8Array(signatureBytes);
        sodium.crypto_sign_detached(signature, message, secretKey);
        return signature;
      },
    };
  };
}
