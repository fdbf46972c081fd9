/**
 * The body of a batch: BCS vector<bytes>, up to 512 signed transactions in their own encoding.
 *
 * An item may be anything of up to 64 KiB: one that is no transaction is answered `malformed` in its place and
 * does not spoil the others.
 * @module
 */
import type { Result } from "../base/result.ts";
import { bytes, type Codec, decode, encode, vector } from "../codec/codec.ts";
import type { DecodeError } from "../codec/reader.ts";
import { transactionBatchMax } from "../protocol/message.ts";

export const submittedBytesMax: number = 64 * 1024;
export const batchItemsMax: number = transactionBatchMax;
export const batchBytesMax: number = 2 * 1024 * 1024;

const batchCodec: Codec<readonly Uint8Array[]> = vector(bytes({ lengthMax: submittedBytesMax }), {
  lengthMax: batchItemsMax,
});

export function encodeBatch(transactions: readonly Uint8Array[]): Uint8Array {
  return encode(batchCodec, transactions);
}

export function decodeBatch(encoded: Uint8Array): Result<readonly Uint8Array[], DecodeError> {
  return decode(batchCodec, encoded);
}
