/**
 * What NodeClient asks about records: `client.records.one(address, topic, key)`.
 * @module
 */
import type { Answer, Getting } from "./client.ts";
import type { ListJson } from "./json.ts";
import { type PageOptions, paths, type RecordListOptions } from "./paths.ts";
import type { RecordEntryJson, RecordNowJson, RecordVersionJson } from "./record-json.ts";
import { recordSchema, recordsSchema, recordVersionsSchema } from "./record-schemas.ts";

export class RecordQuestions {
  readonly #get: Getting;

  constructor(get: Getting) {
    this.#get = get;
  }

  /** The current version, or the one asked for. */
  one(address: string, topic: string, key: string, version?: number): Answer<RecordNowJson> {
    return this.#get(paths.record({ address, topic, key }, version), recordSchema);
  }

  /** Newest first. */
  versions(
    address: string,
    topic: string,
    key: string,
    page: PageOptions = {},
  ): Answer<ListJson<RecordVersionJson>> {
    return this.#get(paths.recordVersions({ address, topic, key }, page), recordVersionsSchema);
  }

  /** Every version of any record that was ever written with a content, oldest first. */
  withContent(contentHash: string, page: PageOptions = {}): Answer<ListJson<RecordVersionJson>> {
    return this.#get(paths.recordsWith(contentHash, page), recordVersionsSchema);
  }

  /** The current versions of an account's records. */
  ofAccount(address: string, options: RecordListOptions = {}): Answer<ListJson<RecordEntryJson>> {
    return this.#get(paths.recordsOf(address, options), recordsSchema);
  }
}
