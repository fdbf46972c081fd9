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

const id = z.string().regex(/^[0-9a-f]{64}$/);
const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);
const count = z.int().min(0);
const tip = z.object({ height: count, id });
/** No list of 2^53 leaves has a longer path; a consistency path is at most one longer. */
const path = z.array(id).max(64);

export const proofSchema: z.ZodType<ProofJson> = z.object({ proof: hex, tip });

export const receiptSchema: z.ZodType<ReceiptJson> = z.object({
  kind: z.literal("quorate-receipt"),
  version: z.literal(1),
  chainId: id,
  transaction: hex,
  proof: hex,
});

export const headersSchema: z.ZodType<HeadersJson> = z.object({
  items: z.array(z.object({ height: count, id, header: hex })),
  tip,
});

export const epochSchema: z.ZodType<EpochJson> = z.object({
  epoch: count,
  first: count,
  last: count,
  boundary: tip,
  validatorsHash: id,
  set: hex,
  hop: hex.nullable(),
  tip,
});

const point: z.ZodType<HistoryPointJson> = z.object({ height: count, id, historyRoot: id });

export const consistencySchema: z.ZodType<ConsistencyJson> = z.object({
  from: point,
  to: point,
  path,
  tip,
});

export const inclusionSchema: z.ZodType<InclusionJson> = z.object({
  height: count,
  id,
  at: point,
  path,
  tip,
});
