/**
 * Who lost its journal votes again only where it cannot have voted.
 * @module
 */
import { expect, test } from "vitest";
import { epoch, type PublicKey } from "../../../src/protocol/ids.ts";
import { JournalRecovery } from "../../../src/replica/journal-recovery.ts";

const key = (number: number): PublicKey => `${number}`.repeat(64) as PublicKey;
/** Four validators, of which we are none of these three; a quorum is three. */
const round = (of: number) => ({
  epoch: epoch(of),
  others: new Set([key(1), key(2), key(3)]),
  quorum: 3,
});

function recovering(markEpoch: number | undefined, inEpoch: number): JournalRecovery {
  const recovery = new JournalRecovery({ markEpoch });
  recovery.inEpoch(round(inEpoch));
  return recovery;
}

test("it votes from the epoch after the newest that a quorum of others has shown", () => {
  const recovery = recovering(undefined, 5);
  recovery.answered(key(1), epoch(4));
  recovery.answered(key(2), epoch(5));
  expect(recovery.votesFrom).toBeUndefined();
  recovery.answered(key(3), epoch(4));
  expect(recovery.votesFrom).toBe(6);
});

test("it votes from the epoch after its mark when the others have seen less", () => {
  const recovery = recovering(7, 5);
  for (const from of [1, 2, 3]) recovery.answered(key(from), epoch(5));
  expect(recovery.votesFrom).toBe(8);
});

test("it does not vote in the epoch of its own ledger, whatever the others have seen", () => {
  const recovery = recovering(undefined, 5);
  for (const from of [1, 2, 3]) recovery.answered(key(from), epoch(4));
  expect(recovery.votesFrom).toBe(6);
});

test("one validator answers once, however often it does", () => {
  const recovery = recovering(undefined, 0);
  for (let i = 0; i < 3; i += 1) recovery.answered(key(1), epoch(0));
  expect(recovery.votesFrom).toBeUndefined();
  expect(recovery.progress).toEqual({ held: 1, needed: 3 });
});

test("whoever is no other validator of the epoch is not counted", () => {
  const recovery = recovering(undefined, 0);
  expect(recovery.wants(key(4))).toBe(false);
  for (const from of [1, 2, 4]) recovery.answered(key(from), epoch(0));
  expect(recovery.votesFrom).toBeUndefined();
});

test("an answer from a newer epoch counts only when the ledger is there, and all are asked again", () => {
  const recovery = recovering(undefined, 0);
  recovery.answered(key(1), epoch(0));
  recovery.answered(key(2), epoch(0));
  recovery.answered(key(3), epoch(3));
  expect(recovery.votesFrom).toBeUndefined();
  expect(recovery.wants(key(3))).toBe(true);
  recovery.inEpoch(round(3));
  expect(recovery.progress.held).toBe(0);
  for (const from of [1, 2, 3]) recovery.answered(key(from), epoch(3));
  expect(recovery.votesFrom).toBe(4);
});

test("what was decided stays, whatever epochs come", () => {
  const recovery = recovering(undefined, 0);
  for (const from of [1, 2, 3]) recovery.answered(key(from), epoch(0));
  recovery.inEpoch(round(1));
  expect(recovery.votesFrom).toBe(1);
  expect(recovery.wants(key(1))).toBe(false);
});
