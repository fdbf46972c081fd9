/**
 * The JSON contract of records as schemas; see schemas.ts.
 * @module
 */
import { z } from "zod";
import type { ListJson } from "./json.ts";
import type { RecordEntryJson, RecordNowJson, RecordVersionJson } from "./record-json.ts";
import { listSchema, tipSchema } from "./schemas.ts";

const id = z.string().regex(/^[0-9a-f]{64}$/);
const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);
const count = z.int().min(0);
const version = z.int().min(1);
const address = z.string().regex(/^[a-z]{1,10}1[02-9ac-hj-np-z]{58}$/);

const record = z.object({
  address,
  topic: z.string(),
  key: z.string(),
  version,
  contentHash: id,
  height: count,
});

const recordVersion = record.extend({
  data: z.object({ hex, text: z.string().nullable() }).nullable(),
  transaction: z
    .object({ id, height: count, index: count, blockId: id, timestampMs: count })
    .nullable(),
});

export const recordSchema: z.ZodType<RecordNowJson> = recordVersion.extend({
  newest: version,
  tip: tipSchema,
});
export const recordsSchema: z.ZodType<ListJson<RecordEntryJson>> = listSchema(record);
export const recordVersionsSchema: z.ZodType<ListJson<RecordVersionJson>> =
  listSchema(recordVersion);
