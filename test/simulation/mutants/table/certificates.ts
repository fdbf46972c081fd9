/**
 * Mutants of the tally, the quorum's arithmetic, and the checks of signatures and certificates.
 * @module
 */
import { inFile, type MutantGroup } from "../mutant.ts";

const tally = inFile("src/consensus/vote-tally.js");
const vote = inFile("src/protocol/vote.js");
const set = inFile("src/protocol/validator-set.js");
const standing = inFile("src/consensus/standing.js");
const consensus = inFile("src/consensus/consensus.js");
const simplex = inFile("src/consensus/simplex.js");

const noOrderInBytes = vote(
  `if (signer <= previous)
            return "signers are not strictly ascending";`,
  "",
);
const anyOrder = vote("key === undefined || signer <= previous", "key === undefined");
const anySigner = vote(
  `if (key === undefined)
        return undefined;
    const message`,
  `if (key === undefined)
        return markVerified(vote);
    const message`,
);
const wantsStrangers = consensus(
  "if (this.#views.validators.at(signer) === undefined)\n            return false;",
  "",
);

export const tallyMutants: MutantGroup = {
  title: "Tally and quorum",
  mutants: [
    {
      name: "a signer's vote counts as often as it comes",
      patch: tally("if (taken !== undefined) {", "if (false) {"),
      expects: "fork",
      by: "a liar builds past view 1 with its nullify three times at once",
    },
    {
      name: "a conflicting vote is counted",
      patch: tally(
        'return { standing: "conflict", votes, fault };',
        'votes.push(vote); this.#bySubject.set(subject, votes); return { standing: votes.length === this.#quorum ? "quorum" : "added", votes, fault };',
      ),
      expects: "fork",
      by: "a liar finalizes one block, and another one again and again",
    },
    {
      name: "a conflicting vote takes the slot and is counted",
      patch: tally(
        'const fault = this.#blame(vote.body.kind, taken, vote);\n            return { standing: "conflict", votes, fault };',
        "this.#blame(vote.body.kind, taken, vote);",
      ),
      expects: "fork",
      by: "a liar finalizes two blocks, back and forth",
    },
    {
      name: "a quorum is one vote fewer",
      patch: tally("votes.length === this.#quorum", "votes.length === this.#quorum - 1"),
      expects: "fork",
      by: "two halves of three are shown two blocks by one liar",
    },
    {
      name: "a quorum is one vote more",
      patch: tally("votes.length === this.#quorum", "votes.length === this.#quorum + 1"),
      expects: "stall",
      by: "one of four validators is down",
    },
    {
      name: "a quorum is never reached",
      patch: tally("votes.length === this.#quorum", "votes.length > 1_000"),
      expects: "stall",
      by: "a calm network: every view becomes final",
    },
    {
      name: "a repeated vote is taken for a conflicting one",
      patch: tally("if (voteSubject(taken.body) === subject) {", "if (false) {"),
      expects: "wrong blame",
      by: "the same vote comes twice",
    },
    {
      name: "a second vote of a kind is no evidence",
      patch: tally(
        "const fault = this.#blame(vote.body.kind, taken, vote);",
        "const fault = undefined;",
      ),
      expects: "wrong blame",
      by: "a liar shows a node both of its blocks after the view was notarized",
    },
    {
      name: "nullify and finalize are no evidence",
      patch: tally("fault: this.#nullifyFinalize(vote) };", "fault: undefined };"),
      expects: "wrong blame",
      by: "a liar finalizes a view and nullifies it",
    },
    {
      name: "evidence is dropped once the view is notarized",
      patch: simplex(
        "const { standing, votes, fault } = state.tally.add(vote);",
        "if (state.notarization !== undefined) return undefined; const { standing, votes, fault } = state.tally.add(vote);",
      ),
      expects: "wrong blame",
      by: "a liar shows a node both of its blocks after the view was notarized",
    },
    {
      name: "quorumOf: n − f − 1",
      patch: set("count - faultyMax(count);", "count - faultyMax(count) - 1;"),
      expects: "fork",
      by: "two halves of three are shown two blocks by one liar",
    },
    {
      name: "quorumOf: more than half",
      patch: set("count - faultyMax(count);", "Math.floor(count / 2) + 1;"),
      expects: "fork",
      by: "two halves of five are shown two blocks by two liars",
    },
    {
      name: "quorumOf: 2f + 1 whatever n is",
      patch: set("count - faultyMax(count);", "2 * faultyMax(count) + 1;"),
      expects: "false certificate",
      by: "one of three validators is down",
    },
    {
      name: "quorumOf: everyone",
      patch: set("count - faultyMax(count);", "count;"),
      expects: "stall",
      by: "one of four validators is down",
    },
    {
      name: "faultyMax: ⌊n / 3⌋",
      patch: set("Math.floor((count - 1) / 3)", "Math.floor(count / 3)"),
      expects: "false certificate",
      by: "one of three validators is down",
    },
    {
      name: "faultyMax: ⌊n / 2⌋",
      patch: set("Math.floor((count - 1) / 3)", "Math.floor(count / 2)"),
      expects: "fork",
      by: "two halves of three are shown two blocks by one liar",
    },
  ],
};

