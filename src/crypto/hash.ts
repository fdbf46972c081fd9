/**
 * SHA-256 in plain JavaScript, and hashing under a domain.
 *
 * The only door of `@noble/hashes`. A node hashes natively through the same port
 * (node/adapters/native-crypto.ts); both are held to one set of vectors.
 * @module
 */
import { sha256 as nobleSha256, sha512 as nobleSha512 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8 } from "../base/bytes.ts";
import type { Domain } from "./domains.ts";
import type { Hasher } from "./ports.ts";

export const nobleHasher: Hasher = { sha256: (bytes) => nobleSha256(bytes) };

/** SHA-256 of bytes that come in pieces. */
export interface PiecewiseHash {
  update(piece: Uint8Array): void;
  /** Once, at the end: 32 bytes. */
  digest(): Uint8Array;
}

export function piecewiseSha256(): PiecewiseHash {
  const hash = nobleSha256.create();
  return {
    update: (piece) => {
      hash.update(piece);
    },
    digest: () => hash.digest(),
  };
}

/** SHA-512 (FIPS 180-4), 64 bytes: for Ed25519 alone. */
export const sha512 = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => nobleSha512(bytes);

const bytesOfDomain = new Map<Domain, Uint8Array>();

/** The domain's text and its zero byte. One shared array for each domain: do not write to it. */
export function domainBytes(domain: Domain): Uint8Array {
  const known = bytesOfDomain.get(domain);
  if (known !== undefined) return known;
  const bytes = utf8(`${domain}\0`);
  bytesOfDomain.set(domain, bytes);
  return bytes;
}

/** SHA-256(domain ‖ 0 ‖ parts…): 32 bytes. The parts are not delimited: fix their lengths, or encode them. */
export function hashWithDomain(
  hasher: Hasher,
  domain: Domain,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  return hasher.sha256(concatBytes(domainBytes(domain), ...parts));
}
