/**
 * The VoteJournal port: where a validator writes before it speaks.
 *
 * Its own files, not LevelDB: LevelDB opens without an error after losing records, and a lost vote is a vote that
 * may be contradicted. A journal names the chain and the key that it was created for.
 * @module
 */

/** What opening found. Only a sound journal may be appended to. */
export type JournalState =
  | { readonly kind: "sound"; readonly entries: readonly Uint8Array[] }
  | { readonly kind: "damaged"; readonly reason: string }
  /** No journal for this key: never a first start, since journals are made together with keys. */
  | { readonly kind: "absent" };

export interface JournalPosition {
  readonly epoch: number;
  readonly view: number;
}

export interface VoteJournal {
  readonly state: JournalState;
  /** Appends all entries, makes them durable, then makes the mark durable. Rejects if either fails: stop voting. */
  append(entries: readonly Uint8Array[], position: JournalPosition): Promise<void>;
  /**
   * Atomically replaces the entries: what is kept of them once a finalization above is durable. The chain of
   * hashes and the sequence numbers go on.
   */
  rewrite(entries: readonly Uint8Array[], position: JournalPosition): Promise<void>;
  close(): Promise<void>;
}