export const signatureMutants: MutantGroup = {
  title: "Signatures and certificates",
  mutants: [
    {
      name: "verifyVote: any signature is good",
      patch: vote(
        "return options.verifier.verify(vote.signature, message, key) ? markVerified(vote) : undefined;",
        "return markVerified(vote, message);",
      ),
      expects: "fork",
      by: "a liar builds past view 1 with forged nullify votes",
    },
    {
      name: "verifyVote: a signer that is no validator is good",
      patch: anySigner,
      behind: [wantsStrangers],
      expects: "fork",
      by: "a liar builds past view 1 with nullify votes of validators that do not exist",
    },
    {
      name: "wantsVote: a signer that is no validator is wanted",
      patch: wantsStrangers,
      behind: [anySigner],
      expects: "fork",
      by: "a liar builds past view 1 with nullify votes of validators that do not exist",
    },
    {
      name: "verifyCertificate: any signatures are good",
      patch: vote(
        "if (!verifier.verify(signature, message, key))\n            return undefined;",
        "",
      ),
      expects: "fork",
      by: "a liar builds past view 1 with a nullification of forged signatures",
    },
    {
      name: "verifyCertificate: any number of signatures is enough",
      patch: vote(
        "if (certificate.signatures.length < validators.quorum)\n        return undefined;",
        "",
      ),
      expects: "fork",
      by: "a liar builds past view 1 with a nullification that it signed alone",
    },
    {
      name: "verifyCertificate: one signature less is enough",
      patch: vote(
        "certificate.signatures.length < validators.quorum",
        "certificate.signatures.length < validators.quorum - 1",
      ),
      expects: "fork",
      by: "a liar builds past view 1 with a nullification that it and one other signed",
    },
    {
      name: "verifyCertificate: signers that are no validators are passed over",
      patch: vote(
        "if (key === undefined || signer <= previous)\n            return undefined;",
        "if (key === undefined) continue;",
      ),
      expects: "fork",
      by: "a liar builds past view 1 with a nullification of validators that do not exist",
    },
    {
      name: "verifyCertificate: one signer may sign several times",
      patch: anyOrder,
      behind: [noOrderInBytes],
      expects: "fork",
      by: "a liar builds past view 1 with a nullification that it signed three times",
    },
    {
      name: "certificate bytes: one signer may sign several times",
      patch: noOrderInBytes,
      behind: [anyOrder],
      expects: "fork",
      by: "a liar builds past view 1 with a nullification that it signed three times",
    },
    {
      name: "a finalize vote is signed like a notarize vote",
      patch: vote('finalize: "quorate/finalize/1"', 'finalize: "quorate/notarize/1"'),
      expects: "fork",
      by: "notarize votes are passed off as finalize votes, the view is given up",
    },
    {
      name: "wantsCertificate: of any epoch",
      patch: standing("subject.epoch !== views.epoch || ", ""),
      expects: "fork",
      by: "a liar builds past view 1 with a nullification of the epoch before",
    },
    {
      name: "inVoteWindow: of any epoch",
      patch: standing("body.epoch !== views.epoch || ", ""),
      expects: "stall",
      by: "liars repeat what was voted in the epoch before",
    },
    {
      name: "wantsCertificate: of views that are over",
      patch: standing(" || subject.view <= views.lastFinal.view", ""),
      expects: "crash",
      by: "a certificate of a view below the last final one comes late",
    },
    {
      name: "wantsCertificate: again and again",
      patch: standing("return held === undefined;", "return true;"),
      expects: "stall",
      by: "no leader proposes",
    },
    {
      name: "a vote of any validator stands for the leader's proposal",
      patch: simplex(
        'body.kind === "notarize" && signer === state.leader',
        'body.kind === "notarize"',
      ),
      expects: "stall",
      by: "a liar proposes in every view, whoever leads it",
    },
  ],
};
