/**
 * The storage port: an ordered map from bytes to bytes with one atomic, durable write.
 *
 * Reads are synchronous: the one loop of a replica never waits between a read and the decision made on it.
 * @module
 */

export type Write =
  | { readonly kind: "put"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: "delete"; readonly key: Uint8Array };

/** Keys k with from ≤ k < to, in lexicographic order. */
export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly reverse?: boolean;
  /** The most entries to return. */
  readonly limit: number;
}

export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface Store {
  get(key: Uint8Array): Uint8Array | undefined;
  /** At most `limit` entries; a longer walk asks again from the last key. */
  range(range: KeyRange): Promise<readonly Entry[]>;
  /** All of the writes become durable together, or none do; rejects if the disk does not take them. */
  commit(writes: readonly Write[]): Promise<void>;
  close(): Promise<void>;
}
