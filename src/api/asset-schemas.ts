/**
 * The JSON contract of assets as schemas; see schemas.ts.
 * @module
 */
import { z } from "zod";
import type { AssetJson, AssetNowJson } from "./asset-json.ts";
import type { BalanceJson, ListJson } from "./json.ts";
import { listSchema, tipSchema } from "./schemas.ts";

const id = z.string().regex(/^[0-9a-f]{64}$/);
const amount = z.string().regex(/^(?:0|[1-9][0-9]{0,19})$/);
const address = z.string().regex(/^[a-z]{1,10}1[02-9ac-hj-np-z]{58}$/);
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

export const assetSchema: z.ZodType<AssetNowJson> = asset.extend({ tip: tipSchema });
export const assetsSchema: z.ZodType<ListJson<AssetJson>> = listSchema(asset);

export const balanceSchema: z.ZodType<BalanceJson> = z.object({
  asset: id,
  code: z.string(),
  issuer: address.nullable(),
  decimals,
  amount,
  display: z.string(),
});
export const balancesSchema: z.ZodType<ListJson<BalanceJson>> = listSchema(balanceSchema);
