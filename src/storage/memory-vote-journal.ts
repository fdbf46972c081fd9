/**
 * The vote journal in memory, with a disk that forgets what was not synced: what the simulator crashes.
 *
 * It runs the code of the real one (ordered-journal.ts) on two files in memory.
 * @module
 */
import { concatBytes } from "../base/bytes.ts";
import type { Hasher } from "../crypto/ports.ts";
import {
  encodeSlot,
  highestMarkEpoch,
  type JournalIdentity,
  newJournal,
  slotOffset,
} from "./journal-format.ts";
import {
  inspectJournal,
  type JournalFilesContent,
  type SoundJournal,
} from "./journal-inspection.ts";
import { type JournalFiles, OrderedVoteJournal, UnusableVoteJournal } from "./ordered-journal.ts";
import type { JournalFlaw, JournalPosition, JournalState, VoteJournal } from "./vote-journal.ts";

/** What a disk holds: to open a journal from. */
export type JournalImage = JournalFilesContent;

/** The points of a write; a crash may come before each of them. */
export type JournalStep =
  | "write"
  | "sync"
  | "write-mark"
  | "sync-mark"
  | "replace"
  | "replace-mark";

export interface MemoryJournalOptions extends JournalIdentity {
  readonly hasher: Hasher;
  /** Awaited before each step: may take time, or never end. */
  readonly beforeStep?: (step: JournalStep) => Promise<void>;
}

export class MemoryVoteJournal implements VoteJournal {
  readonly #files: MemoryFiles;
  readonly #journal: VoteJournal;

  /** What the creation of a key leaves on disk. */
  static create(options: JournalIdentity & { readonly hasher: Hasher }): JournalImage {
    return newJournal(options.hasher, options);
  }

  /** @param image undefined: there is no journal. */
  static open(image: JournalImage | undefined, options: MemoryJournalOptions): MemoryVoteJournal {
    return new MemoryVoteJournal(image ?? { journal: undefined, mark: undefined }, options);
  }

  private constructor(image: JournalImage, options: MemoryJournalOptions) {
    this.#files = new MemoryFiles(image, options.beforeStep ?? (() => Promise.resolve()));
    this.#journal = this.#open(image, options);
  }

  #open(image: JournalImage, options: MemoryJournalOptions): VoteJournal {
    const { hasher } = options;
    const files = this.#files;
    const { journal, mark } = image;
    const unusable = (flaw: JournalFlaw): VoteJournal => {
      const markEpoch = mark && highestMarkEpoch(hasher, mark);
      return new UnusableVoteJournal({ ...options, flaw, markEpoch }, { files, hasher });
    };
    if (journal === undefined && mark === undefined) return unusable({ kind: "absent" });
    const inspected = inspectJournal(hasher, options, image);
    if (!inspected.ok) return unusable({ kind: "damaged", reason: inspected.reason });
    const sound = files.repair(hasher, inspected.value);
    return new OrderedVoteJournal({ ...options, sound }, { files, hasher });
  }

  get state(): JournalState {
    return this.#journal.state;
  }

  get markEpoch(): number | undefined {
    return this.#journal.markEpoch;
  }

  append(entries: readonly Uint8Array[], position: JournalPosition): Promise<void> {
    return this.#journal.append(entries, position);
  }

  rewrite(entries: readonly Uint8Array[], position: JournalPosition): Promise<void> {
    return this.#journal.rewrite(entries, position);
  }

  renew(position: JournalPosition): Promise<void> {
    return this.#journal.renew(position);
  }

  close(): Promise<void> {
    // Of a dead process nothing ends, so there is nothing to wait for.
    return this.#files.isDead ? Promise.resolve() : this.#journal.close();
  }

  /** What the disk holds for certain now; later writes do not show in it. */
  snapshot(): JournalImage {
    return this.#files.image(() => 0);
  }

  /**
   * The process dies: what is left on disk. What was not synced is lost, or as much of it as `survivors` says:
   * it is given how many bytes of a file were not synced, and returns how many of them, from the first, survive.
   * Whatever was under way never ends.
   */
  crash(survivors: (unsynced: number) => number = () => 0): JournalImage {
    this.#files.isDead = true;
    return this.#files.image(survivors);
  }
}

class MemoryFiles implements JournalFiles {
  /** What is synced; undefined = no such file. */
  #journal: Uint8Array | undefined;
  #mark: Uint8Array | undefined;
  /** Not synced: follow the journal's synced bytes, and lie over the mark's. */
  #tail: Uint8Array = new Uint8Array(0);
  #slot: { readonly offset: number; readonly bytes: Uint8Array } | undefined;
  readonly #beforeStep: (step: JournalStep) => Promise<void>;
  isDead = false;

  constructor(image: JournalImage, beforeStep: (step: JournalStep) => Promise<void>) {
    this.#journal = image.journal;
    this.#mark = image.mark;
    this.#beforeStep = beforeStep;
  }

  /** What a start does to the files of a sound journal. */
  repair(hasher: Hasher, sound: SoundJournal): SoundJournal {
    this.#journal = this.#journal?.slice(0, sound.length);
    if (!sound.isMarkBehind) return sound;
    const slot = sound.slot === 0 ? 1 : 0;
    this.#mark = overlaid(this.#mark, {
      offset: slotOffset(slot),
      bytes: encodeSlot(hasher, sound.head),
    });
    return { ...sound, slot };
  }

  async write(_offset: number, bytes: Uint8Array): Promise<void> {
    await this.#step("write");
    this.#tail = concatBytes(this.#tail, bytes);
  }

  async sync(): Promise<void> {
    await this.#step("sync");
    this.#journal = concatBytes(this.#journal ?? new Uint8Array(0), this.#tail);
    this.#tail = new Uint8Array(0);
  }

  async writeMark(offset: number, bytes: Uint8Array): Promise<void> {
    await this.#step("write-mark");
    this.#slot = { offset, bytes };
  }

  async syncMark(): Promise<void> {
    await this.#step("sync-mark");
    if (this.#slot !== undefined) this.#mark = overlaid(this.#mark, this.#slot);
    this.#slot = undefined;
  }

  async replace(journal: Uint8Array): Promise<void> {
    await this.#step("replace");
    this.#journal = journal;
  }

  async replaceMark(mark: Uint8Array): Promise<void> {
    await this.#step("replace-mark");
    this.#mark = mark;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  image(survivors: (unsynced: number) => number): JournalImage {
    const tail = this.#tail.subarray(0, survivors(this.#tail.length));
    const slot = this.#slot?.bytes.subarray(0, survivors(this.#slot.bytes.length));
    const mark =
      this.#slot === undefined || slot === undefined
        ? this.#mark
        : overlaid(this.#mark, { offset: this.#slot.offset, bytes: slot });
    return { journal: this.#journal && concatBytes(this.#journal, tail), mark };
  }

  async #step(step: JournalStep): Promise<void> {
    await this.#beforeStep(step);
    if (this.isDead) await new Promise<never>(() => {});
  }
}

function overlaid(
  file: Uint8Array = new Uint8Array(0),
  write: { readonly offset: number; readonly bytes: Uint8Array },
): Uint8Array {
  const bytes = new Uint8Array(Math.max(file.length, write.offset + write.bytes.length));
  bytes.set(file);
  bytes.set(write.bytes, write.offset);
  return bytes;
}
