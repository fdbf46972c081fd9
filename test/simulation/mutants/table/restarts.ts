/**
 * Mutants of the voter and of replay: what a validator owes to its earlier self, and to its other machine.
 * @module
 */
import { inFile, type MutantGroup } from "../mutant.ts";

const voter = inFile("src/consensus/voter.js");
const replay = inFile("src/consensus/replay.js");
const simplex = inFile("src/consensus/simplex.js");
const current = inFile("src/consensus/current-view.js");
const standing = inFile("src/consensus/standing.js");
const rules = inFile("src/consensus/voting-rules.js");

const staysAfterCertify = simplex(
  `this.#voter.finalize(state);
            this.#current.leave(proposal.view, this.#nowMs);`,
  `this.#voter.finalize(state);`,
);
const nullifyAgain = rules(
  'if (kind === "nullify")\n        return own.finalized === undefined;',
  "",
);
const strangersAnywhere = voter("if (of <= this.#journalFloor || state", "if (state");
const wantsOldStrangers = voter("return of > this.#journalFloor && ", "return ");
const keepsFromNewest = standing("Math.min(durable, views.lastFinal.view)", "views.lastFinal.view");
const keepsNoFinalization = standing(
  'keep.push({ kind: "certificate", certificate: lastFinalization });',
  "",
);
const noRepeatsByTimer = [
  current("this.#voter.repeatNullify(state);", ""),
  current("if (repeats) {\n            this.#voter.repeat();", "if (repeats) {"),
];
const recordOwn = "views.at(entry.body.view).recordOwn(entry.body);";
const adopt = "views.at(entry.body.view).slot.adopt(proposalIn(entry.body), undefined);";

export const voterMutants: MutantGroup = {
  title: "The voter",
  mutants: [
    {
      name: "votes though it is forbidden to",
      patch: voter(" && this.#allowed && ", " && "),
      expects: "double vote",
      by: "a validator that lost its journal is shown another block",
    },
    {
      name: "votes though its key votes elsewhere",
      patch: voter(" && !this.#anotherVotes", ""),
      expects: "double vote",
      by: "a second machine with the same key has seen the first one's vote",
    },
    {
      name: "takes every vote of its key for its own",
      patch: voter(
        "return this.#views.find(vote.body.view)?.holdsOwn(vote.body) ?? false;",
        "return true;",
      ),
      expects: "double vote",
      by: "a second machine with the same key has seen the first one's vote",
    },
    {
      name: "takes own votes for strange that the journal was pruned of",
      patch: strangersAnywhere,
      behind: [wantsOldStrangers],
      expects: "stall",
      by: "peers hand back old votes after a pruning and a restart",
    },
    {
      name: "wants own votes again that the journal was pruned of",
      patch: wantsOldStrangers,
      behind: [strangersAnywhere],
      expects: "stall",
      by: "peers hand back old votes after a pruning and a restart",
    },
    {
      name: "forgets its vote at once",
      patch: voter("state.recordOwn(body);", ""),
      expects: "double vote",
      by: "a calm network: every view becomes final",
    },
    {
      name: "a turn is journaled without its vote",
      patch: voter('this.#emit({ kind: "journal", entry: { kind: "vote", body } });', ""),
      expects: "double vote",
      says: "two notarize votes",
      by: "a validator crashes after its vote and is shown another block",
    },
    {
      name: "notarizes in a view that is over",
      patch: voter("if (state.view <= this.#views.lastFinal.view)\n            return false;", ""),
      expects: "forbidden vote",
      by: "a verdict comes after a later view is final",
    },
    {
      name: "repeats a nullify that it never cast",
      patch: voter("if (!this.mayVote || !state.own.nullified)", "if (!this.mayVote)"),
      behind: [staysAfterCertify, nullifyAgain],
      expects: "double vote",
      by: "a finalized view, with time passing in it",
    },
    {
      name: "a late invalid verdict gives up the view that has come since",
      patch: simplex(
        'verdict === "invalid" && state.view === this.#views.current',
        'verdict === "invalid"',
      ),
      expects: "stall",
      by: "a late verdict finds an old proposal invalid",
    },
  ],
};

