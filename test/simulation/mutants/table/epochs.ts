/**
 * Mutants of the epoch's end: the last block proposed again, the hand-over, the count of votes, and what becomes of
 * those who cross a boundary earlier or later than others.
 * @module
 */
import { inFile, type MutantGroup } from "../mutant.ts";

const application = inFile("src/replica/application.js");
const facts = inFile("src/replica/epoch-facts.js");
const epochs = inFile("src/replica/epochs.js");
const work = inFile("src/replica/work.js");
const turn = inFile("src/ledger/epoch-turn.js");
const count = inFile("src/ledger/membership-count.js");
const heights = inFile("src/protocol/epochs.js");

const again =
  "simulator, 4 validators: the finalize votes for an epoch's last block never arrive, those of its first view";
const joins = "simulator, 4 validators: one joins and leads views";
const leaves = "simulator, 4 validators: one leaves and is offline when it does";
const idle =
  "simulator, 4 validators: an epoch's last block is empty and nobody pays, and its finalize votes are lost";
const tooFew = "simulator, 4 validators: two of four want a fifth, and do not get it";
const pass = "simulator, 4 validators: epochs pass";
const proven =
  "simulator, 4 validators: a proven equivocator is out at the end of the next epoch at the latest";

export const epochMutants: MutantGroup = {
  title: "The end of an epoch",
  mutants: [
    {
      name: "a leader builds on an epoch's last block instead of proposing it again",
      patch: application(
        "const isRepeated = position?.header.height === epochs.lastHeight;",
        "const isRepeated = false;",
      ),
      expects: "stall",
      by: again,
    },
    {
      name: "an epoch's last block that is proposed again is refused",
      patch: application(
        "if ((parentHeight === epochs.lastHeight) !== isRepeated)",
        "if (isRepeated)",
      ),
      expects: "stall",
      by: again,
    },
    {
      name: "an epoch's last block that is proposed again must be of that view",
      patch: application(
        "if (!isRepeated && announced !== undefined) {",
        "if (announced !== undefined) {",
      ),
      expects: "stall",
      by: again,
    },
    {
      name: "an empty last block is no work, so nobody goes on until it is final",
      patch: work(
        "return transactions.length > 0 || header.height === this.#d.epochs.lastHeight;",
        "return transactions.length > 0;",
      ),
      expects: "stall",
      by: idle,
    },
    {
      name: "the next epoch begins one block early",
      patch: application(
        "if (position.header.height === this.#d.epochs.lastHeight)",
        "if (position.header.height === this.#d.epochs.lastHeight - 1)",
      ),
      expects: "crash",
      by: pass,
    },
    {
      name: "a new epoch goes on with the old epoch's validators",
      patch: facts(
        "const validators = isAtBoundary ? entry.next : entry.current;",
        "const validators = entry.current;",
      ),
      expects: "false certificate",
      by: joins,
    },
    {
      name: "the new epoch's engine is never started",
      patch: epochs('this.#driver.give({ kind: "start" });', ";"),
      expects: "crash",
      by: pass,
    },
    {
      name: "who may vote is not told to the new epoch's engine",
      patch: epochs("this.#driver.setMayVote(this.#mayVote);", ";"),
      expects: "stall",
      by: pass,
    },
    {
      name: "the hand-over does not happen",
      patch: turn("if (!isHandOver(height, lengthOf(parameters)))", "if (true)"),
      expects: "wrong set",
      by: joins,
    },
    {
      name: "the hand-over comes a block late",
      patch: heights(
        "return at > 1 && (at - 1) % epochLength === 0;",
        "return at > 2 && (at - 2) % epochLength === 0;",
      ),
      expects: "wrong set",
      by: joins,
    },
    {
      name: "votes are counted a block early",
      patch: heights(
        "return height((of + 1) * epochLength - Math.floor(epochLength / 10));",
        "return height((of + 1) * epochLength - Math.floor(epochLength / 10) - 1);",
      ),
      expects: "wrong set",
      by: leaves,
    },
    {
      name: "votes are never counted",
      patch: turn("if (block.height !== countingHeight(of, length))", "if (true)"),
      expects: "wrong set",
      by: joins,
    },
    {
      name: "one vote less than a quorum changes the set",
      patch: count(
        "const quorum = quorumOf(validators.length);",
        "const quorum = quorumOf(validators.length) - 1;",
      ),
      expects: "wrong set",
      by: tooFew,
    },
    {
      name: "a removal that is decided is not made",
      patch: count("this.#byOperator.delete(operator);", ";"),
      expects: "wrong set",
      by: leaves,
    },
    {
      name: "who is proven to have lied stays in the set",
      patch: count(
        "const honest = all.filter(({ consensusKey }) => !isFaulty(consensusKey));",
        "const honest = all;",
      ),
      expects: "wrong set",
      by: proven,
    },
  ],
};
