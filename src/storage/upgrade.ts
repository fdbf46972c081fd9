/**
 * A ledger that an earlier version wrote gets the rows that it lacks, before anything else is read of it.
 * @module
 */
import { equalBytes } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { encode, u64 } from "../codec/codec.ts";
import type { Hasher } from "../crypto/ports.ts";
import { nativeSupply } from "../ledger/genesis-state.ts";
import { type ChainId, chainIdCodec } from "../protocol/ids.ts";
import { stateKeyOf } from "../protocol/state.ts";
import {
  decodeSealed,
  encodeSealed,
  schemaCodec,
  schemaVersion,
  tipCodec,
} from "./chain-codecs.ts";
import { StorageCorruption } from "./corruption.ts";
import { addHistoryRows } from "./history-check.ts";
import { chainKey, parseStateKey, schemaKey, supplyKey, tipKey } from "./keys.ts";
import { type OpenFailure, openFailure } from "./open-failure.ts";
import { statePages } from "./rebuild-state.ts";
import type { Store, Write } from "./store.ts";

/** The schema before this one: no rows `n`, no supply, and none of the rows of operations that it did not have. */
const schemaBefore = 2;

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
  if (!holds(schemaKey, encode(schemaCodec, schemaBefore))) return ok(undefined);
  const value = store.get(tipKey);
  if (!holds(chainKey, encode(chainIdCodec, chainId)) || value === undefined) return ok(undefined);
  try {
    const tip = decodeSealed(hasher, tipCodec, { key: tipKey, value });
    await addHistoryRows(tip.height, { store, hasher });
    const writes: Write[] = [
      { kind: "put", key: schemaKey, value: encode(schemaCodec, schemaVersion) },
    ];
    // One that is there already was written with this schema, whose number alone is damaged.
    if (store.get(supplyKey) === undefined) {
      const supply = await nativeSupplyIn(store);
      const sealed = encodeSealed(hasher, u64, { key: supplyKey, value: supply });
      writes.push({ kind: "put", key: supplyKey, value: sealed });
    }
    await store.commit(writes);
    return ok(undefined);
  } catch (error) {
    if (error instanceof StorageCorruption) return fail(openFailure("broken_chain", error.message));
    throw error;
  }
}

/** It never changes, so that of the tip is that of the genesis. */
async function nativeSupplyIn(store: Store): Promise<bigint> {
  let supply = 0n;
  for await (const page of statePages(store)) {
    supply += nativeSupply(
      new Map(page.map(({ key, value }) => [stateKeyOf(parseStateKey(key)), value])),
    );
  }
  return supply;
}
