/**
 * The JSON contract of records: their versions, and where each was written.
 *
 * Types only, like json.ts; record-schemas.ts holds the same shapes as schemas. Topics and keys are what an account
 * chose: any Unicode but control characters.
 * @module
 */
import type { MemoJson, PlaceJson, TipJson } from "./json.ts";

/** The current version of a record, as the state has it. */
export interface RecordEntryJson {
  /** Of the account whose record it is. */
  readonly address: string;
  readonly topic: string;
  readonly key: string;
  /** 1 for the first. */
  readonly version: number;
  readonly contentHash: string;
  /** Of the block that holds the version. */
  readonly height: number;
}

/** One version of a record, with the transaction that wrote it. */
export interface RecordVersionJson extends RecordEntryJson {
  /** What was written beside the hash; null where the ledger that this one continues holds the transaction. */
  readonly data: MemoJson | null;
  /** Likewise. */
  readonly transaction: (PlaceJson & { readonly id: string }) | null;
}

/** One version, and which is the newest at the tip that is named. */
export interface RecordNowJson extends RecordVersionJson {
  readonly newest: number;
  readonly tip: TipJson;
}
