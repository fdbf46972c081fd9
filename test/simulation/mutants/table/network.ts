/**
 * Mutants of what stands around consensus: who may speak to it, what it is told of blocks, and who may vote at all.
 * @module
 */
import { inFile, type MutantGroup } from "../mutant.ts";

const ingress = inFile("src/replica/message-ingress.js");
const catchUp = inFile("src/replica/catch-up.js");
const application = inFile("src/replica/application.js");
const candidates = inFile("src/replica/candidates.js");
const driver = inFile("src/replica/consensus-driver.js");
const permission = inFile("src/replica/vote-permission.js");
const recovery = inFile("src/replica/journal-recovery.js");
const epochs = inFile("src/replica/epochs.js");

const voter = inFile("src/consensus/voter.js");

const sim = (scenario: string): string => `simulator, 4 validators: ${scenario}`;
const serves = (lie: string): string => sim(`a liar serves those who catch up ${lie}`);

/** Else peers that hand its own votes back make it stop. */
const ignoresOwnVotes = voter(" && !this.#anotherVotes", "");
const anyQuorum = recovery("this.#answers.size < round.quorum", "this.#answers.size < 1");
const noRoundEpoch = recovery("round.epoch, this.#markEpoch", "this.#markEpoch");

export const ingressMutants: MutantGroup = {
  title: "Messages",
  mutants: [
    {
      name: "votes are taken unverified",
      patch: ingress(
        `if (!consensus.wantsVote(vote))
            return ignore;
        const verified = verifyVote(vote, this.#verification);`,
        `if (!consensus.wantsVote(vote))
            return ignore;
        const verified = vote;`,
      ),
      expects: "false certificate",
      by: sim("a liar forges votes"),
    },
    {
      name: "certificates are taken unverified",
      patch: ingress("verifyCertificate(certificate, this.#verification)", "certificate"),
      expects: "false certificate",
      by: sim("a liar forges certificates"),
    },
    {
      name: "proposals are taken unverified",
      patch: ingress(
        `const verified = verifyVote(vote, this.#verification);
        if (verified === undefined)
            return reject("bad-signature");
        if (!known)`,
        "const verified = vote; if (!known)",
      ),
      expects: "wrong blame",
      by: sim("a liar forges proposals"),
    },
    {
      name: "a header is taken for the block that the vote names",
      patch: ingress("blockIdOf(hasher, header) !== body.blockId", "false"),
      expects: "stall",
      by: sim("a liar shows another header by a block's name"),
    },
    {
      name: "hashes are taken for the body that the header names",
      patch: ingress("!bodyMatches(hasher, header, hashes)", "false"),
      expects: "stall",
      by: sim("a liar shows another body by a block's name"),
    },
    {
      name: "a validator's own vote does not reach its own tally",
      patch: driver('this.give({ kind: "vote", vote });', ""),
      expects: "stall",
      by: sim("as many as may are offline"),
    },
  ],
};

