/**
 * The vote journal on two files, `validator-<8 hex of the key>.journal` and `.mark`, readable by their owner only.
 *
 * They are created with the key; a start never creates them: a key whose journal is not there may have voted, and what
 * it voted for is not known any more. Bytes: src/storage/journal-format.ts. Order: src/storage/ordered-journal.ts.
 * @module
 */
import { type FileHandle, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { assert } from "../../src/base/assert.ts";
import type { Hasher } from "../../src/crypto/ports.ts";
import type { PublicKey } from "../../src/protocol/ids.ts";
import {
  encodeSlot,
  highestMarkEpoch,
  type JournalIdentity,
  newJournal,
  slotOffset,
} from "../../src/storage/journal-format.ts";
import {
  inspectJournal,
  type JournalFilesContent,
  type SoundJournal,
} from "../../src/storage/journal-inspection.ts";
import {
  type JournalFiles,
  OrderedVoteJournal,
  UnusableVoteJournal,
} from "../../src/storage/ordered-journal.ts";
import type { JournalFlaw, VoteJournal } from "../../src/storage/vote-journal.ts";
import { nativeHasher } from "./native-crypto.ts";

const ownerOnly = 0o600;

interface JournalPaths {
  readonly journal: string;
  readonly mark: string;
}

/** The name of a file that replaces another one, until it takes that one's. */
const draftOf = (path: string): string => `${path}.new`;

function pathsOf(directory: string, key: PublicKey): JournalPaths {
  const base = join(directory, `validator-${key.slice(0, 8)}`);
  return { journal: `${base}.journal`, mark: `${base}.mark` };
}

/** Makes the journal of a new key, durably. Rejects if there is one already. */
export async function createVoteJournal(
  directory: string,
  identity: JournalIdentity,
): Promise<void> {
  const paths = pathsOf(directory, identity.consensusKey);
  const { journal, mark } = newJournal(nativeHasher, identity);
  await writeNew(paths.journal, journal);
  await writeNew(paths.mark, mark);
  await syncDirectory(directory);
}

/**
 * Opens the journal of a key and says what it is worth. Rejects only if the disk refuses: an absent or damaged
 * journal is a state, in which nothing can be appended.
 */
export async function openVoteJournal(
  directory: string,
  identity: JournalIdentity,
): Promise<VoteJournal> {
  const paths = pathsOf(directory, identity.consensusKey);
  for (const path of [paths.journal, paths.mark]) {
    await rm(draftOf(path), { force: true }); // A file that did not come to its name.
  }
  const content = {
    journal: await readIfThere(paths.journal),
    mark: await readIfThere(paths.mark),
  };
  const unusable = (flaw: JournalFlaw): VoteJournal => {
    const markEpoch = content.mark && highestMarkEpoch(nativeHasher, content.mark);
    const files = DiskFiles.unopened(paths);
    return new UnusableVoteJournal(
      { ...identity, flaw, markEpoch },
      { files, hasher: nativeHasher },
    );
  };
  if (content.journal === undefined && content.mark === undefined) {
    return unusable({ kind: "absent" });
  }
  const inspected = inspectJournal(nativeHasher, identity, content);
  if (!inspected.ok) return unusable({ kind: "damaged", reason: inspected.reason });
  const files = await DiskFiles.open(paths);
  try {
    const sound = await files.repair(nativeHasher, inspected.value);
    return new OrderedVoteJournal({ ...identity, sound }, { files, hasher: nativeHasher });
  } catch (error) {
    await files.close();
    throw error;
  }
}

class DiskFiles implements JournalFiles {
  readonly #paths: JournalPaths;
  #journal: FileHandle | undefined;
  #mark: FileHandle | undefined;

  static async open(paths: JournalPaths): Promise<DiskFiles> {
    const files = new DiskFiles(paths);
    try {
      files.#journal = await open(paths.journal, "r+");
      files.#mark = await open(paths.mark, "r+");
      return files;
    } catch (error) {
      await files.close();
      throw error;
    }
  }

  /** Files that are damaged or not there: each is replaced before it is written to. */
  static unopened(paths: JournalPaths): DiskFiles {
    return new DiskFiles(paths);
  }

  private constructor(paths: JournalPaths) {
    this.#paths = paths;
  }

  /** Cuts a torn tail; makes whole entries beyond the mark durable and moves the mark to them. */
  async repair(hasher: Hasher, sound: SoundJournal): Promise<SoundJournal> {
    const journal = opened(this.#journal);
    if (sound.isTorn) await journal.truncate(sound.length);
    if (sound.isTorn || sound.isMarkBehind) await journal.sync();
    if (!sound.isMarkBehind) return sound;
    const slot = sound.slot === 0 ? 1 : 0;
    await this.writeMark(slotOffset(slot), encodeSlot(hasher, sound.head));
    await this.syncMark();
    return { ...sound, slot };
  }

  write(offset: number, bytes: Uint8Array): Promise<void> {
    return writeAt(opened(this.#journal), offset, bytes);
  }

  sync(): Promise<void> {
    return opened(this.#journal).datasync();
  }

  writeMark(offset: number, bytes: Uint8Array): Promise<void> {
    return writeAt(opened(this.#mark), offset, bytes);
  }

  syncMark(): Promise<void> {
    return opened(this.#mark).datasync();
  }

  async replace(journal: Uint8Array): Promise<void> {
    const written = await writeOver(this.#paths.journal, journal);
    await this.#journal?.close();
    this.#journal = written;
  }

  async replaceMark(mark: Uint8Array): Promise<void> {
    const written = await writeOver(this.#paths.mark, mark);
    await this.#mark?.close();
    this.#mark = written;
  }

  async close(): Promise<void> {
    await this.#journal?.close();
    await this.#mark?.close();
  }
}

function opened(file: FileHandle | undefined): FileHandle {
  assert(file !== undefined, "a file is opened or replaced before it is written to");
  return file;
}

/** Atomic and durable, the name included, before anything else is written. Returns the file, still open. */
async function writeOver(path: string, bytes: Uint8Array): Promise<FileHandle> {
  const draft = await open(draftOf(path), "w", ownerOnly);
  try {
    await writeAt(draft, 0, bytes);
    await draft.sync();
    await rename(draftOf(path), path);
    await syncDirectory(dirname(path));
    return draft;
  } catch (error) {
    await draft.close();
    throw error;
  }
}

async function writeAt(file: FileHandle, offset: number, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const left = bytes.length - written;
    const { bytesWritten } = await file.write(bytes, written, left, offset + written);
    if (bytesWritten === 0) throw new Error("the disk takes no more bytes");
    written += bytesWritten;
  }
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", ownerOnly);
  try {
    await writeAt(file, 0, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const file = await open(directory, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readIfThere(path: string): Promise<JournalFilesContent["journal"]> {
  try {
    const bytes = await readFile(path);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
