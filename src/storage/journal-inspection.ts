/**
 * What a journal and its mark, as found on disk, are worth: sound, or damaged and why.
 *
 * Only what the mark reaches was ever followed by a send. So a journal that does not reach its mark has lost votes
 * that others have seen; what lies beyond the mark was not sent, counts as voted where it is whole, and is cut
 * where it is torn.
 * @module
 */
import { equalBytes } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Hasher } from "../crypto/ports.ts";
import {
  highestMarkEpoch,
  type JournalHead,
  type JournalIdentity,
  type JournalRecord,
  type Mark,
  readFirstPayload,
  readMark,
  readRecords,
  type SlotNumber,
} from "./journal-format.ts";

/** The two files of a journal; undefined = the file is not there. */
export interface JournalFilesContent {
  readonly journal: Uint8Array | undefined;
  readonly mark: Uint8Array | undefined;
}

export interface SoundJournal {
  /** Oldest first. */
  readonly entries: readonly Uint8Array[];
  readonly head: JournalHead;
  /** Bytes that count; what lies beyond is torn. */
  readonly length: number;
  readonly isTorn: boolean;
  /** Entries beyond the mark must become durable, and the mark reach them, before anything is sent again. */
  readonly isMarkBehind: boolean;
  /** The slot of the mark that counts; the next mark goes into the other one. */
  readonly slot: SlotNumber;
  /** The highest epoch that the mark names once it reaches the end. */
  readonly markEpoch: number;
}

/** The reason says what is wrong, in a few words. */
export function inspectJournal(
  hasher: Hasher,
  identity: JournalIdentity,
  content: JournalFilesContent,
): Result<SoundJournal, string> {
  if (content.journal === undefined) return fail("the journal is gone, its mark is there");
  if (content.mark === undefined) return fail("the mark is gone");
  const marked = readMark(hasher, content.mark);
  if (marked === undefined) return fail("no slot of the mark is valid");
  const records = readRecords(hasher, content.journal);
  const [first] = records;
  const last = records.at(-1);
  if (first === undefined || last === undefined) return fail("the first record is damaged");
  const flaw =
    firstFlaw(first, identity, records.length - 1) ?? markFlaw(records, first, marked.mark);
  if (flaw !== undefined) return fail(flaw);
  const { sequence, hash, epoch, view, end } = last;
  return ok({
    entries: records.slice(1).map(({ payload }) => payload),
    head: { sequence, hash, epoch, view },
    length: end,
    isTorn: end < content.journal.length,
    isMarkBehind: sequence > marked.mark.sequence,
    slot: marked.slot,
    markEpoch: Math.max(epoch, highestMarkEpoch(hasher, content.mark) ?? 0),
  });
}

function firstFlaw(
  first: JournalRecord,
  identity: JournalIdentity,
  entries: number,
): string | undefined {
  const named = readFirstPayload(first);
  if (named === undefined) return "the first record is not that of a vote journal";
  if (named.chainId !== identity.chainId) return `it is a journal of chain ${named.chainId}`;
  if (named.consensusKey !== identity.consensusKey) {
    return `it is the journal of key ${named.consensusKey}`;
  }
  // A rewritten journal came to its name whole, so these were not torn off: they are lost.
  return entries < named.entries ? "entries that were kept are damaged" : undefined;
}

function markFlaw(
  records: readonly JournalRecord[],
  first: JournalRecord,
  mark: Mark,
): string | undefined {
  if (mark.sequence === first.sequence - 1) {
    // A rewrite took effect, and its mark was not written any more.
    return equalBytes(first.previous, mark.hash) ? undefined : "the mark is of another journal";
  }
  if (mark.sequence < first.sequence) return "entries after the mark are missing";
  const marked = records[mark.sequence - first.sequence];
  if (marked === undefined) return "it ends, or is damaged, before its mark";
  return equalBytes(marked.hash, mark.hash) ? undefined : "the mark is of another journal";
}
