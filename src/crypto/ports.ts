/**
 * The crypto ports: what a node does natively and a browser in plain JavaScript, under one set of vectors.
 * @module
 */

export interface Hasher {
  /** SHA-256 (FIPS 180-4) of the bytes: 32 new bytes. */
  sha256(bytes: Uint8Array): Uint8Array;
}

export interface Verifier {
  /**
   * The strict Ed25519 rule (docs/protocol.md): 64-byte signature, 32-byte key, S < L, A and R canonical and
   * not of small order, then the cofactorless equation. Never throws: bad input is false.
   */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

export interface Signer {
  /** The 32-byte public key, derived from the secret; no signing function takes one as an argument. */
  readonly publicKey: Uint8Array;
  /** Ed25519 (RFC 8032): 64 bytes, deterministic. */
  sign(message: Uint8Array): Uint8Array;
}

/** Makes a signer of a 32-byte RFC 8032 seed. */
export type CreateSigner = (seed: Uint8Array) => Signer;
