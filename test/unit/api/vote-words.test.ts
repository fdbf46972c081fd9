/**
 * Votes in words.
 * @module
 */
import { expect, test } from "vitest";
import { isVoteJson, voteWords } from "../../../src/api/vote-words.ts";

const validator = { consensusKey: "ab12", operator: "quo1x", name: "five", endpoint: "five:27000" };

test("a vote says whom it wants in, with which key and where", () => {
  const change = { kind: "put" as const, validator };
  expect(voteWords({ kind: "vote-membership", from: "quo1y", change })).toBe(
    "have validator five of quo1x with key ab12, at five:27000",
  );
  const bare = { ...validator, name: "", endpoint: "" };
  expect(
    voteWords({ kind: "vote-membership", from: "quo1y", change: { kind: "put", validator: bare } }),
  ).toBe("have validator of quo1x with key ab12");
});

test("whom it wants out, and which parameter it wants set", () => {
  const change = { kind: "remove" as const, operator: "quo1x" };
  expect(voteWords({ kind: "vote-membership", from: "quo1y", change })).toBe(
    "remove validator quo1x",
  );
  const parameter = { kind: "vote-parameter" as const, from: "quo1y", parameter: 1, value: "50" };
  expect(voteWords({ ...parameter, name: "baseFee" })).toBe("set baseFee to 50");
  expect(voteWords({ ...parameter, name: null })).toBe("set parameter 1 to 50");
});

test("a transfer is no vote", () => {
  const transfer = { from: "quo1y", to: "quo1x", asset: "00", amount: "1", display: "1" };
  expect(isVoteJson({ kind: "transfer", ...transfer })).toBe(false);
});
