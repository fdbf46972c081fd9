/**
 * The network's own words from what is proven: its prefix and asset by the genesis, other assets by their entries.
 * @module
 */
import type { ContentWriter } from "../../../src/api/content-json.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { formatAmount } from "../../../src/protocol/amount.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import { type AccountId, type AssetId, nativeAsset } from "../../../src/protocol/ids.ts";

/** What it takes to write an amount of an asset. */
export interface AssetTermsKnown {
  readonly code: string;
  readonly decimals: number;
}

export class ProvenWriter implements ContentWriter {
  readonly #prefix: string;
  readonly #terms: ReadonlyMap<AssetId, AssetTermsKnown>;

  /** Amounts of assets that are not among the terms are written in base units. */
  constructor(
    { addressPrefix, asset }: Pick<Genesis, "addressPrefix" | "asset">,
    terms: ReadonlyMap<AssetId, AssetTermsKnown> = new Map(),
  ) {
    this.#prefix = addressPrefix;
    this.#terms = new Map([...terms, [nativeAsset, asset]]);
  }

  address(account: AccountId): string {
    return formatAddress(this.#prefix, account);
  }

  display(amount: bigint, asset: AssetId = nativeAsset): string {
    const terms = this.#terms.get(asset);
    if (terms === undefined) return amount.toString();
    return `${formatAmount(amount, terms.decimals)} ${terms.code}`;
  }
}
