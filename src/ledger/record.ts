/**
 * Record: an account writes the next version of a record of its own.
 *
 * The state holds the newest version's fingerprint; what it says about itself (`data`) stays in the block.
 * @module
 */
import { encode } from "../codec/codec.ts";
import type { AccountId, Height } from "../protocol/ids.ts";
import type { WriteRecord } from "../protocol/operations.ts";
import { recordEntryCodec } from "../protocol/records.ts";
import { readRecord, recordKey } from "../protocol/state.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import type { WorkingState } from "./working-state.ts";

/**
 * Applies it to the running transaction, or says why not.
 *
 * @param height the block's own.
 */
export function applyRecord(
  state: WorkingState,
  account: AccountId,
  { topic, key, version, contentHash }: WriteRecord,
  height: Height,
): TransactionErrorCode | undefined {
  if (!state.account(account).exists) return "account_absent";
  const current = readRecord(state.entries, account, topic, key)?.version ?? 0;
  if (version !== current + 1) return "record_version_not_next";
  const entry = encode(recordEntryCodec, { version, contentHash, height });
  state.setEntry(recordKey(account, topic, key), entry);
  return undefined;
}
