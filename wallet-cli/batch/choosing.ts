/**
 * Which journal a batch goes on with: a file that was paid in part is never begun again by accident.
 *
 * A file is known by its content, wherever it lies; and a path whose earlier content is unfinished is refused, for with
 * one row corrected all the others would be paid a second time.
 * @module
 */
import { type CommandFailure, usageFailure } from "../failure.ts";
import {
  type BatchHeader,
  BatchJournal,
  type FoundJournal,
  findJournals,
  journalPath,
} from "./journal.ts";

export interface ChoosingOptions {
  readonly isResumed: boolean;
  /** Pay all rows of a file once more that was paid as a whole. */
  readonly isNew: boolean;
}

/** The journal to go on with; undefined: this is a new batch. */
export async function journalToResume(
  home: string,
  header: BatchHeader,
  { isResumed, isNew }: ChoosingOptions,
): Promise<FoundJournal | undefined> {
  if (isResumed && isNew) {
    throw usageFailure("new_or_resume", "--new and --resume exclude each other", "Give one.");
  }
  const own = (await findJournals(home, header.chainId)).filter(
    (found) => found.header.from === header.from,
  );
  const last = own.filter((found) => found.header.csvSha256 === header.csvSha256).at(-1);
  if (last === undefined) {
    const changed = own.find((found) => isUnfinishedAt(found, header.csvPath));
    if (changed !== undefined) throw changedFile(changed);
    return undefined;
  }
  if (isResumed) return last;
  const { finalRows, openRows } = last;
  const { rows } = last.header;
  if (finalRows < rows && finalRows + openRows > 0) {
    throw usageFailure(
      "batch_unfinished",
      `this file was begun before: ${finalRows} of ${rows} rows are final, ${openRows} are open`,
      "Add --resume: rows that are paid or may still be paid are not paid again.",
    );
  }
  if (finalRows < rows) return last;
  if (isNew) return undefined;
  throw usageFailure(
    "batch_done",
    `all ${rows} rows of this file were paid before`,
    "Add --new to pay every row once more, or --resume to see the results.",
  );
}

/** Call it under the batch's lock. */
export async function createJournal(home: string, header: BatchHeader): Promise<BatchJournal> {
  const names = new Set((await findJournals(home, header.chainId)).map(({ path }) => path));
  let run = 1;
  while (names.has(journalPath(home, header, run))) run += 1;
  return await BatchJournal.create(journalPath(home, header, run), header);
}

const isUnfinishedAt = ({ header, finalRows, openRows }: FoundJournal, csvPath: string): boolean =>
  header.csvPath === csvPath && finalRows < header.rows && finalRows + openRows > 0;

function changedFile({ header, finalRows, openRows }: FoundJournal): CommandFailure {
  return usageFailure(
    "csv_changed",
    `${header.csvPath} was changed after ${finalRows} of its ${header.rows} rows were paid (${openRows} are open)`,
    "Restore it and use --resume, then pay the rest from a file of its own with only the rows that are new.",
  );
}
