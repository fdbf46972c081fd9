/**
 * Cuts transactions into messages: so many, and so many bytes, in each.
 * @module
 */
import type { ContentHash } from "../protocol/ids.ts";
import { transactionBatchMax } from "../protocol/message.ts";

/** Batches in order, none empty; what is not in the pool any more is left out. */
export function transactionBatches(
  hashes: readonly ContentHash[],
  bytesOf: (hash: ContentHash) => Uint8Array | undefined,
  batchBytesMax: number,
): readonly (readonly Uint8Array[])[] {
  const batches: Uint8Array[][] = [];
  let batch: Uint8Array[] = [];
  let size = 0;
  for (const hash of hashes) {
    const bytes = bytesOf(hash);
    if (bytes === undefined) continue;
    const full = batch.length === transactionBatchMax || size + bytes.length > batchBytesMax;
    if (batch.length > 0 && full) {
      batches.push(batch);
      batch = [];
      size = 0;
    }
    batch.push(bytes);
    size += bytes.length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