export const blockMutants: MutantGroup = {
  title: "Blocks",
  mutants: [
    {
      name: "certify: a block that is executed and not stored is good enough",
      patch: application('state.kind === "executed" && state.stored', 'state.kind === "executed"'),
      expects: "stall",
      by: sim("blocks are stored slowly, and all lose power at once"),
    },
    {
      name: "certify: a block counts as stored before it is",
      patch: candidates(
        'candidate.state = { kind: "executed", stored: false };',
        'candidate.state = { kind: "executed", stored: true };',
      ),
      expects: "stall",
      by: sim("blocks are stored slowly, and all lose power at once"),
    },
    {
      name: "certify: a block that is not here is good enough",
      patch: application('state.kind === "executed" && state.stored', "true"),
      expects: "stall",
      by: sim("blocks are stored slowly, and all lose power at once"),
    },
    {
      name: "verify: a block on another parent than the proposal's is good enough",
      patch: application("if (announced.parent !== parent.blockId)", "if (false)"),
      expects: "fork",
      by: sim("a liar proposes its parent's sibling"),
    },
    {
      name: "catching up: a finalization is taken unverified",
      patch: catchUp("this.#d.verifyCertificate(message.finalization)", "message.finalization"),
      expects: "false certificate",
      by: serves("a forged finalization"),
    },
    {
      name: "catching up: a finalization of another block will do",
      patch: catchUp("subject.blockId !== previous?.id", "false"),
      expects: "crash",
      by: serves("a finalization of something else"),
    },
    {
      name: "catching up: bodies are not compared with their headers",
      patch: catchUp("!bodyMatches(hasher, header, hashes)", "false"),
      expects: "crash",
      by: serves("another body"),
    },
    {
      name: "catching up: blocks need not be a chain",
      patch: catchUp(
        `if (!follows(previous, header))
                return fail("the blocks of a range are not a chain");`,
        "",
      ),
      expects: "crash",
      by: serves("blocks that are no chain"),
    },
    {
      name: "catching up: headers need not be a chain",
      patch: catchUp(
        `if (!follows(previous, header))
                return fail("the headers of a range are not a chain");`,
        "",
      ),
      expects: "crash",
      by: serves("headers that are no chain"),
    },
  ],
};

export const recoveryMutants: MutantGroup = {
  title: "A lost journal",
  mutants: [
    {
      name: "a validator whose journal is gone votes at once",
      patch: permission('if (journal.state.kind === "sound")', "if (true)"),
      expects: "double vote",
      by: sim("a validator loses its journal"),
    },
    {
      name: "a validator whose disk is new votes at once",
      patch: permission('if (journal.state.kind === "sound")', "if (true)"),
      behind: [ignoresOwnVotes],
      expects: "double vote",
      by: sim("a validator loses its disk"),
    },
    {
      name: "it votes again before the epoch that the others' answers allow",
      patch: permission("votesFrom === undefined || epoch < votesFrom", "votesFrom === undefined"),
      expects: "double vote",
      by: sim("a validator loses its journal"),
    },
    {
      name: "a validator whose ledger is gone votes in epochs that its journal has forgotten",
      patch: epochs("epoch >= (identity?.journal.markEpoch ?? 0) ||", "true ||"),
      expects: "double vote",
      by: sim("a validator loses its ledger and keeps its journal"),
    },
    {
      name: "one answer is enough",
      patch: anyQuorum,
      expects: "double vote",
      by: "a lost journal: one lies, one is behind, one is not reached",
    },
    {
      name: "one answer fewer than a quorum is enough",
      patch: recovery("this.#answers.size < round.quorum", "this.#answers.size < round.quorum - 1"),
      expects: "double vote",
      by: "a lost journal: one lies, one is behind, one is not reached",
    },
    {
      name: "anybody's answer counts",
      patch: recovery("this.#round.others.has(from) && ", ""),
      expects: "double vote",
      by: "a lost journal: one lies, and so do strangers",
    },
    {
      name: "answers that show a newer epoch than the ledger's count",
      patch: recovery("if (shown > round.epoch)\n            return;", ""),
      expects: "double vote",
      by: "a lost journal: those who answer have left in epoch 4",
    },
    {
      name: "answers of an earlier round count",
      patch: recovery("this.#answers.clear();", ""),
      behind: [noRoundEpoch],
      expects: "double vote",
      by: "a lost journal: the validators change while it asks",
    },
    {
      name: "the epoch that the ledger is in does not count",
      patch: noRoundEpoch,
      expects: "double vote",
      by: "a lost journal: those who answer have not seen the epoch begin",
    },
    {
      name: "the epoch that the mark names does not count",
      patch: recovery(", this.#markEpoch ?? epoch(0)", ""),
      behind: [anyQuorum],
      expects: "double vote",
      by: "a lost journal: a liar answers, and the mark is still there",
    },
    {
      name: "it votes again in the epoch that the answers show",
      patch: recovery("Math.max(...touched) + 1", "Math.max(...touched)"),
      expects: "double vote",
      by: "a lost journal: all validators answer",
    },
  ],
};
