/**
 * Scenes around the rule for a lost journal: a validator has voted in epoch 5, and nobody tells it.
 *
 * All that it knows is what others answer, of whom one may lie and one may be behind. It must not vote in epoch 5 again.
 * @module
 */
import { epoch, type PublicKey } from "../../../../src/protocol/ids.ts";
import { JournalRecovery } from "../../../../src/replica/journal-recovery.ts";
import type { Finding, Scene } from "./finding.ts";

const lastVoted = 5;
const name = (letter: string): PublicKey => letter.repeat(64) as PublicKey;
const [a, b, c, d, e, f] = ["a", "b", "c", "d", "e", "f"].map(name) as [
  PublicKey,
  PublicKey,
  PublicKey,
  PublicKey,
  PublicKey,
  PublicKey,
];
const quorum = 3;

function recovers(
  sentence: string,
  script: (recovery: JournalRecovery) => void,
  markEpoch?: number,
): Scene {
  const run: Scene["run"] = () => {
    const findings: Finding[] = [];
    const recovery = new JournalRecovery({ markEpoch });
    script(recovery);
    const from = recovery.votesFrom;
    if (from !== undefined && from <= lastVoted) {
      const message = `it votes again from epoch ${from} on, and has voted in epoch ${lastVoted}`;
      findings.push({ kind: "double vote", message });
    }
    return Promise.resolve({ findings, seeds: 1 });
  };
  return { name: sentence, run };
}

/** The validators of the round's epoch, without the one that asks. */
function round(recovery: JournalRecovery, of: number, ...others: readonly PublicKey[]): void {
  recovery.inEpoch({ epoch: epoch(of), others: new Set(others), quorum });
}

export const recoveryScenes: readonly Scene[] = [
  recovers("a lost journal: all validators answer", (recovery) => {
    round(recovery, 5, a, b, c);
    for (const from of [a, b, c]) recovery.answered(from, epoch(5));
  }),
  recovers("a lost journal: one lies, one is behind, one is not reached", (recovery) => {
    round(recovery, 3, a, b, c);
    recovery.answered(c, epoch(3));
    recovery.answered(a, epoch(3));
  }),
  recovers("a lost journal: one lies, and so do strangers", (recovery) => {
    round(recovery, 3, a, b, c);
    for (const from of [c, d, e]) recovery.answered(from, epoch(3));
  }),
  recovers("a lost journal: those who answer have left in epoch 4", (recovery) => {
    round(recovery, 3, a, b, c);
    for (const from of [a, b, c]) recovery.answered(from, epoch(4));
  }),
  recovers("a lost journal: those who answer have not seen the epoch begin", (recovery) => {
    round(recovery, 5, a, b, c);
    for (const from of [a, b, c]) recovery.answered(from, epoch(4));
  }),
  recovers("a lost journal: the validators change while it asks", (recovery) => {
    round(recovery, 3, a, b, c);
    recovery.answered(c, epoch(3));
    recovery.answered(a, epoch(3));
    round(recovery, 5, d, e, f);
    recovery.answered(f, epoch(3));
  }),
  recovers(
    "a lost journal: a liar answers, and the mark is still there",
    (recovery) => {
      round(recovery, 3, a, b, c);
      recovery.answered(c, epoch(3));
    },
    lastVoted,
  ),
];
