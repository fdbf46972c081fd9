/**
 * The decision table: what the answers of several nodes amount to.
 * @module
 */
import { expect, test } from "vitest";
import {
  type AnswerBody,
  type DecideOptions,
  decideOutcome,
  isDecidedEarly,
  type NodeAnswer,
} from "../../../src/api/outcome.ts";

const final: AnswerBody = { kind: "final", height: 7, blockId: "b7", timestampMs: 70 };
const otherFinal: AnswerBody = { kind: "final", height: 8, blockId: "b8", timestampMs: 80 };
const pending: AnswerBody = { kind: "pending" };
const unknown: AnswerBody = { kind: "unknown" };
const expired: AnswerBody = { kind: "expired" };
const superseded: AnswerBody = { kind: "superseded", by: "other" };
const invalid: AnswerBody = { kind: "invalid", code: "bad_signature", message: "m" };
const refused: AnswerBody = { kind: "refused", code: "fee_too_low", message: "m" };
const refusedLate: AnswerBody = { kind: "refused", code: "expired", message: "m" };
const busy: AnswerBody = { kind: "busy", message: "m" };
const unreachable: AnswerBody = { kind: "unreachable", message: "m" };
const lost: AnswerBody = { kind: "lost", message: "m" };
const unproven: AnswerBody = { kind: "unproven", message: "m" };
const forked: AnswerBody = { kind: "forked", message: "m" };

const answersOf = (bodies: readonly AnswerBody[]): readonly NodeAnswer[] =>
  bodies.map((body, i) => ({ node: `node-${i}`, ...body }));

const fresh = { mayBeHeld: false, worth: "words" } as const;
const held = { mayBeHeld: true, worth: "words" } as const;
const freshProven = { ...fresh, worth: "proven" } as const;
const heldProven = { ...held, worth: "proven" } as const;

/** Answers, whether a node may hold it from before, and the kind of the outcome. */
const table: readonly (readonly [string, readonly AnswerBody[], DecideOptions, string])[] = [
  ["one final", [final], fresh, "final"],
  ["final among silence", [unreachable, lost, final], held, "final"],
  ["final though another refuses", [refused, final], fresh, "final"],
  ["final twice in one block", [final, final], fresh, "final"],
  ["final in two blocks", [final, otherFinal], fresh, "disagreement"],
  ["final and superseded", [final, superseded], fresh, "disagreement"],
  ["final and expired", [final, expired], fresh, "disagreement"],

  ["superseded everywhere", [superseded, superseded], held, "superseded"],
  ["superseded by a majority", [superseded, superseded, pending], held, "superseded"],
  ["superseded by half", [superseded, pending], held, "unknown"],
  ["superseded by one of four", [superseded, unknown, unknown, unknown], held, "unknown"],
  ["superseded where reachable", [superseded, unreachable, lost], held, "superseded"],
  ["expired by a majority", [expired, expired, unknown], held, "expired"],
  ["expired by half", [expired, unknown], held, "unknown"],
  ["expired by the only one reached", [expired, unreachable, unreachable], held, "expired"],
  ["invalid everywhere", [invalid, invalid], held, "invalid"],
  ["invalid by a minority", [invalid, pending, pending], held, "unknown"],

  ["refused everywhere, fresh", [refused, refused], fresh, "refused"],
  ["refused where reachable, fresh", [refused, unreachable], fresh, "refused"],
  ["refused or invalid everywhere", [refused, invalid], fresh, "refused"],
  ["refused everywhere, sent before", [refused, refused], held, "unknown"],
  ["refused and a lost answer", [refused, lost], fresh, "unknown"],
  ["refused and an unknown answer", [refused, unknown], fresh, "unknown"],
  ["refused and pending", [refused, pending], fresh, "unknown"],
  ["refused and busy", [refused, busy], fresh, "unknown"],
  ["refused as expired everywhere", [refusedLate, refusedLate], fresh, "expired"],
  ["refused as expired, sent before", [refusedLate, refusedLate], held, "unknown"],

  ["nobody reached, fresh", [unreachable, unreachable], fresh, "unreachable"],
  ["nobody reached, sent before", [unreachable, unreachable], held, "unknown"],
  ["an answer lost", [lost], fresh, "unknown"],
  ["all busy", [busy, busy], fresh, "unknown"],
  ["pending everywhere", [pending, pending], fresh, "unknown"],
  ["no answer at all", [], held, "unknown"],

  ["proven final by one", [final, unknown, unknown], heldProven, "final"],
  [
    "proven superseded by one of four",
    [superseded, unknown, unknown, pending],
    heldProven,
    "superseded",
  ],
  ["proven expired by one of three", [expired, unknown, pending], heldProven, "expired"],
  ["proven final and proven expired", [final, expired], freshProven, "disagreement"],
  ["proof against what was proven before", [forked, final], freshProven, "disagreement"],
  ["an end without a proof, everywhere", [unproven, unproven], freshProven, "unknown"],
  ["an end without a proof, and refused", [unproven, refused], freshProven, "unknown"],
  ["invalid by words, everywhere, fresh", [invalid, invalid], freshProven, "refused"],
  ["invalid by words, sent before", [invalid, invalid], heldProven, "unknown"],
  ["refused as expired everywhere, unproven", [refusedLate, refusedLate], freshProven, "unknown"],
];

test.each(table)("%s", (_, bodies, options, kind) => {
  expect(decideOutcome(answersOf(bodies), options).kind).toBe(kind);
});

test("the order of the nodes changes nothing", () => {
  for (const [, bodies, options, kind] of table) {
    const reversed = answersOf(bodies).toReversed();
    expect(decideOutcome(reversed, options).kind).toBe(kind);
  }
});

test("a refusal carries the node's code", () => {
  expect(decideOutcome(answersOf([refused, refused]), fresh)).toEqual({
    kind: "refused",
    code: "fee_too_low",
    message: "m",
  });
});

test("more than half of all nodes decide early, half does not", () => {
  const isDecided = (bodies: readonly AnswerBody[]) =>
    isDecidedEarly(answersOf(bodies), 4, "words");
  expect(isDecided([superseded, superseded, superseded])).toBe(true);
  expect(isDecided([superseded, superseded])).toBe(false);
  expect(isDecided([superseded, expired, invalid])).toBe(false);
});

test("one proven end decides early, words never do among proofs", () => {
  expect(isDecidedEarly(answersOf([superseded]), 4, "proven")).toBe(true);
  expect(isDecidedEarly(answersOf([unproven, unproven, invalid]), 3, "proven")).toBe(false);
});
