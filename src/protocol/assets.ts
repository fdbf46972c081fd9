/**
 * Assets other than the native one: what an issuer fixes when it creates one, and what the state holds of it.
 *
 *   AssetEntry   issuer [32] · code · decimals u8 · name · maxSupply u64 · supply u64
 *   asset id     SHA-256(`quorate/asset/1\0` ‖ issuer ‖ BCS(code))
 *
 * An issuer has one asset of a code; two issuers may use the same code, so people are shown the issuer as well.
 * @module
 */
import { fromHex, toHex } from "../base/bytes.ts";
import { type Codec, checked, encode, struct, text, u8, u64 } from "../codec/codec.ts";
import { hashWithDomain } from "../crypto/hash.ts";
import type { Hasher } from "../crypto/ports.ts";
import { type AccountId, type AssetId, accountIdCodec } from "./ids.ts";
import { amountMax, assetCodeLengthMax, assetDecimalsMax, assetNameBytesMax } from "./limits.ts";

/** What its creation fixes for good. */
export interface AssetTerms {
  /** 1 to 12 of A to Z and 0 to 9. */
  readonly code: string;
  /** Digits behind the point in which people write amounts of it: 0 to 18. */
  readonly decimals: number;
  /** For people; may be empty. */
  readonly name: string;
  /** The most that may exist at a time, in base units; 0: no limit but 2^64 − 1. */
  readonly maxSupply: bigint;
}

export interface AssetEntry extends AssetTerms {
  /** The only account that may mint it. */
  readonly issuer: AccountId;
  /** What exists of it now: the sum of all balances. */
  readonly supply: bigint;
}

const codeText = new RegExp(`^[A-Z0-9]{1,${assetCodeLengthMax}}$`);

/** Whether a text may be the code of an asset. */
export const isAssetCode = (code: string): boolean => codeText.test(code);

const assetCodeCodec: Codec<string> = checked(
  text({ bytesMin: 1, bytesMax: assetCodeLengthMax }),
  (code) => (isAssetCode(code) ? undefined : "an asset's code is not of A to Z and 0 to 9"),
);

const decimalsCodec: Codec<number> = checked(u8, (decimals) =>
  decimals > assetDecimalsMax ? "an asset has too many decimals" : undefined,
);

/** The terms' fields in wire order, for the structs that hold them. */
export const assetTermsFields: {
  readonly [Name in keyof AssetTerms]: Codec<AssetTerms[Name]>;
} = {
  code: assetCodeCodec,
  decimals: decimalsCodec,
  name: text({ bytesMax: assetNameBytesMax }),
  maxSupply: u64,
};

export const assetEntryCodec: Codec<AssetEntry> = struct<AssetEntry>({
  issuer: accountIdCodec,
  ...assetTermsFields,
  supply: u64,
});

/** SHA-256(`quorate/asset/1\0` ‖ issuer ‖ BCS(code)). The code must be one (isAssetCode). */
export function assetIdOf(hasher: Hasher, issuer: AccountId, code: string): AssetId {
  const encoded = encode(assetCodeCodec, code);
  return toHex(hashWithDomain(hasher, "quorate/asset/1", fromHex(issuer), encoded)) as AssetId;
}

/** The most that may ever exist at a time, in base units. */
export const supplyLimit = ({ maxSupply }: AssetTerms): bigint =>
  maxSupply === 0n ? amountMax : maxSupply;
