/**
 * Problems: each code that is documented for requests is provoked by a test of the interface, the rare ones here.
 */
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requestProblems } from "../../../src/api/problem-catalogue.ts";
import { problemSchema } from "../../../src/api/schemas.ts";
import { fail } from "../../../src/base/result.ts";
import { noProofs } from "./listed-proofs.ts";
import { type Serving, serve } from "./serving.ts";

let serving: Serving;
beforeEach(async () => {
  serving = await serve({ blocks: 1 });
});
afterEach(() => serving.close());

test("a node that fails says internal_error, and why only to its own log", async () => {
  serving.node.status = () => {
    throw new Error("cannot read /var/lib/secret");
  };
  const answer = await fetch(`${serving.url}/v1/status`);
  const text = await answer.text();
  expect(answer.status).toBe(500);
  expect(problemSchema.parse(JSON.parse(text)).code).toBe("internal_error");
  expect(text).not.toMatch(/secret|\.ts|node_modules/);
  expect(answer.headers.get("quorate-tip")).not.toBeNull();
  expect(serving.errors.join()).toContain("secret");
});

test("a proof through more changes of validators than fit is proof_too_large", async () => {
  const tooMany = () => fail({ kind: "too_many_changes" } as const);
  serving.node.proofs = { ...noProofs, block: tooMany, receipt: tooMany };
  for (const path of ["/v1/blocks/1/proof", `/v1/transactions/${"0".repeat(64)}/receipt`]) {
    const answer = await fetch(`${serving.url}${path}?from=0`);
    const problem = problemSchema.parse(await answer.json());
    expect([answer.status, problem.code, problem.field]).toEqual([
      requestProblems.proof_too_large.status,
      "proof_too_large",
      "query.from",
    ]);
  }
});

test("every code has a test that provokes it", () => {
  const folder = new URL(".", import.meta.url);
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => readFileSync(new URL(name, folder), "utf8"))
    .join("\n");
  const missing = Object.keys(requestProblems).filter((code) => !texts.includes(`"${code}"`));
  expect(missing).toEqual([]);
});
