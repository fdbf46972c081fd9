/**
 * The JSON contract of operations as schemas; see schemas.ts.
 * @module
 */
import { z } from "zod";
import type { OperationJson } from "./operation-json.ts";
import { address, amount, bytesAndText, count, id } from "./schema-parts.ts";

export const operationSchema: z.ZodType<OperationJson> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("transfer"),
    from: address,
    to: address,
    asset: id,
    amount,
    display: z.string(),
  }),
  z.object({
    kind: z.literal("create-asset"),
    from: address,
    asset: id,
    code: z.string(),
    decimals: count,
    name: z.string(),
    maxSupply: amount,
  }),
  z.object({
    kind: z.literal("mint"),
    from: address,
    asset: id,
    to: address,
    amount,
    display: z.string(),
  }),
  z.object({ kind: z.literal("burn"), from: address, asset: id, amount, display: z.string() }),
  z.object({
    kind: z.literal("record"),
    from: address,
    topic: z.string(),
    key: z.string(),
    version: count,
    contentHash: id,
    data: bytesAndText,
  }),
  z.object({
    kind: z.literal("set-policy"),
    from: address,
    policy: z.object({
      threshold: count,
      keys: z.array(z.object({ publicKey: id, weight: count })),
    }),
    authHash: id,
  }),
  z.object({ kind: z.literal("set-account"), from: address, requireMemo: z.boolean() }),
  z.object({
    kind: z.literal("vote-membership"),
    from: address,
    change: z.discriminatedUnion("kind", [
      z.object({
        kind: z.literal("put"),
        validator: z.object({
          consensusKey: id,
          operator: address,
          name: z.string(),
          endpoint: z.string(),
        }),
      }),
      z.object({ kind: z.literal("remove"), operator: address }),
    ]),
  }),
  z.object({
    kind: z.literal("vote-parameter"),
    from: address,
    parameter: count,
    name: z.string().nullable(),
    value: amount,
  }),
]);
