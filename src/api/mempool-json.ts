/**
 * The JSON contract of the pool: what waits in one node for a block. Another node may have other transactions.
 *
 * Types only, like json.ts; mempool-schemas.ts holds the same shapes as schemas.
 * @module
 */
import type { ListJson } from "./json.ts";

/** One transaction of an account that waits. The whole of it is at /v1/transactions/{id}. */
export interface WaitingJson {
  readonly id: string;
  readonly sender: string;
  readonly nonce: number;
  readonly fee: string;
  readonly feeDisplay: string;
  /** Native base units, rounded to 1/1000; null for one that only votes: it is free and goes first. */
  readonly feePerByte: number | null;
  readonly bytes: number;
  /** How many operations it has, and their kinds without repetition. */
  readonly operations: number;
  readonly kinds: readonly string[];
  readonly receivedMs: number;
  readonly ageMs: number;
  readonly expiryMs: number;
  /** The nonce of the account that has to come first and is not here; null: a block may hold it now. */
  readonly missingNonce: number | null;
}

/** A page of what waits, newest first, with the size of all of it. */
export interface MempoolJson extends ListJson<WaitingJson> {
  /** How many wait, and their bytes together. */
  readonly transactions: number;
  readonly bytes: number;
  /** The most that this pool takes. */
  readonly transactionsMax: number;
  readonly bytesMax: number;
  /** Proven faults that wait; they have neither sender nor fee. */
  readonly faults: number;
}
