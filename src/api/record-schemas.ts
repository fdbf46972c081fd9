/**
 * The JSON contract of records as schemas; see schemas.ts.
 * @module
 */
import { z } from "zod";
import type { ListJson } from "./json.ts";
import type { RecordEntryJson, RecordNowJson, RecordVersionJson } from "./record-json.ts";
import { address, bytesAndText, count, id } from "./schema-parts.ts";
import { listSchema, tipSchema } from "./schemas.ts";

const version = z.int().min(1);

const record = z.object({
  address,
  topic: z.string(),
  key: z.string(),
  version,
  contentHash: id,
  height: count,
});

const recordVersion = record.extend({
  data: bytesAndText.nullable(),
  transaction: z
    .object({ id, height: count, index: count, blockId: id, timestampMs: count })
    .nullable(),
});

export const recordEntrySchema: z.ZodType<RecordEntryJson> = record;
export const recordVersionSchema: z.ZodType<RecordVersionJson> = recordVersion;
export const recordSchema: z.ZodType<RecordNowJson> = recordVersion.extend({
  newest: version,
  tip: tipSchema,
});
export const recordsSchema: z.ZodType<ListJson<RecordEntryJson>> = listSchema(recordEntrySchema);
export const recordVersionsSchema: z.ZodType<ListJson<RecordVersionJson>> =
  listSchema(recordVersionSchema);
