/**
 * A ledger that an earlier version wrote gets the rows that it lacks, before anything else is read of it.
 * @module
 */
import { equalBytes } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { encode } from "../codec/codec.ts";
import type { Hasher } from "../crypto/ports.ts";
import { type ChainId, chainIdCodec } from "../protocol/ids.ts";
import { decodeSealed, schemaCodec, tipCodec } from "./chain-codecs.ts";
import { StorageCorruption } from "./corruption.ts";
import { addHistoryRows, schemaWithoutHistory } from "./history-check.ts";
import { chainKey, schemaKey, tipKey } from "./keys.ts";
import { type OpenFailure, openFailure } from "./open-failure.ts";
import type { Store } from "./store.ts";

/**
 * Nothing happens to a ledger of this schema, of another chain, or of a schema that there is no way from: opening says
 * what is wrong with those. What is written is checked at opening as if it had always been there.
 */
export async function upgradeLedger(
  store: Store,
  options: { readonly hasher: Hasher; readonly chainId: ChainId },
): Promise<Result<void, OpenFailure>> {
  const { hasher, chainId } = options;
  const holds = (key: Uint8Array, bytes: Uint8Array): boolean => {
    const value = store.get(key);
    return value !== undefined && equalBytes(value, bytes);
  };
  if (!holds(schemaKey, encode(schemaCodec, schemaWithoutHistory))) return ok(undefined);
  const value = store.get(tipKey);
  if (!holds(chainKey, encode(chainIdCodec, chainId)) || value === undefined) return ok(undefined);
  try {
    const tip = decodeSealed(hasher, tipCodec, { key: tipKey, value });
    await addHistoryRows(tip.height, { store, hasher });
    return ok(undefined);
  } catch (error) {
    if (error instanceof StorageCorruption) return fail(openFailure("broken_chain", error.message));
    throw error;
  }
}
