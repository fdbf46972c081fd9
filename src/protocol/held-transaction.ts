/**
 * A transaction of an account held as its bytes and names: what the pool keeps. It is decoded again only when it is
 * needed.
 * @module
 */
import { assert } from "../base/assert.ts";
import { decode } from "../codec/codec.ts";
import type { ContentHash, TransactionId } from "./ids.ts";
import { type NamedSigned, signedTransactionCodec } from "./transaction.ts";

export interface HeldTransaction {
  readonly bytes: Uint8Array;
  readonly id: TransactionId;
  readonly contentHash: ContentHash;
}

/** Keeps bytes and names. A view into a larger frame is copied, so that it does not keep the frame alive. */
export function holdTransaction({ bytes, id, contentHash }: NamedSigned): HeldTransaction {
  const isView = bytes.byteLength !== bytes.buffer.byteLength;
  return { bytes: isView ? bytes.slice() : bytes, id, contentHash };
}

/** The same transaction decoded; nothing is hashed again. */
export function reopenTransaction({ bytes, id, contentHash }: HeldTransaction): NamedSigned {
  const decoded = decode(signedTransactionCodec, bytes);
  assert(
    decoded.ok && decoded.value.kind === "signed",
    "the bytes of a held transaction were decoded before",
  );
  return { bytes, id, contentHash, signed: decoded.value };
}
