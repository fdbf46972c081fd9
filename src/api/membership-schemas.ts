/**
 * The JSON contract of membership as schemas; see schemas.ts.
 * @module
 */
import { z } from "zod";
import type { ListJson } from "./json.ts";
import type {
  ChangeJson,
  FaultJson,
  MemberJson,
  MembershipJson,
  ParametersNowJson,
} from "./membership-json.ts";
import { address, amount, count, id, signature } from "./schema-parts.ts";
import { listSchema, parametersSchema, tipSchema } from "./schemas.ts";

export const memberSchema: z.ZodType<MemberJson> = z.object({
  name: z.string(),
  operator: address,
  consensusKey: id,
  endpoint: z.string(),
});

export const changeSchema: z.ZodType<ChangeJson> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("put"),
    validator: memberSchema,
    replaces: memberSchema.nullable(),
    possession: signature.nullable(),
  }),
  z.object({ kind: z.literal("remove"), operator: address, name: z.string().nullable() }),
  z.object({ kind: z.literal("parameter"), name: z.string(), value: amount, current: amount }),
]);

const vote = z.object({
  operator: address,
  name: z.string(),
  height: count,
  timestampMs: count,
  expiresMs: count,
  counts: z.boolean(),
});

const candidate = z.object({
  linked: z.boolean(),
  finalHeight: count.nullable(),
  synced: z.boolean(),
});

export const membershipSchema: z.ZodType<MembershipJson> = z.object({
  tip: z.object({ height: count, id, timestampMs: count }),
  epoch: z.object({
    number: count,
    length: count,
    lastHeight: count,
    countingHeight: count,
    endsAboutMs: count.nullable(),
  }),
  quorum: count,
  current: z.array(memberSchema),
  next: z.array(memberSchema),
  changes: z.array(
    z.object({
      change: changeSchema,
      votes: z.array(vote),
      counted: count,
      candidate: candidate.nullable(),
    }),
  ),
});

export const parametersNowSchema: z.ZodType<ParametersNowJson> = z.object({
  current: parametersSchema,
  next: parametersSchema,
  nextHeight: count,
  tip: tipSchema,
});

export const faultSchema: z.ZodType<FaultJson> = z.object({
  consensusKey: id,
  name: z.string().nullable(),
  epoch: count,
  height: count,
});

export const faultsSchema: z.ZodType<ListJson<FaultJson>> = listSchema(faultSchema);
