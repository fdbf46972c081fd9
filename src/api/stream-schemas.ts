/**
 * The events of the stream as schemas; that of `block` is in schemas.ts.
 * @module
 */
import { z } from "zod";
import { transactionSchema } from "./schemas.ts";
import type { PositionEventJson, StreamEndJson, TransactionEventJson } from "./stream-json.ts";
import { parseStreamPosition } from "./stream-position.ts";

const position = z
  .string()
  .max(40)
  .refine((text) => parseStreamPosition(text) !== undefined, "not a position");

export const transactionEventSchema: z.ZodType<TransactionEventJson> = z.intersection(
  transactionSchema,
  z.object({ status: z.literal("final"), topics: z.array(z.string().max(256)) }),
);

export const positionEventSchema: z.ZodType<PositionEventJson> = z.object({
  position,
  tip: z.int().min(0),
});

export const streamEndSchema: z.ZodType<StreamEndJson> = z.object({
  code: z.enum(["too_slow", "history_absent"]),
  position,
});
