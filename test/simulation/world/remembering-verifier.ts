/**
 * Verifies each signature once for the whole simulated network: a signature is valid or not for everybody alike.
 * @module
 */
import type { Verifier } from "../../../src/crypto/ports.ts";

/** Then the older half is forgotten. */
const remembered = 100_000;

export class RememberingVerifier implements Verifier {
  readonly #verifier: Verifier;
  #recent = new Map<string, boolean>();
  #older = new Map<string, boolean>();

  constructor(verifier: Verifier) {
    this.#verifier = verifier;
  }

  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
    const key = keyOf(signature, message, publicKey);
    const known = this.#recent.get(key) ?? this.#older.get(key);
    if (known !== undefined) return known;
    const isValid = this.#verifier.verify(signature, message, publicKey);
    this.#remember(key, isValid);
    return isValid;
  }

  /** What this key has just signed is valid. */
  signed(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): void {
    this.#remember(keyOf(signature, message, publicKey), true);
  }

  #remember(key: string, isValid: boolean): void {
    this.#recent.set(key, isValid);
    if (this.#recent.size >= remembered / 2) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
  }
}

const keyOf = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): string =>
  `${textOf(signature)}/${textOf(publicKey)}/${textOf(message)}`;

/** One character a byte. */
const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
