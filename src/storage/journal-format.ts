/**
 * The bytes of a vote journal and of its mark.
 *
 * The journal is records, one after the other. The first names the chain and the key; the others are entries.
 *
 * | offset | size | record |
 * | --- | --- | --- |
 * | 0 | 4 | n = length of the payload, at most 64 KiB |
 * | 4 | 8 | checksum: the first 8 bytes of the record's hash |
 * | 12 | 8 | sequence, one more than the record before |
 * | 20 | 8 | epoch of the turn |
 * | 28 | 8 | view of the turn |
 * | 36 | 32 | hash of the record before; zeros before sequence 0 |
 * | 68 | n | payload |
 *
 * Hash = SHA-256(`quorate/journal/1\0` ‖ n ‖ bytes 12 to the end). Payload of the first record: text
 * `quorate votes`, chain id [32], consensus key [32], count u32 of entries that were written together with it.
 *
 * The mark says how far the journal was durable when something was last sent. It has two slots, at 0 and at 4096 so
 * that no torn write touches both, written in turn; the valid one with the higher sequence counts.
 *
 * | offset | size | slot |
 * | --- | --- | --- |
 * | 0 | 8 | sequence of the last record |
 * | 8 | 32 | its hash |
 * | 40 | 16 | its epoch and view |
 * | 56 | 8 | checksum: the first 8 bytes of SHA-256(`quorate/mark/1\0` ‖ bytes 0 to 55) |
 *
 * Integers are little-endian.
 * @module
 */
import { assert } from "../base/assert.ts";
import { concatBytes, equalBytes, utf8 } from "../base/bytes.ts";
import {
  type Codec,
  checked,
  decode,
  encode,
  fixed,
  index,
  struct,
  text,
  u32,
} from "../codec/codec.ts";
import type { Hasher } from "../crypto/ports.ts";
import { type ChainId, chainIdCodec, type PublicKey, publicKeyCodec } from "../protocol/ids.ts";
import type { JournalPosition } from "./vote-journal.ts";

/** A certificate of 128 signers is about 9 KB. */
const entryBytesMax: number = 64 * 1024;

const recordDomain = utf8("quorate/journal/1\0");
const markDomain = utf8("quorate/mark/1\0");
const checksumBytes = 8;
const hashBytes = 32;
const recordHeadBytes = 68;
const slotBytes = 64;
const slotStride = 4_096;

/** Whose votes a journal holds. */
export interface JournalIdentity {
  readonly chainId: ChainId;
  readonly consensusKey: PublicKey;
}

/** The last record of a journal: what the next one continues. */
export interface JournalHead extends JournalPosition {
  readonly sequence: number;
  /** 32 bytes. */
  readonly hash: Uint8Array;
}

/** A mark is the head that it points to. */
export type Mark = JournalHead;

export interface JournalRecord extends JournalHead {
  /** Hash of the record before, 32 bytes. */
  readonly previous: Uint8Array;
  readonly payload: Uint8Array;
  /** Offset of the first byte after it. */
  readonly end: number;
}

interface FirstPayload extends JournalIdentity {
  readonly name: string;
  /** Entries that were written together with this record: fewer is damage. */
  readonly entries: number;
}

const journalName = "quorate votes";

const firstPayloadCodec: Codec<FirstPayload> = checked(
  struct<FirstPayload>({
    name: text({ bytesMax: 32 }),
    chainId: chainIdCodec,
    consensusKey: publicKeyCodec,
    entries: u32,
  }),
  ({ name }) => (name === journalName ? undefined : "not a vote journal"),
);

interface RecordBody extends JournalPosition {
  readonly sequence: number;
  readonly previous: Uint8Array;
}

const bodyCodec: Codec<RecordBody> = struct<RecordBody>({
  sequence: index(),
  epoch: index(),
  view: index(),
  previous: fixed(hashBytes),
});

const markCodec: Codec<Mark> = struct<Mark>({
  sequence: index(),
  hash: fixed(hashBytes),
  epoch: index(),
  view: index(),
});

/** Records ready to be written, and the head after them. */
export interface EncodedRecords {
  readonly bytes: Uint8Array;
  readonly head: JournalHead;
}

/** Entries as records that continue a journal. */
export function encodeEntries(
  hasher: Hasher,
  head: JournalHead | undefined,
  entries: readonly Uint8Array[],
  position: JournalPosition,
): EncodedRecords {
  const parts: Uint8Array[] = [];
  let last = head;
  for (const payload of entries) {
    const record = encodeRecord(hasher, last, payload, position);
    parts.push(record.bytes);
    last = record.head;
  }
  assert(last !== undefined, "a journal has at least its first record");
  return { bytes: concatBytes(...parts), head: last };
}

/** A whole journal: its first record, then entries. With a head it continues that journal's chain of hashes. */
export function encodeJournal(
  hasher: Hasher,
  identity: JournalIdentity,
  journal: {
    readonly head: JournalHead | undefined;
    readonly entries: readonly Uint8Array[];
    readonly position: JournalPosition;
  },
): EncodedRecords {
  const { head, entries, position } = journal;
  const { chainId, consensusKey } = identity;
  const first = { name: journalName, chainId, consensusKey, entries: entries.length };
  const payloads = [encode(firstPayloadCodec, first), ...entries];
  return encodeEntries(hasher, head, payloads, position);
}

