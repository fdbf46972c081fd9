import { expect, test } from "vitest";
import { misnamedWords, strayWords } from "../../../node/explorer/checking/asked.ts";
import type { ProvableClaim } from "../../../node/explorer/checking/claims.ts";
import { strayOf } from "../../../node/explorer/checking/stray-words.ts";

const id = "ab".repeat(32);
const other = "cd".repeat(32);

/** Claims whose subject has these names; the rest of the answers does not matter here. */
const claimsOf = (asked: readonly string[] | undefined) =>
  ({
    block: { kind: "block", block: { height: 12, id }, asked },
    transaction: { kind: "transaction", transaction: { id }, asked },
    account: { kind: "account", account: { address: "quo1alice" }, asked },
    asset: { kind: "asset", asset: { id }, asked },
    record: {
      kind: "record",
      record: { address: "quo1alice", topic: "t", key: "k", version: 2, newest: 2 },
      asked,
    },
  }) as unknown as Readonly<Record<string, ProvableClaim>>;

type Kind = "block" | "transaction" | "account" | "asset" | "record";

test.each<[Kind, readonly string[]]>([
  ["block", ["12"]],
  ["block", [id]],
  ["transaction", [id]],
  ["account", ["quo1alice"]],
  ["asset", [id]],
  ["record", ["quo1alice", "t", "k"]],
])("a %s asked for as %j is that", (kind, asked) => {
  const claim = claimsOf(asked)[kind];
  expect(claim && strayWords(claim)).toBeUndefined();
});

test.each<[Kind, readonly string[]]>([
  ["block", ["13"]],
  ["block", [other]],
  ["transaction", [other]],
  ["account", ["quo1bob"]],
  ["asset", [other]],
  ["record", ["quo1alice", "t", "other"]],
  ["record", ["quo1bob", "t", "k"]],
])("a %s asked for as %j is another one, and both are named", (kind, asked) => {
  const claim = claimsOf(asked)[kind];
  expect(claim && strayWords(claim)).toContain(asked.join(" / "));
});

test("where nothing was asked for by name there is nothing to compare", () => {
  for (const claim of Object.values(claimsOf(undefined))) expect(strayWords(claim)).toBeUndefined();
});

test("a node that calls its network otherwise than its genesis does is told so", () => {
  const genesis = { networkName: "main" };
  const said = { chainId: id, networkName: "main" };
  expect(misnamedWords(said, genesis, id)).toBeUndefined();
  expect(misnamedWords(said, genesis, other)).toContain("chainId");
  expect(misnamedWords({ ...said, networkName: "test" }, genesis, id)).toContain("networkName");
});

test("names that are not the same are said without what could hide in them", () => {
  const words = strayOf(["a\u202eb"], ["c".repeat(5_000)]);
  expect(words).toContain("a\\u{202e}b");
  expect(words.length).toBeLessThan(500);
});
