/**
 * The order in which a vote journal is written, over any two files: the one place that says what is durable before
 * what. A turn is: append to the journal → sync → write the mark → sync; only then may the turn be sent.
 *
 * A rewrite is: new file, synced and renamed over the old one → mark → sync. After the rename the old mark still
 * fits, because the new journal's first record continues the hash that it names.
 *
 * A renewal, of a journal that is damaged or absent, is: new journal, synced and renamed over the old one → new mark,
 * the same way. In this order, because the old journal must never meet the new mark: what is damaged because it ends
 * before its mark would look sound, with votes missing. The new journal under the old mark, or under none, is damage
 * still, and the old mark goes on saying its epoch.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { Hasher } from "../crypto/ports.ts";
import {
  type EncodedRecords,
  encodeEntries,
  encodeJournal,
  encodeSlot,
  type JournalHead,
  type JournalIdentity,
  newJournal,
  type SlotNumber,
  slotOffset,
} from "./journal-format.ts";
import { inspectJournal, type SoundJournal } from "./journal-inspection.ts";
import type { JournalFlaw, JournalPosition, JournalState, VoteJournal } from "./vote-journal.ts";

/** The files of one journal. Every promise rejects if the disk does not take it. */
export interface JournalFiles {
  /** At an offset of the journal; not durable yet. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  /** At an offset of the mark; not durable yet. */
  writeMark(offset: number, bytes: Uint8Array): Promise<void>;
  syncMark(): Promise<void>;
  /** Atomic and durable: afterwards, also after a crash, the journal is these bytes. */
  replace(journal: Uint8Array): Promise<void>;
  /** The same for the mark. */
  replaceMark(mark: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Far more than is ever written between two prunings. */
const journalBytesMax: number = 256 * 1024 * 1024;

export class OrderedVoteJournal implements VoteJournal {
  readonly state: JournalState;
  readonly #hasher: Hasher;
  readonly #identity: JournalIdentity;
  readonly #files: JournalFiles;
  #head: JournalHead;
  #length: number;
  #slot: SlotNumber;
  #markEpoch: number;
  #queue: Promise<void> = Promise.resolve();
  /** After a failed write nobody knows what is on disk. */
  #isBroken = false;

  /** @param sound a journal that was inspected, cut, and whose mark reaches its end. */
  constructor(
    options: JournalIdentity & { readonly sound: SoundJournal },
    dependencies: { readonly files: JournalFiles; readonly hasher: Hasher },
  ) {
    const { chainId, consensusKey, sound } = options;
    this.state = { kind: "sound", entries: sound.entries };
    this.#identity = { chainId, consensusKey };
    this.#hasher = dependencies.hasher;
    this.#files = dependencies.files;
    this.#head = sound.head;
    this.#length = sound.length;
    this.#slot = sound.slot;
    this.#markEpoch = sound.markEpoch;
  }

  get markEpoch(): number {
    return this.#markEpoch;
  }

  append(entries: readonly Uint8Array[], position: JournalPosition): Promise<void> {
    return this.#inTurn(async () => {
      if (entries.length === 0) return;
      const records = encodeEntries(this.#hasher, this.#head, entries, position);
      assert(this.#length + records.bytes.length <= journalBytesMax, "the journal is pruned");
      await this.#files.write(this.#length, records.bytes);
      await this.#files.sync();
      this.#length += records.bytes.length;
      await this.#mark(records);
    });
  }

  rewrite(entries: readonly Uint8Array[], position: JournalPosition): Promise<void> {
    return this.#inTurn(async () => {
      const journal = { head: this.#head, entries, position };
      const records = encodeJournal(this.#hasher, this.#identity, journal);
      await this.#files.replace(records.bytes);
      this.#length = records.bytes.length;
      await this.#mark(records);
    });
  }

  renew(): Promise<void> {
    return Promise.reject(new Error("the vote journal is sound: it is not renewed"));
  }

  async close(): Promise<void> {
    await this.#queue;
    this.#isBroken = true;
    await this.#files.close();
  }

  async #mark({ head }: EncodedRecords): Promise<void> {
    const slot = this.#slot === 0 ? 1 : 0;
    await this.#files.writeMark(slotOffset(slot), encodeSlot(this.#hasher, head));
    await this.#files.syncMark();
    this.#slot = slot;
    this.#head = head;
    this.#markEpoch = Math.max(this.#markEpoch, head.epoch);
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(async () => {
      if (this.#isBroken) throw new Error("the vote journal is closed, or a write to it failed");
      this.#isBroken = true; // Until it went well.
      await task();
      this.#isBroken = false;
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}

/** A journal that must not be written until it is renewed: what it was asked for is refused. */
export class UnusableVoteJournal implements VoteJournal {
  readonly #flaw: JournalFlaw;
  readonly #markEpoch: number | undefined;
  readonly #identity: JournalIdentity;
  readonly #files: JournalFiles;
  readonly #hasher: Hasher;
  #renewal: Promise<void> | undefined;
  #renewed: OrderedVoteJournal | undefined;

  constructor(
    options: JournalIdentity & {
      readonly flaw: JournalFlaw;
      /** What the mark still says. */
      readonly markEpoch: number | undefined;
    },
    dependencies: { readonly files: JournalFiles; readonly hasher: Hasher },
  ) {
    const { chainId, consensusKey } = options;
    this.#flaw = options.flaw;
    this.#markEpoch = options.markEpoch;
    this.#identity = { chainId, consensusKey };
    this.#files = dependencies.files;
    this.#hasher = dependencies.hasher;
  }

  get state(): JournalState {
    return this.#renewed?.state ?? this.#flaw;
  }

  get markEpoch(): number | undefined {
    return this.#renewed?.markEpoch ?? this.#markEpoch;
  }

  append(entries: readonly Uint8Array[], position: JournalPosition): Promise<void> {
    return this.#renewed?.append(entries, position) ?? this.#refuse();
  }

  rewrite(entries: readonly Uint8Array[], position: JournalPosition): Promise<void> {
    return this.#renewed?.rewrite(entries, position) ?? this.#refuse();
  }

  /** Once: after a failed attempt nobody knows what is on disk. */
  renew(position: JournalPosition): Promise<void> {
    if (this.#renewal !== undefined) {
      return Promise.reject(new Error("the vote journal was renewed already, or that failed"));
    }
    this.#renewal = this.#renew(position);
    return this.#renewal;
  }

  async close(): Promise<void> {
    await this.#renewal?.catch(() => undefined);
    await (this.#renewed ?? this.#files).close();
  }

  async #renew(position: JournalPosition): Promise<void> {
    assert(position.epoch >= (this.#markEpoch ?? 0), "a renewed journal is of no earlier epoch");
    const { journal, mark } = newJournal(this.#hasher, this.#identity, position);
    await this.#files.replace(journal);
    await this.#files.replaceMark(mark);
    const sound = inspectJournal(this.#hasher, this.#identity, { journal, mark });
    assert(sound.ok, "a new journal is sound");
    const dependencies = { files: this.#files, hasher: this.#hasher };
    this.#renewed = new OrderedVoteJournal({ ...this.#identity, sound: sound.value }, dependencies);
  }

  #refuse(): Promise<void> {
    return Promise.reject(new Error(`the vote journal is ${this.#flaw.kind}: no vote is signed`));
  }
}
