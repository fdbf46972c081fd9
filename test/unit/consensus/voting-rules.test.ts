/**
 * The safety rules one by one, against the sentence each stands for.
 * @module
 */
import { describe, expect, test } from "vitest";
import {
  mayFinalize,
  mayNotarize,
  mayNullify,
  maySendAgain,
  type OwnVotes,
} from "../../../src/consensus/voting-rules.ts";
import { proposal } from "./scene.ts";

const nothing: OwnVotes = { notarized: undefined, nullified: false, finalized: undefined };
const p = proposal(1, "a");
const good = { verified: true, equivocated: false };
const ready = { certified: true, equivocated: false, aboveLastFinal: true };

describe("notarize", () => {
  test("a verified proposal, once", () => {
    expect(mayNotarize(nothing, good)).toBe(true);
    expect(mayNotarize({ ...nothing, notarized: p }, good)).toBe(false);
  });
  test("only before nullify", () => {
    expect(mayNotarize({ ...nothing, nullified: true }, good)).toBe(false);
  });
  test("never what is unverified or equivocated", () => {
    expect(mayNotarize(nothing, { verified: false, equivocated: false })).toBe(false);
    expect(mayNotarize(nothing, { verified: true, equivocated: true })).toBe(false);
  });
});

describe("nullify", () => {
  test("also after notarize, once", () => {
    expect(mayNullify({ ...nothing, notarized: p })).toBe(true);
    expect(mayNullify({ ...nothing, nullified: true })).toBe(false);
  });
  test("is blocked by finalize", () => {
    expect(mayNullify({ ...nothing, finalized: p })).toBe(false);
    expect(maySendAgain({ ...nothing, nullified: true, finalized: p }, "nullify")).toBe(false);
  });
});

describe("finalize", () => {
  test("what is certified, once, also without an own notarize", () => {
    expect(mayFinalize(nothing, ready)).toBe(true);
    expect(mayFinalize({ ...nothing, finalized: p }, ready)).toBe(false);
    expect(mayFinalize(nothing, { ...ready, certified: false })).toBe(false);
  });
  test("is blocked by nullify, in repetitions too", () => {
    expect(mayFinalize({ ...nothing, nullified: true }, ready)).toBe(false);
    expect(maySendAgain({ ...nothing, nullified: true, finalized: p }, "finalize")).toBe(false);
  });
  test("never an equivocated view or one below the last final", () => {
    expect(mayFinalize(nothing, { ...ready, equivocated: true })).toBe(false);
    expect(mayFinalize(nothing, { ...ready, aboveLastFinal: false })).toBe(false);
  });
});
