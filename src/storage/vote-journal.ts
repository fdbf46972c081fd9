/**
 * The VoteJournal port: where a validator writes before it speaks.
 *
 * Its own files, not LevelDB: LevelDB opens without an error after losing records, and a lost vote is a vote that
 * may be contradicted. A journal names the chain and the key that it was created for.
 * @module
 */

/** Why a journal cannot say what its key has voted for. */
export type JournalFlaw =
  | { readonly kind: "damaged"; readonly reason: string }
  /** No journal for this key: never a first start, since journals are made together with keys. */
  | { readonly kind: "absent" };

/** What opening found, or a renewal made of it. Only a sound journal may be appended to. */
export type JournalState =
  | { readonly kind: "sound"; readonly entries: readonly Uint8Array[] }
  | JournalFlaw;

export interface JournalPosition {
  readonly epoch: number;
  readonly view: number;
}

export interface VoteJournal {
  readonly state: JournalState;
  /**
   * The highest epoch that a valid slot of the mark names: of a later one nothing was ever sent on the strength of
   * this journal. Undefined when no slot is valid, which says nothing.
   */
  readonly markEpoch: number | undefined;
  /** Appends all entries, makes them durable, then makes the mark durable. Rejects if either fails: stop voting. */
  append(entries: readonly Uint8Array[], position: JournalPosition): Promise<void>;
  /**
   * Atomically replaces the entries: what is kept of them once a finalization above is durable. The chain of
   * hashes and the sequence numbers go on.
   */
  rewrite(entries: readonly Uint8Array[], position: JournalPosition): Promise<void>;
  /**
   * Puts an empty journal with its mark at a position in the place of one that is damaged or absent; only then is
   * this not refused. Afterwards the state is sound and has no entries, and appending works. What was voted for stays
   * unknown: the caller knows that none of it can be contradicted in the epoch of the position, which is not below
   * markEpoch, or later. A crash leaves a flaw, as before, or the empty journal.
   */
  renew(position: JournalPosition): Promise<void>;
  close(): Promise<void>;
}
