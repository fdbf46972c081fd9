/**
 * The JSON contract of assets as schemas; see schemas.ts.
 * @module
 */
import { z } from "zod";
import type { AssetJson, AssetNowJson } from "./asset-json.ts";
import type { BalanceJson, ListJson } from "./json.ts";
import { address, amount, id } from "./schema-parts.ts";
import { balanceSchema, listSchema, tipSchema } from "./schemas.ts";

const decimals = z.int().min(0).max(18);

const asset = z.object({
  id,
  code: z.string(),
  decimals,
  name: z.string(),
  issuer: address,
  supply: amount,
  supplyDisplay: z.string(),
  maxSupply: amount.nullable(),
  maxSupplyDisplay: z.string().nullable(),
});

export const assetEntrySchema: z.ZodType<AssetJson> = asset;
export const assetSchema: z.ZodType<AssetNowJson> = asset.extend({ tip: tipSchema });
export const assetsSchema: z.ZodType<ListJson<AssetJson>> = listSchema(assetEntrySchema);

export const balancesSchema: z.ZodType<ListJson<BalanceJson>> = listSchema(balanceSchema);
