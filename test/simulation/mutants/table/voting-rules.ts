/**
 * Mutants of src/consensus/voting-rules.ts: every conjunct of every rule.
 * @module
 */
import { inFile, type MutantGroup } from "../mutant.ts";

const rules = inFile("src/consensus/voting-rules.js");
const slot = inFile("src/consensus/proposal-slot.js");
const replay = inFile("src/consensus/replay.js");
const simplex = inFile("src/consensus/simplex.js");
const voter = inFile("src/consensus/voter.js");

const voteReplaces = slot(
  `this.#equivocated = true;
        }
    }
    /** A quorum certified it. */`,
  `this.#equivocated = true, this.#proposal = proposal;
        }
    }
    /** A quorum certified it. */`,
);
/** Without it a validator that may notarize twice says the same for ever, and nothing worse is seen. */
const neverRepeats = voter(
  "if (!this.mayVote || proposal === undefined)",
  "if (!this.mayVote || proposal === undefined || state.own.notarized?.blockId === proposal.blockId)",
);
const staysAfterCertify = simplex(
  `this.#voter.finalize(state);
            this.#current.leave(proposal.view, this.#nowMs);`,
  `this.#voter.finalize(state);`,
);

export const votingRuleMutants: MutantGroup = {
  title: "Voting rules",
  mutants: [
    {
      name: "mayNotarize: also when it has notarized the view already",
      patch: rules("own.notarized === undefined && ", ""),
      expects: "double vote",
      by: "a calm network: every view becomes final",
    },
    {
      name: "mayNotarize: another block than the one it has notarized",
      patch: rules("own.notarized === undefined && ", ""),
      behind: [
        replay("views.at(entry.body.view).slot.adopt(proposalIn(entry.body), undefined);", ""),
        neverRepeats,
      ],
      expects: "double vote",
      says: "two notarize votes",
      by: "a liar shows another block after a restart",
    },
    {
      name: "mayNotarize: also when it has nullified the view",
      patch: rules("&& !own.nullified && slot.verified", "&& slot.verified"),
      expects: "forbidden vote",
      by: "a view is given up, then its verdict comes",
    },
    {
      name: "mayNotarize: also what it has not verified",
      patch: rules("&& slot.verified &&", "&&"),
      expects: "fork",
      by: "a liar builds past a view that can be final",
    },
    {
      name: "mayNotarize: also the proposal of a leader that it saw equivocate",
      patch: rules("slot.verified && !slot.equivocated", "slot.verified"),
      expects: "forbidden vote",
      by: "a leader equivocates while its first block is being verified",
    },
    {
      name: "mayNotarize: also when a conflicting vote took the place of the verified proposal",
      patch: rules("slot.verified && !slot.equivocated", "slot.verified"),
      behind: [voteReplaces],
      expects: "fork",
      by: "a leader shows another block while a verified one may not be voted for yet",
    },
    {
      name: "mayNullify: also when it has nullified the view already",
      patch: rules(
        "!own.nullified && own.finalized === undefined;",
        "own.finalized === undefined;",
      ),
      expects: "double vote",
      by: "a leader gives its own view up",
    },
    {
      name: "mayNullify: also what it has finalized",
      patch: rules("!own.nullified && own.finalized === undefined;", "!own.nullified;"),
      behind: [staysAfterCertify],
      expects: "fork",
      by: "a finalized view, with time passing in it",
    },
    {
      name: "mayFinalize: also when it has finalized the view already",
      patch: rules("own.finalized === undefined &&\n        !own.nullified", "!own.nullified"),
      expects: "double vote",
      by: "a restart after finalizing",
    },
    {
      name: "mayFinalize: also what it has nullified",
      patch: rules("!own.nullified &&\n        facts.certified", "facts.certified"),
      expects: "fork",
      by: "all give a view up, then learn that it was notarized",
    },
    {
      name: "mayFinalize: also what is not certified",
      patch: rules("facts.certified &&", ""),
      expects: "stall",
      says: "nobody has its block",
      by: "all lose power before a notarized block is stored",
    },
    {
      name: "mayFinalize: also when it saw the leader equivocate",
      patch: rules("!facts.equivocated &&", ""),
      expects: "forbidden vote",
      by: "a leader equivocates, and its first block is notarized",
    },
    {
      name: "mayFinalize: also at or below the last final view",
      patch: rules(" &&\n        facts.aboveLastFinal", ""),
      behind: [simplex(" || proposal.view <= this.#views.lastFinal.view", "")],
      expects: "forbidden vote",
      by: "a certify ends after a later view is final",
    },
    {
      name: "maySendAgain: a finalize of a view that it has nullified",
      patch: rules("return !own.nullified;", "return true;"),
      expects: "double vote",
      by: "a journal that holds both a nullify and a finalize, the nullify sent",
    },
    {
      name: "maySendAgain: a nullify of a view that it has finalized",
      patch: rules('if (kind === "nullify")\n        return own.finalized === undefined;', ""),
      expects: "double vote",
      by: "a journal that holds both a nullify and a finalize, the finalize sent",
    },
  ],
};
