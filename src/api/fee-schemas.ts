/**
 * The JSON contract of fees as schemas; see schemas.ts.
 * @module
 */
import { z } from "zod";
import type { FeesJson, MoneyJson } from "./fee-json.ts";
import { amount, count, share } from "./schema-parts.ts";
import { assetInfoSchema, tipSchema } from "./schemas.ts";

const money = z.object({ amount, display: z.string() });
export const moneySchema: z.ZodType<MoneyJson> = money;

export const feesSchema: z.ZodType<FeesJson> = z.object({
  asset: assetInfoSchema,
  baseFee: moneySchema,
  feePerByte: moneySchema,
  accountMinimum: moneySchema,
  operationFees: z.array(
    money.extend({
      kind: z.enum([
        "transfer",
        "create-asset",
        "mint",
        "burn",
        "record",
        "set-policy",
        "set-account",
        "vote-membership",
        "vote-parameter",
      ]),
    }),
  ),
  maxTransactionBytes: count,
  maxBlockBytes: count,
  examples: z.array(
    money.extend({
      kind: z.enum(["payment", "payment-with-memo", "asset-payment", "create-asset", "record"]),
      title: z.string(),
      bytes: count,
    }),
  ),
  fill: z.object({ blocks: count, mean: share.nullable(), most: share.nullable() }),
  waiting: z.object({ transactions: count, bytes: count }),
  tip: tipSchema,
});