/** The two files of a new journal, which starts at a position. */
export function newJournal(
  hasher: Hasher,
  identity: JournalIdentity,
  position: JournalPosition = { epoch: 0, view: 0 },
): { readonly journal: Uint8Array; readonly mark: Uint8Array } {
  const records = encodeJournal(hasher, identity, { head: undefined, entries: [], position });
  return { journal: records.bytes, mark: encodeMark(hasher, records.head) };
}

function encodeRecord(
  hasher: Hasher,
  head: JournalHead | undefined,
  payload: Uint8Array,
  { epoch, view }: JournalPosition,
): EncodedRecords {
  assert(payload.length <= entryBytesMax, "an entry is within its bound");
  const sequence = head === undefined ? 0 : head.sequence + 1;
  const previous = head?.hash ?? new Uint8Array(hashBytes);
  const length = encode(u32, payload.length);
  const body = encode(bodyCodec, { sequence, epoch, view, previous });
  const hash = hasher.sha256(concatBytes(recordDomain, length, body, payload));
  const bytes = concatBytes(length, hash.subarray(0, checksumBytes), body, payload);
  return { bytes, head: { sequence, hash, epoch, view } };
}

/** The records from the start of a journal up to the first that does not fit: torn, damaged or out of order. */
export function readRecords(hasher: Hasher, journal: Uint8Array): JournalRecord[] {
  const records: JournalRecord[] = [];
  let offset = 0;
  for (;;) {
    const record = readRecord(hasher, journal, offset);
    const last = records.at(-1);
    if (record === undefined) return records;
    const follows =
      last === undefined ||
      (record.sequence === last.sequence + 1 && equalBytes(record.previous, last.hash));
    if (!follows) return records;
    records.push(record);
    offset = record.end;
  }
}

function readRecord(
  hasher: Hasher,
  journal: Uint8Array,
  offset: number,
): JournalRecord | undefined {
  const bytes = journal.subarray(offset);
  if (bytes.length < recordHeadBytes) return undefined;
  const lengthBytes = bytes.subarray(0, 4);
  const length = decode(u32, lengthBytes);
  if (!length.ok || length.value > entryBytesMax) return undefined;
  const size = recordHeadBytes + length.value;
  if (bytes.length < size) return undefined;
  const rest = bytes.subarray(4 + checksumBytes, size);
  const hash = hasher.sha256(concatBytes(recordDomain, lengthBytes, rest));
  const checksum = bytes.subarray(4, 4 + checksumBytes);
  if (!equalBytes(checksum, hash.subarray(0, checksumBytes))) return undefined;
  const body = decode(bodyCodec, bytes.subarray(4 + checksumBytes, recordHeadBytes));
  if (!body.ok) return undefined;
  const payload = bytes.slice(recordHeadBytes, size);
  return { ...body.value, hash, payload, end: offset + size };
}

/** What a first record says, or undefined when it is none. */
export function readFirstPayload(record: JournalRecord): FirstPayload | undefined {
  const decoded = decode(firstPayloadCodec, record.payload);
  return decoded.ok ? decoded.value : undefined;
}

export type SlotNumber = 0 | 1;

export const slotOffset = (slot: SlotNumber): number => slot * slotStride;

export function encodeSlot(hasher: Hasher, mark: Mark): Uint8Array {
  const { sequence, hash, epoch, view } = mark;
  const body = encode(markCodec, { sequence, hash, epoch, view });
  return concatBytes(body, slotChecksum(hasher, body));
}

/** A new mark file: both slots say the same. */
function encodeMark(hasher: Hasher, mark: Mark): Uint8Array {
  const slot = encodeSlot(hasher, mark);
  const bytes = new Uint8Array(slotOffset(1) + slotBytes);
  bytes.set(slot, slotOffset(0));
  bytes.set(slot, slotOffset(1));
  return bytes;
}

/** The newest valid slot of a mark file, or undefined when none is valid. */
export function readMark(
  hasher: Hasher,
  bytes: Uint8Array,
): { readonly mark: Mark; readonly slot: SlotNumber } | undefined {
  const first = readSlot(hasher, bytes, 0);
  const second = readSlot(hasher, bytes, 1);
  if (second !== undefined && (first === undefined || second.sequence > first.sequence)) {
    return { mark: second, slot: 1 };
  }
  return first && { mark: first, slot: 0 };
}

/** The highest epoch that a valid slot of a mark file names, or undefined when none is valid. */
export function highestMarkEpoch(hasher: Hasher, bytes: Uint8Array): number | undefined {
  const slots = [readSlot(hasher, bytes, 0), readSlot(hasher, bytes, 1)];
  const epochs = slots.flatMap((slot) => (slot === undefined ? [] : [slot.epoch]));
  return epochs.length === 0 ? undefined : Math.max(...epochs);
}

function readSlot(hasher: Hasher, bytes: Uint8Array, slot: SlotNumber): Mark | undefined {
  const offset = slotOffset(slot);
  const body = bytes.subarray(offset, offset + slotBytes - checksumBytes);
  const checksum = bytes.subarray(offset + slotBytes - checksumBytes, offset + slotBytes);
  if (!equalBytes(checksum, slotChecksum(hasher, body))) return undefined;
  const decoded = decode(markCodec, body);
  return decoded.ok ? decoded.value : undefined;
}

const slotChecksum = (hasher: Hasher, body: Uint8Array): Uint8Array =>
  hasher.sha256(concatBytes(markDomain, body)).subarray(0, checksumBytes);
