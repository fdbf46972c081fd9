/**
 * The two worlds in which the rule for a lost journal is explored (lost-journal.ts).
 * @module
 */
import type { LostJournalOptions } from "./lost-journal.ts";

/** Validator 3 lies. A length of 2: a boundary is not the first block. */
export const oneSet: LostJournalOptions = {
  epochLength: 2,
  heights: 3,
  sets: [
    [0, 1, 2, 3],
    [0, 1, 2, 3],
  ],
  liar: 3,
};
/** Validator 4 lies; 3 comes when 1 goes. */
export const changedSet: LostJournalOptions = {
  epochLength: 1,
  heights: 3,
  sets: [
    [0, 1, 2, 4],
    [0, 2, 3, 4],
    [0, 2, 3, 4],
    [0, 2, 3, 4],
  ],
  liar: 4,
};
