/**
 * The JSON contract of search as schemas; see schemas.ts.
 * @module
 */
import { z } from "zod";
import { tipSchema } from "./schemas.ts";
import type { SearchHitJson, SearchJson } from "./search-json.ts";

export const searchHitsMax = 10;

export const searchHitSchema: z.ZodType<SearchHitJson> = z.object({
  kind: z.enum(["block", "transaction", "account", "asset", "record", "validator"]),
  reference: z.string(),
  title: z.string(),
  note: z.string(),
});

export const searchSchema: z.ZodType<SearchJson> = z.object({
  query: z.string(),
  hits: z.array(searchHitSchema).max(searchHitsMax),
  tip: tipSchema,
});
