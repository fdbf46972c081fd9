/**
 * Which journal a batch goes on with: a file that was paid in part is never begun again by accident.
 *
 * A file is known by its content, wherever it lies; and a path whose earlier content is unfinished is refused, for with
 * one row corrected all the others would be paid a second time.
 * @module
 */
import { type CommandFailure, notFoundFailure, usageFailure } from "../failure.ts";
import type { BatchHeader } from "./journal.ts";
import { type FoundJournal, findJournals } from "./journals.ts";

export interface ChoosingOptions {
  readonly isResumed: boolean;
  /** Pay all rows of a file once more that was paid as a whole. */
  readonly isNew: boolean;
}

/**
 * The journal to go on with; undefined: this is a new batch. `isResumed` never begins one: who says that rows were
 * signed before is believed, and so a journal that is not found here must be looked for.
 */
export async function journalToResume(
  home: string,
  header: BatchHeader,
  { isResumed, isNew }: ChoosingOptions,
): Promise<FoundJournal | undefined> {
  if (isResumed && isNew) {
    throw usageFailure("new_or_resume", "--new and --resume exclude each other", "Give one.");
  }
  const found = await findJournals(home, header);
  const ofFile = found.filter((each) => each.header.csvSha256 === header.csvSha256);
  const own = ofFile.filter((each) => each.header.from === header.from);
  const last = own.at(-1);
  const begun = own.findLast(isBegun);
  const another = ofFile.findLast((each) => each.header.from !== header.from && isBegun(each));
  if (begun === undefined) {
    const changed = found.find((each) => isUnfinishedAt(each, header));
    if (changed !== undefined) throw changedFile(changed);
  }
  if (isResumed) {
    if (last === undefined) throw nothingToResume(home, header, another);
    return last;
  }
  if (begun === undefined && another !== undefined && !isNew) throw anotherPayer(another);
  if (begun !== undefined) requireDone(begun, isNew);
  return last === begun ? undefined : last;
}

/** Refuses what was begun unless all of it is paid and wanted once more. */
function requireDone(begun: FoundJournal, isNew: boolean): void {
  const { rows } = begun.header;
  if (begun.finalRows < rows) {
    throw usageFailure(
      "batch_unfinished",
      `this file was begun before: ${progressOf(begun)}`,
      "Add --resume: rows that are paid or may still be paid are not paid again.",
    );
  }
  if (isNew) return;
  throw usageFailure(
    "batch_done",
    `all ${rows} rows of this file were paid before`,
    "Add --new to pay every row once more, or --resume to see the results.",
  );
}

/** Some of its rows are paid or may be. */
const isBegun = ({ finalRows, openRows }: FoundJournal): boolean => finalRows + openRows > 0;

/** Whether the file at this path had other content when a batch of it was begun that is not done. */
const isUnfinishedAt = (found: FoundJournal, { csvPath, csvSha256 }: BatchHeader): boolean =>
  found.header.csvPath === csvPath &&
  found.header.csvSha256 !== csvSha256 &&
  found.finalRows < found.header.rows &&
  isBegun(found);

const progressOf = ({ header, finalRows, openRows }: FoundJournal): string =>
  `${finalRows} of its ${header.rows} rows are final, ${openRows} are open`;

function changedFile(found: FoundJournal): CommandFailure {
  const { csvPath, from } = found.header;
  return usageFailure(
    "csv_changed",
    `${csvPath} was changed after ${from} had begun to pay it: ${progressOf(found)}`,
    "Restore it and use --resume, then pay the rest from a file of its own with only the rows that are new.",
  );
}

function nothingToResume(
  home: string,
  { from }: BatchHeader,
  another: FoundJournal | undefined,
): CommandFailure {
  const hint =
    another === undefined ? "" : `; ${another.header.from} began it: ${progressOf(another)}`;
  return notFoundFailure(
    "nothing_to_resume",
    `${home} knows of no batch of this file that ${from} began on this network${hint}`,
    "Nothing was signed. Check --csv, --from, --home and the network. Only if no row was ever paid: leave --resume out.",
  );
}

function anotherPayer(found: FoundJournal): CommandFailure {
  return usageFailure(
    "batch_of_another_payer",
    `${found.header.from} began to pay this file: ${progressOf(found)}`,
    "Go on with --resume and that account as --from. Only if every row is to be paid from this account too: add --new.",
  );
}
