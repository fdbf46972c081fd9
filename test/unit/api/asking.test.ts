/**
 * What a node says in words is shown to people: it can neither draw on their terminal nor fill it.
 * @module
 */
import { expect, test } from "vitest";
import { z } from "zod";
import { answerOf, describeFailure, type Heard } from "../../../src/api/asking.ts";
import type { ClientFailure } from "../../../src/api/client.ts";
import type { TransactionJson } from "../../../src/api/json.ts";
import { listSchema } from "../../../src/api/schemas.ts";

const id = "ab".repeat(32);
const drawn = "\u001b[2J\u001b[H1,000,000 QRT\n\u202efinal\u009b1m";

const problem = (detail: string): ClientFailure => ({
  kind: "problem",
  problem: {
    type: "t",
    title: "t",
    status: 409,
    detail,
    code: "nonce_taken",
    fix: "f",
    field: null,
    id: null,
    transactionStatus: null,
    supersededBy: null,
  },
});

/** Characters that a terminal obeys or hides. */
const obeyed = /[\p{C}\p{Zl}\p{Zp}]/u;

test.each([
  problem(drawn),
  { kind: "unreachable", message: drawn },
  { kind: "garbled", message: drawn },
] satisfies readonly ClientFailure[])("the words of a failure are visible: %j", (failure) => {
  const words = describeFailure(failure);
  expect(words).toContain("1,000,000 QRT");
  expect(words).not.toMatch(obeyed);
});

test("of long words the beginning is shown", () => {
  const words = describeFailure(problem("word ".repeat(1_000)));
  expect(words.length).toBeLessThan(250);
  expect(words).toMatch(/^nonce_taken, word word .* …$/);
});

test("the words of a refusal are visible as well", () => {
  const json: TransactionJson = { status: "refused", id, code: "nonce_taken", message: drawn };
  const heard: Heard<TransactionJson> = {
    node: "http://n",
    result: { ok: true, value: json },
    tipHeight: 1,
    isUnsent: false,
  };
  const answer = answerOf(heard, id);
  expect(answer).toMatchObject({ kind: "refused", code: "nonce_taken" });
  expect(JSON.stringify(answer)).not.toMatch(/\\u00|\u202e|\u009b|\\n/);
});

const page = (next: string): unknown => ({ items: [], next, prev: null, tip: { height: 1, id } });

test.each(["18204", "18204.3", "18204.3.0", "00ff", "ab_c-d", "~x:y"])(
  "%s is a cursor",
  (cursor) => {
    expect(listSchema(z.string()).safeParse(page(cursor)).success).toBe(true);
  },
);

test.each(["$(id)", "1;id", "1 2", "`id`", "1\n2", "", "\u001b[2J", "a".repeat(513)])(
  "%j is no cursor",
  (cursor) => {
    expect(listSchema(z.string()).safeParse(page(cursor)).success).toBe(false);
  },
);