export const replayMutants: MutantGroup = {
  title: "Replay and pruning",
  mutants: [
    {
      name: "forgets all votes",
      patch: replay(recordOwn, ""),
      expects: "double vote",
      by: "a validator gives a view up, crashes, and learns that it was notarized",
    },
    {
      name: "forgets nullify votes",
      patch: replay(recordOwn, `if (entry.body.kind !== "nullify") ${recordOwn}`),
      expects: "double vote",
      by: "a validator gives a view up, crashes, and learns that it was notarized",
    },
    {
      name: "forgets notarize votes",
      patch: replay(
        recordOwn,
        `if (entry.body.kind === "notarize") { reached(entry.body.view); break; } ${recordOwn}`,
      ),
      expects: "double vote",
      says: "two notarize votes",
      by: "a validator crashes after its vote and is shown another block",
    },
    {
      name: "forgets finalize votes",
      patch: replay(recordOwn, `if (entry.body.kind !== "finalize") ${recordOwn}`),
      expects: "double vote",
      by: "a restart after finalizing",
    },
    {
      name: "forgets which proposal it voted for",
      patch: replay(adopt, ""),
      expects: "forbidden vote",
      by: "a leader crashes after proposing",
    },
    {
      name: "takes a failed certify for a successful one",
      patch: replay('state.certification = ok ? "ok" : "failed";', 'state.certification = "ok";'),
      expects: "forbidden vote",
      by: "a block was unfit, and its validator restarts",
    },
    {
      name: "takes entries of another epoch",
      patch: replay("subject.epoch !== views.epoch || ", ""),
      expects: "fork",
      by: "journals still hold a nullification of the epoch before",
    },
    {
      name: "takes entries below the last final view",
      patch: replay(" || subject.view < views.lastFinal.view", ""),
      expects: "crash",
      by: "all restart with a long journal",
    },
    {
      name: "does not tell the ledger what the journal knows to be final",
      patch: simplex(
        'this.#emit({ kind: "finalized", proposal: lastFinal, certificate: lastFinalization });',
        "",
      ),
      expects: "stall",
      by: "a finalization is in the journal, not in the ledger",
    },
    {
      name: "does not say its unsent votes again, nor to its own tally",
      patch: current(
        "this.#owesVotes = false;\n            this.#voter.repeat();",
        "this.#owesVotes = false;",
      ),
      behind: noRepeatsByTimer,
      expects: "stall",
      by: "all die after journaling a nullify that nobody has seen",
    },
    {
      name: "does not say an unsent finalize again, nor to its own tally",
      patch: current(
        "this.#owesVotes = false;\n            this.#voter.repeat();",
        "this.#owesVotes = false;",
      ),
      expects: "stall",
      by: "all die after journaling a finalize that nobody has seen",
    },
    {
      name: "a pruned journal keeps no votes",
      patch: standing("keep.push(...entriesOf(state));", ""),
      expects: "double vote",
      by: "a validator with a pruned journal crashes after its vote and is shown another block",
    },
    {
      name: "a pruned journal keeps certificates, but no votes",
      patch: standing('entries.push({ kind: "vote", body });', ";"),
      expects: "double vote",
      by: "a validator with a pruned journal crashes after its vote and is shown another block",
    },
    {
      name: "a pruned journal keeps only what is above a finalization that the ledger has not yet",
      patch: keepsFromNewest,
      behind: [keepsNoFinalization],
      expects: "double vote",
      by: "a ledger falls back behind a pruned journal, and a liar shows another block",
    },
    {
      name: "a pruned journal keeps no finalization",
      patch: keepsNoFinalization,
      behind: [keepsFromNewest],
      expects: "double vote",
      by: "a ledger falls back behind a pruned journal, and a liar shows another block",
    },
  ],
};
