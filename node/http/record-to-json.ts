/**
 * Records in the JSON contract.
 * @module
 */
import { memoJson } from "../../src/api/content-json.ts";
import type {
  RecordEntryJson,
  RecordNowJson,
  RecordVersionJson,
} from "../../src/api/record-json.ts";
import type {
  FoundRecord,
  RecordSummary,
  RecordVersion,
} from "../../src/replica/record-queries.ts";
import type { JsonWriter } from "./to-json.ts";

export function recordJson(writer: JsonWriter, record: RecordSummary): RecordEntryJson {
  const { account, topic, key, version, contentHash, height } = record;
  return { address: writer.address(account), topic, key, version, contentHash, height };
}

export function recordVersionJson(writer: JsonWriter, record: RecordVersion): RecordVersionJson {
  const { stored } = record;
  const head = recordJson(writer, record);
  if (stored === undefined) return { ...head, data: null, transaction: null };
  const { transaction, height, index, blockId, timestampMs } = stored.found;
  const place = { id: transaction.id, height, index, blockId, timestampMs };
  return { ...head, data: memoJson(stored.data), transaction: place };
}

export const recordNowJson = (
  writer: JsonWriter,
  { record, newest, tip }: FoundRecord,
): RecordNowJson => ({ ...recordVersionJson(writer, record), newest, tip: writer.tip(tip) });
