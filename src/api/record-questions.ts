/**
 * What NodeClient asks about records: `client.records.one(address, topic, key)`.
 *
 * Topics and keys may be any text, and a path can hold all of them, percent-encoded, but `.` and `..`: these mean
 * something in a path even when they are encoded, so they go into the query.
 * @module
 */
import type { Answer, Getting, PageOptions } from "./client.ts";
import type { ListJson } from "./json.ts";
import type { RecordEntryJson, RecordNowJson, RecordVersionJson } from "./record-json.ts";
import { recordSchema, recordsSchema, recordVersionsSchema } from "./record-schemas.ts";

export interface RecordListOptions extends PageOptions {
  /** Only of this topic. */
  readonly topic?: string | undefined;
}

const isDots = (name: string): boolean => name === "." || name === "..";

/** The path of a record, and what of its name must go into the query. */
export function recordPath(
  address: string,
  topic: string,
  key: string,
): { readonly path: string; readonly query: { readonly topic?: string; readonly key?: string } } {
  const segments = [address, topic, key].map((name) =>
    isDots(name) ? "-" : encodeURIComponent(name),
  );
  const query = { ...(isDots(topic) ? { topic } : {}), ...(isDots(key) ? { key } : {}) };
  return { path: `/v1/records/${segments.join("/")}`, query };
}

export class RecordQuestions {
  readonly #get: Getting;

  constructor(get: Getting) {
    this.#get = get;
  }

  /** The current version, or the one asked for. */
  one(address: string, topic: string, key: string, version?: number): Answer<RecordNowJson> {
    const { path, query } = recordPath(address, topic, key);
    return this.#get(path, { ...query, version }, recordSchema);
  }

  /** Newest first. */
  versions(
    address: string,
    topic: string,
    key: string,
    options: PageOptions = {},
  ): Answer<ListJson<RecordVersionJson>> {
    const { path, query } = recordPath(address, topic, key);
    return this.#get(`${path}/versions`, { ...query, ...options }, recordVersionsSchema);
  }

  /** Every version of any record that was ever written with a content, oldest first. */
  withContent(contentHash: string, options: PageOptions = {}): Answer<ListJson<RecordVersionJson>> {
    return this.#get("/v1/records", { contentHash, ...options }, recordVersionsSchema);
  }

  /** The current versions of an account's records. */
  ofAccount(address: string, options: RecordListOptions = {}): Answer<ListJson<RecordEntryJson>> {
    return this.#get(`/v1/records/${encodeURIComponent(address)}`, { ...options }, recordsSchema);
  }
}
