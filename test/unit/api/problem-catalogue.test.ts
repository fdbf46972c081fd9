/**
 * The catalogue of problems is the list of what the code sends: every code is sent somewhere, and explained.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { problemCatalogue, requestProblems } from "../../../src/api/problem-catalogue.ts";
import { transactionErrorCodes } from "../../../src/protocol/transaction-errors.ts";

const sources = ["node/http", "src/replica", "node/localnet"].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.startsWith("docs"))
    .map((name) => readFileSync(join(root, name), "utf8")),
);

test.each(Object.keys(requestProblems))("%s is sent somewhere", (code) => {
  expect(sources.some((text) => text.includes(`"${code}"`))).toBe(true);
});

test("every verdict on a transaction is in the catalogue, and codes are words with underscores", () => {
  for (const code of transactionErrorCodes) expect(problemCatalogue.has(code)).toBe(true);
  const all = Object.keys(requestProblems).length + transactionErrorCodes.length;
  expect(problemCatalogue.size).toBe(all);
  for (const code of problemCatalogue.keys()) expect(code).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
});

test.each([...problemCatalogue])(
  "%s says what it means, when it is sent and what to do",
  (_, words) => {
    const { status, title, when, fix } = words;
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    for (const text of [title, when, fix]) expect(text).toMatch(/^[A-Z`].+\.$/s);
  },
);
