/**
 * What a stored state adds up to: the native total, and of every other asset its supply and what is held of it.
 * @module
 */
import { decode, u64 } from "../../../src/codec/codec.ts";
import { assetEntryCodec } from "../../../src/protocol/assets.ts";
import { accountEntryCodec, assetOfKey, stateKeyOf } from "../../../src/protocol/state.ts";
import { demand } from "./safety-violation.ts";

export interface Holdings {
  readonly native: bigint;
  /** By asset. */
  readonly supplies: ReadonlyMap<string, bigint>;
  /** The sum of all balances, by asset. */
  readonly held: ReadonlyMap<string, bigint>;
}

export function holdingsIn(
  rows: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[],
): Holdings {
  let native = 0n;
  const supplies = new Map<string, bigint>();
  const held = new Map<string, bigint>();
  for (const { key: bytes, value } of rows) {
    const key = stateKeyOf(bytes);
    const asset = assetOfKey(key);
    if (key.startsWith("00")) {
      const account = decode(accountEntryCodec, value);
      if (account.ok) native += account.value.balance;
    } else if (key.startsWith("01")) {
      const amount = decode(u64, value);
      const of = key.slice(66);
      if (amount.ok) held.set(of, (held.get(of) ?? 0n) + amount.value);
    } else if (asset !== undefined) {
      const entry = decode(assetEntryCodec, value);
      if (entry.ok) supplies.set(asset, entry.value.supply);
    }
  }
  return { native, supplies, held };
}

/** Of every asset as much is held as exists; `who` is named if not. */
export function demandAssetsAddUp({ supplies, held }: Holdings, who: string): void {
  for (const [asset, supply] of supplies) {
    const sum = held.get(asset) ?? 0n;
    demand(sum === supply, `${who} holds ${sum} of the ${supply} of asset ${asset.slice(0, 8)}`);
  }
  for (const asset of held.keys()) {
    demand(
      supplies.has(asset),
      `${who} holds some of asset ${asset.slice(0, 8)}, which nobody made`,
    );
  }
}
