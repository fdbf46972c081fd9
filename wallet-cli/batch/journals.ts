/**
 * The journals that are there: none is overlooked for being damaged, and none is replaced.
 *
 * A journal that cannot be read may be the only one to know that a row was paid. So when it is one of this file, by its
 * name, or of this file's path, by its first line, there is no batch before a person has looked.
 * @module
 */
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { isMissing } from "../files.ts";
import {
  type BatchHeader,
  BatchJournal,
  countOf,
  filePart,
  folderOf,
  journalPath,
  malformedJournal,
  networkPart,
  type ReadJournal,
  readJournal,
} from "./journal.ts";

export interface FoundJournal {
  readonly path: string;
  readonly header: BatchHeader;
  readonly finalRows: number;
  /** Rows with a transaction that may still be applied. */
  readonly openRows: number;
}

/** Every journal of this network, in the order of their names: later runs of one file come later. */
export async function findJournals(
  home: string,
  wanted: BatchHeader,
): Promise<readonly FoundJournal[]> {
  const { chainId, csvSha256, csvPath } = wanted;
  const found: FoundJournal[] = [];
  for (const name of await journalNames(home)) {
    if (!name.startsWith(networkPart(chainId))) continue;
    const path = join(folderOf(home), name);
    const read = await readJournal(path);
    const header = read.ok ? read.value.header : read.reason;
    if (name.startsWith(filePart(wanted))) {
      const isOfFile = header?.chainId === chainId && header.csvSha256 === csvSha256;
      if (!read.ok || !isOfFile) throw malformedJournal(path);
    }
    if (header?.chainId !== chainId) continue;
    if (read.ok) found.push(standing(path, read.value));
    else if (header.csvPath === csvPath) throw malformedJournal(path);
  }
  return found;
}

/** The journal of a new run, beside all that are there. Call it under the batch's lock. */
export async function createJournal(home: string, header: BatchHeader): Promise<BatchJournal> {
  const names = new Set(await journalNames(home));
  const isTaken = (path: string): boolean => names.has(basename(path));
  let run = 1;
  while (isTaken(journalPath(home, header, run))) run += 1;
  return await BatchJournal.create(journalPath(home, header, run), header);
}

const standing = (path: string, { header, rows: { states } }: ReadJournal): FoundJournal => ({
  path,
  header,
  finalRows: countOf(states, "final"),
  openRows: countOf(states, "signed"),
});

async function journalNames(home: string): Promise<readonly string[]> {
  try {
    return (await readdir(folderOf(home))).filter((name) => name.endsWith(".jsonl")).toSorted();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
