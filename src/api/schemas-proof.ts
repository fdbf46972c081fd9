/**
 * The JSON of proofs as schemas: what a client lets in before it verifies.
 * @module
 */
import { z } from "zod";
import type {
  ConsistencyJson,
  EpochJson,
  HeadersJson,
  HistoryPointJson,
  InclusionJson,
  ProofJson,
  ReceiptJson,
} from "./proof-json.ts";
import { count, hex, id } from "./schema-parts.ts";
import { tipSchema } from "./schemas.ts";

/** No list of 2^53 leaves has a longer path; a consistency path is at most one longer. */
const path = z.array(id).max(64);

export const proofSchema: z.ZodType<ProofJson> = z.object({ proof: hex, tip: tipSchema });

export const receiptSchema: z.ZodType<ReceiptJson> = z.object({
  kind: z.literal("quorate-receipt"),
  version: z.literal(1),
  chainId: id,
  transaction: hex,
  proof: hex,
});

export const headersSchema: z.ZodType<HeadersJson> = z.object({
  items: z.array(z.object({ height: count, id, header: hex })),
  tip: tipSchema,
});

export const epochSchema: z.ZodType<EpochJson> = z.object({
  epoch: count,
  first: count,
  last: count,
  boundary: tipSchema,
  validatorsHash: id,
  set: hex,
  hop: hex.nullable(),
  tip: tipSchema,
});

export const historyPointSchema: z.ZodType<HistoryPointJson> = z.object({
  height: count,
  id,
  historyRoot: id,
});

export const consistencySchema: z.ZodType<ConsistencyJson> = z.object({
  from: historyPointSchema,
  to: historyPointSchema,
  path,
  tip: tipSchema,
});

export const inclusionSchema: z.ZodType<InclusionJson> = z.object({
  height: count,
  id,
  at: historyPointSchema,
  path,
  tip: tipSchema,
});
