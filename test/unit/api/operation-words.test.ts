/**
 * Operations in words.
 * @module
 */
import { expect, test } from "vitest";
import type { OperationJson } from "../../../src/api/operation-json.ts";
import {
  deedWords,
  isPaymentJson,
  operationLines,
  policyWords,
} from "../../../src/api/operation-words.ts";

const key = (publicKey: string, weight = 1) => ({ publicKey, weight });
const asset = "ab12";
const all: readonly OperationJson[] = [
  { kind: "transfer", from: "quo1a", to: "quo1b", asset, amount: "500", display: "5 GOLD" },
  {
    kind: "create-asset",
    from: "quo1a",
    asset,
    code: "GOLD",
    decimals: 1,
    name: "",
    maxSupply: "0",
  },
  { kind: "mint", from: "quo1a", to: "quo1b", asset, amount: "500", display: "5 GOLD" },
  { kind: "burn", from: "quo1a", asset, amount: "500", display: "5 GOLD" },
  {
    kind: "record",
    from: "quo1a",
    topic: "t",
    key: "k",
    version: 3,
    contentHash: "c0ff",
    data: { hex: "", text: "" },
  },
  {
    kind: "set-policy",
    from: "quo1a",
    policy: { threshold: 2, keys: [key("aa"), key("bb"), key("cc")] },
    authHash: "da7a",
  },
  { kind: "set-account", from: "quo1a", requireMemo: false },
  { kind: "vote-parameter", from: "quo1a", parameter: 1, name: "baseFee", value: "7" },
];

test("each deed in one sentence", () => {
  expect(all.map(deedWords)).toEqual([
    "paid 5 GOLD to quo1b",
    "created the asset GOLD",
    "minted 5 GOLD to quo1b",
    "burned 5 GOLD",
    "wrote version 3 of the record t / k",
    "gave itself a new policy: 2 of 3 keys",
    "set that payments to it need no memo",
    "voted to set baseFee to 7",
  ]);
});

test("each line by line, with whom it is from and no id cut short", () => {
  const ids = ["ab12", "quo1b", "c0ff", "da7a"];
  const shown = all.map((operation) => {
    const lines = operationLines(operation);
    expect(lines).toContainEqual(["from", "quo1a", "account"]);
    return lines.map(([, value]) => value).filter((value) => ids.includes(value));
  });
  expect(shown).toEqual([
    ["ab12", "quo1b"],
    ["ab12"],
    ["ab12", "quo1b"],
    ["ab12"],
    ["c0ff"],
    ["da7a"],
    [],
    [],
  ]);
});

test("a transfer of the native asset does not repeat what everybody knows", () => {
  const native = { from: "quo1a", to: "quo1b", asset: "0".repeat(64), amount: "1", display: "1 Q" };
  expect(operationLines({ kind: "transfer", ...native }).map(([name]) => name)).toEqual([
    "transfer",
    "from",
    "to",
  ]);
});

test("the terms of an asset in one line", () => {
  const terms = { from: "quo1a", asset, code: "GOLD", decimals: 1, name: "", maxSupply: "0" };
  const words = (over: Partial<typeof terms>) =>
    operationLines({ kind: "create-asset", ...terms, ...over })[0]?.[1];
  expect(words({})).toBe("GOLD, 1 decimal, no limit");
  expect(words({ name: "a\u200bb", decimals: 0, maxSupply: "9" })).toBe(
    "GOLD, “a\\u{200b}b”, 0 decimals, at most 9 base units",
  );
});

test("payments are what has a recipient", () => {
  expect(all.filter(isPaymentJson).map(({ kind }) => kind)).toEqual(["transfer", "mint"]);
});

test("a policy says how many keys, or what they must weigh", () => {
  expect(policyWords({ threshold: 1, keys: [key("aa")] })).toBe("one key");
  expect(policyWords({ threshold: 3, keys: [key("aa", 2), key("bb", 2)] })).toBe(
    "keys of weight 3 of 4 together",
  );
});
