/**
 * Every verdict about a transaction has its status, its words and its advice.
 * @module
 */
import { expect, test } from "vitest";
import { transactionProblem } from "../../../src/api/problem.ts";
import { problemSchema } from "../../../src/api/schemas.ts";
import {
  transactionErrorCodes,
  transactionErrors,
} from "../../../src/protocol/transaction-errors.ts";

test.each(transactionErrorCodes)("%s is answered as its kind, and says what to do", (code) => {
  const word = transactionErrors[code].status;
  const problem = transactionProblem({ word, id: undefined, code, detail: "because" });
  const expected = code === "malformed" ? 400 : word === "invalid" ? 422 : 409;
  expect(problem).toMatchObject({ status: expected, code, title: transactionErrors[code].text });
  expect(problem.fix).not.toBe("");
  expect(problemSchema.safeParse(problem).success).toBe(true);
});

test("a code of a newer ledger is answered as its kind", () => {
  const problem = transactionProblem({
    word: "refused",
    id: undefined,
    code: "moon_is_full",
    detail: "wait",
  });
  expect(problem).toMatchObject({ status: 409, code: "moon_is_full" });
});
