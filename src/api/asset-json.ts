/**
 * The JSON contract of assets: what their issuers fixed, and how much of them there is.
 *
 * Types only, like json.ts; asset-schemas.ts holds the same shapes as schemas. Two issuers may use one code, so an
 * asset is never shown without its issuer.
 * @module
 */
import type { TipJson } from "./json.ts";

export interface AssetJson {
  readonly id: string;
  readonly code: string;
  /** Digits behind the point in which people write amounts of it. */
  readonly decimals: number;
  /** For people; may be empty. */
  readonly name: string;
  /** Address of the only account that may mint it. */
  readonly issuer: string;
  /** Base units that exist now. */
  readonly supply: string;
  readonly supplyDisplay: string;
  /** The most base units that may exist; null: no limit but 2^64 − 1. */
  readonly maxSupply: string | null;
  readonly maxSupplyDisplay: string | null;
}

/** One asset, at the tip that is named. */
export interface AssetNowJson extends AssetJson {
  readonly tip: TipJson;
}
