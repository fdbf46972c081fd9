/**
 * An asset as it is shown, from its proven entry.
 * @module
 */
import type { AssetJson, AssetNowJson } from "../../../src/api/asset-json.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { formatAmount } from "../../../src/protocol/amount.ts";
import type { AssetEntry } from "../../../src/protocol/assets.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import type { AssetId } from "../../../src/protocol/ids.ts";
import { type Difference, differences } from "./differences.ts";

/** Undefined: it is proven that nobody has created it. */
export function assetFields(
  id: AssetId,
  entry: AssetEntry | undefined,
  { addressPrefix }: Pick<Genesis, "addressPrefix">,
): AssetJson | undefined {
  if (entry === undefined) return undefined;
  const { code, decimals, name, issuer, supply, maxSupply } = entry;
  const isBounded = maxSupply !== 0n;
  const display = (amount: bigint): string => `${formatAmount(amount, decimals)} ${code}`;
  return {
    id,
    code,
    decimals,
    name,
    issuer: formatAddress(addressPrefix, issuer),
    supply: supply.toString(),
    supplyDisplay: display(supply),
    maxSupply: isBounded ? maxSupply.toString() : null,
    maxSupplyDisplay: isBounded ? display(maxSupply) : null,
  };
}

export function compareAsset(
  { tip: _, ...shown }: AssetNowJson,
  proven: AssetJson | undefined,
): readonly Difference[] {
  return differences(shown, proven);
}
