/**
 * The JSON contract of the pool as schemas; see schemas.ts.
 * @module
 */
import { z } from "zod";
import type { MempoolJson, WaitingJson } from "./mempool-json.ts";
import { address, amount, count, id } from "./schema-parts.ts";
import { cursorSchema, tipSchema } from "./schemas.ts";

export const waitingSchema: z.ZodType<WaitingJson> = z.object({
  id,
  sender: address,
  nonce: count,
  fee: amount,
  feeDisplay: z.string(),
  feePerByte: z.number().min(0).nullable(),
  bytes: count,
  operations: count,
  kinds: z.array(z.string()),
  receivedMs: count,
  ageMs: count,
  expiryMs: count,
  missingNonce: count.nullable(),
});

export const mempoolSchema: z.ZodType<MempoolJson> = z.object({
  items: z.array(waitingSchema),
  next: cursorSchema.nullable(),
  prev: cursorSchema.nullable(),
  tip: tipSchema,
  transactions: count,
  bytes: count,
  transactionsMax: count,
  bytesMax: count,
  faults: count,
});
