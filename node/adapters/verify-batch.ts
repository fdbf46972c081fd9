/**
 * One batch of signature checks as one buffer, which changes threads without being copied.
 *
 *   OFFSET          SIZE       MEANING
 *   0               4          n, the number of checks, little-endian as all integers here
 *   4               4 n        length of each message
 *   4 + 4 n         64 n       signatures
 *   4 + 68 n        32 n       public keys
 *   4 + 100 n       rest       messages, one after the other
 *
 * The answer is n bytes: 1 where the signature is valid.
 * @module
 */
import { assert } from "../../src/base/assert.ts";
import type { Verifier } from "../../src/crypto/ports.ts";
import type { SignatureCheck } from "../../src/protocol/authorization.ts";

const lengthBytes = 4;
const signatureBytes = 64;
const publicKeyBytes = 32;

/** Whether a check can be packed; one that cannot has no valid signature. */
export const isWellSized = ({ signature, publicKey }: SignatureCheck): boolean =>
  signature.length === signatureBytes && publicKey.length === publicKeyBytes;

/** Packs checks that are all well sized. The buffer is new, so it may be transferred. */
export function packChecks(checks: readonly SignatureCheck[]): ArrayBuffer {
  const at = offsets(checks.length);
  const total = checks.reduce((sum, { message }) => sum + message.length, at.messages);
  const buffer = new ArrayBuffer(total);
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  view.setUint32(0, checks.length, true);
  let end = at.messages;
  for (const [i, check] of checks.entries()) {
    assert(isWellSized(check), "only well-sized checks are packed");
    view.setUint32(at.lengths + i * lengthBytes, check.message.length, true);
    bytes.set(check.signature, at.signatures + i * signatureBytes);
    bytes.set(check.publicKey, at.publicKeys + i * publicKeyBytes);
    bytes.set(check.message, end);
    end += check.message.length;
  }
  return buffer;
}

/** Verifies each packed check, in order: one byte each, 1 for a valid signature. */
export function verifyPacked(verifier: Verifier, buffer: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  const count = view.getUint32(0, true);
  const at = offsets(count);
  const slice = (offset: number, length: number): Uint8Array =>
    bytes.subarray(offset, offset + length);
  const answer = new Uint8Array(count);
  let start = at.messages;
  for (let i = 0; i < count; i += 1) {
    const length = view.getUint32(at.lengths + i * lengthBytes, true);
    const valid = verifier.verify(
      slice(at.signatures + i * signatureBytes, signatureBytes),
      slice(start, length),
      slice(at.publicKeys + i * publicKeyBytes, publicKeyBytes),
    );
    answer[i] = valid ? 1 : 0;
    start += length;
  }
  return answer;
}

interface Offsets {
  readonly lengths: number;
  readonly signatures: number;
  readonly publicKeys: number;
  readonly messages: number;
}

function offsets(count: number): Offsets {
  const signatures = lengthBytes + count * lengthBytes;
  const publicKeys = signatures + count * signatureBytes;
  return {
    lengths: lengthBytes,
    signatures,
    publicKeys,
    messages: publicKeys + count * publicKeyBytes,
  };
}
