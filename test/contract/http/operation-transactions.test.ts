/**
 * Operations 1 to 6 over HTTP and in the commands: shown with all that they say.
 * @module
 */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { transactionText } from "../../../node/commands/query-text.ts";
import { transactionSchema } from "../../../src/api/schemas.ts";
import { utf8 } from "../../../src/base/bytes.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { NamedSigned } from "../../../src/protocol/transaction.ts";
import {
  assetOf,
  burn,
  createAsset,
  mint,
  record,
  setAccount,
  setPolicy,
} from "../../fixtures/operations.ts";
import { alice, bob, type Holder, transactionOf } from "../../fixtures/small-ledger.ts";
import { type Serving, serve } from "./serving.ts";

let serving: Serving;
let named: NamedSigned;

const address = ({ account }: Holder) => formatAddress("quo", account);
const gold = assetOf(alice, "GOLD");
const contentHash = "ab".repeat(32);

beforeAll(async () => {
  serving = await serve();
  const operations = [
    createAsset("GOLD", { decimals: 3, name: "Gold", maxSupply: 5_000n }),
    mint(gold, bob, 1_500n),
    burn(gold, 20n, bob),
    record("invoices", "17\u202e", 4, { contentHash, data: utf8("paid") }),
    record("invoices", "18", 1, { contentHash, data: Uint8Array.of(0xff) }),
    setPolicy({ threshold: 1, keys: [...bob.policy.keys] }),
    setAccount(true),
  ];
  named = transactionOf(serving.node.chainId, { from: alice, operations, others: [bob] });
  serving.node.makeBlock([named]);
});
afterAll(async () => {
  expect(serving.errors).toEqual([]);
  await serving.close();
});

test("each says what it does, for whom, with ids, hashes and bytes in hex", async () => {
  const response = await fetch(`${serving.url}/v1/transactions/${named.id}`);
  const { operations } = transactionSchema.parse(await response.json()) as {
    readonly operations?: readonly unknown[];
  };
  const { policy } = bob;
  const encoded = Buffer.concat([
    Buffer.from("quorate/account/1\0"),
    Buffer.from("010001", "hex"),
    Buffer.from(policy.keys[0]?.publicKey ?? "", "hex"),
    Buffer.from([1]),
  ]);
  expect(operations).toEqual([
    {
      kind: "create-asset",
      from: address(alice),
      asset: gold,
      code: "GOLD",
      decimals: 3,
      name: "Gold",
      maxSupply: "5000",
    },
    {
      kind: "mint",
      from: address(alice),
      asset: gold,
      to: address(bob),
      amount: "1500",
      display: expect.any(String),
    },
    {
      kind: "burn",
      from: address(bob),
      asset: gold,
      amount: "20",
      display: expect.any(String),
    },
    {
      kind: "record",
      from: address(alice),
      topic: "invoices",
      key: "17\u202e",
      version: 4,
      contentHash,
      data: { hex: "70616964", text: "paid" },
    },
    {
      kind: "record",
      from: address(alice),
      topic: "invoices",
      key: "18",
      version: 1,
      contentHash,
      data: { hex: "ff", text: null },
    },
    {
      kind: "set-policy",
      from: address(alice),
      policy: { threshold: 1, keys: policy.keys },
      authHash: createHash("sha256").update(encoded).digest("hex"),
    },
    { kind: "set-account", from: address(alice), requireMemo: true },
  ]);
});

test("the command names each in words, and no text of others can hide in them", async () => {
  const response = await fetch(`${serving.url}/v1/transactions/${named.id}`);
  const text = transactionText(transactionSchema.parse(await response.json()));
  for (const words of [
    "GOLD, “Gold”, 3 decimals, at most 5000 base units",
    gold,
    "invoices / 17\\u{202e}, version 4",
    "0xff",
    "one key",
    "payments to it must carry a memo",
  ]) {
    expect(text).toContain(words);
  }
  expect(text).not.toContain("\u202e");
});
