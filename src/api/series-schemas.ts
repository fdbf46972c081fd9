/**
 * The JSON contract of series as schemas; see schemas.ts.
 * @module
 */
import { z } from "zod";
import { count, share } from "./schema-parts.ts";
import { tipSchema } from "./schemas.ts";
import type { SeriesJson, SeriesPointJson } from "./series-json.ts";

export const seriesPointSchema: z.ZodType<SeriesPointJson> = z.object({
  fromMs: count,
  blocks: count,
  transactions: count,
  finalityMsMedian: z.number().min(0).nullable(),
  fillMean: share.nullable(),
});

export const seriesSchema: z.ZodType<SeriesJson> = z.object({
  windowMs: count,
  pointMs: count,
  sinceMs: count,
  points: z.array(seriesPointSchema),
  tip: tipSchema,
});
