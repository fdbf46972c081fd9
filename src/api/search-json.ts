/**
 * The JSON contract of search: what a text may stand for.
 *
 * Types only, like json.ts; search-schemas.ts holds the same shapes as schemas.
 * @module
 */
import type { TipJson } from "./json.ts";

export type SearchKind = "block" | "transaction" | "account" | "asset" | "record" | "validator";

export interface SearchHitJson {
  readonly kind: SearchKind;
  /**
   * What its page is asked by: a block's height, a transaction's id, an account's address, an asset's id, the address of
   * a validator's operator; a record's `address/topic/key`, each part percent-encoded.
   */
  readonly reference: string;
  /** For people: "block 12", a code, a name, an address. Chain data: to be shown as text. */
  readonly title: string;
  /** What it is, in words: "asset of quo1…". */
  readonly note: string;
}

export interface SearchJson {
  /** As it was looked for: without surrounding space. */
  readonly query: string;
  /** At most 10, exact ones first; empty: nothing is known by that. */
  readonly hits: readonly SearchHitJson[];
  readonly tip: TipJson;
}
