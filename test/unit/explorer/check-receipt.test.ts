/**
 * The receipt checker: what holds is told step by step and in words, and no letter of a receipt can be altered.
 * @module
 */
import { expect, test } from "vitest";
import { checkReceipt, kindOfFile } from "../../../node/explorer/verify/check-receipt.ts";
import { createNobleSigner } from "../../../src/crypto/ed25519.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { assetIdOf } from "../../../src/protocol/assets.ts";
import { chainIdOf, formatGenesis, type Genesis } from "../../../src/protocol/genesis.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { accountIdOf, singleKeyPolicy } from "../../../src/protocol/policy.ts";
import {
  chainTag,
  nameTransaction,
  signWithSingleKey,
  type Transaction,
} from "../../../src/protocol/transaction.ts";
import { receiptOf } from "../../fixtures/proof-receipt.ts";
import { makeWorld, validatorsOf } from "../../fixtures/proof-world.ts";
import { bob, genesisOf, hasher, native } from "../../fixtures/small-ledger.ts";

const sets = [
  [1, 2, 3, 4],
  [2, 3, 4, 5],
];
const genesisWith = (numbers: readonly number[]): Genesis =>
  genesisOf({
    balances: [[bob, 5n]],
    parameters: { epochLength: 10n },
    validators: validatorsOf(numbers),
  });
const genesis = genesisWith(sets[0] ?? []);
const chainId = chainIdOf(hasher, genesis);
const payer = createNobleSigner(new Uint8Array(32).fill(7));
const policy = singleKeyPolicy(payer.publicKey);
const sender = accountIdOf(hasher, policy);
const transaction: Transaction = {
  chain: chainTag(chainId),
  sender,
  nonce: 3,
  expiryMs: 1_800_000_000_000,
  fee: 9n,
  memo: new Uint8Array(0),
  operations: [native(bob, 1_234_567n)],
};
const signed = signWithSingleKey(chainId, transaction, policy, payer);
const payment = nameTransaction(hasher, chainId, signed);
const world = makeWorld({
  seed: 3,
  chainId,
  sets,
  height: 24,
  known: { height: 5, transactions: [payment.contentHash] },
});
const receipt = JSON.stringify(receiptOf(world, payment.bytes, []), undefined, 2);
const texts = { receipt, genesis: formatGenesis(genesis), checkpoint: "" };

test("a receipt that holds is told step by step, with what it says", () => {
  const verdict = checkReceipt(texts);
  if (verdict.kind !== "good") throw new Error(JSON.stringify(verdict));
  expect(verdict.steps.map(({ state }) => state)).toEqual(Array(5).fill("good"));
  expect(verdict.said).toMatchObject({
    networkName: genesis.networkName,
    chainId,
    height: 5,
    index: 0,
  });
  const [operation] = "operations" in verdict.said.content ? verdict.said.content.operations : [];
  expect(operation).toMatchObject({
    kind: "transfer",
    from: formatAddress(genesis.addressPrefix, sender),
    to: formatAddress(genesis.addressPrefix, bob.account),
    amount: "1234567",
  });
  expect(verdict.said.statement.length).toBeGreaterThan(2);
});

test("a genesis may be the file, or what a node answers", () => {
  const answer = { chainId: "", genesis: JSON.parse(texts.genesis) };
  expect(checkReceipt({ ...texts, genesis: JSON.stringify(answer) }).kind).toBe("good");
});

test("no letter of it can be altered", () => {
  for (let at = 0; at < receipt.length; at += 97) {
    const letter = receipt[at] === "0" ? "1" : "0";
    const altered = receipt.slice(0, at) + letter + receipt.slice(at + 1);
    expect(checkReceipt({ ...texts, receipt: altered }).kind, `at ${at}`).toBe("bad");
  }
});

test("of another genesis it is a receipt of another network", () => {
  const other = formatGenesis(genesisWith([6, 7, 8, 9]));
  const verdict = checkReceipt({ ...texts, genesis: other });
  expect(verdict).toMatchObject({ kind: "bad", why: expect.stringContaining("another network") });
  expect("steps" in verdict && verdict.steps.map(({ state }) => state)).toEqual([
    "bad",
    "waiting",
    "waiting",
    "waiting",
    "waiting",
  ]);
});

test("what is no genesis, or no checkpoint, says nothing about the receipt", () => {
  for (const rubbish of ["", "{}", receipt, "null"]) {
    expect(checkReceipt({ ...texts, genesis: rubbish }).kind).toBe("unclear");
  }
  expect(checkReceipt({ ...texts, checkpoint: "12" }).kind).toBe("unclear");
  const wrong = `5:${"77".repeat(32)}`;
  expect(checkReceipt({ ...texts, checkpoint: wrong }).kind).toBe("bad");
});

test("a dropped file is told by what is in it", () => {
  expect(kindOfFile(receipt)).toBe("receipt");
  expect(kindOfFile(texts.genesis)).toBe("genesis");
  expect(kindOfFile("{}")).toBeUndefined();
});

test("texts that are made to break the checker say nothing about the receipt", () => {
  const bomb = "[".repeat(300_000);
  const nested = `{"genesis":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
  for (const text of [bomb, nested, `{"a":${bomb}`]) {
    expect(checkReceipt({ ...texts, genesis: text }).kind).toBe("unclear");
    expect(checkReceipt({ ...texts, receipt: text }).kind).not.toBe("good");
  }
});

test("amounts are written with decimals that are proven, and in base units otherwise", () => {
  const known = assetIdOf(hasher, sender, "GOLD");
  const stranger = "12".repeat(32) as typeof known;
  const pay = (asset: typeof known): Operation => ({
    from: undefined,
    body: { kind: "transfer", to: bob.account, asset, amount: 1_500n },
  });
  const create: Operation = {
    from: undefined,
    body: { kind: "create-asset", code: "GOLD", decimals: 3, name: "", maxSupply: 0n },
  };
  const both = { ...transaction, operations: [create, pay(known), pay(stranger)] };
  const named = nameTransaction(hasher, chainId, signWithSingleKey(chainId, both, policy, payer));
  const itsWorld = makeWorld({
    seed: 3,
    chainId,
    sets,
    height: 24,
    known: { height: 5, transactions: [named.contentHash] },
  });
  const verdict = checkReceipt({
    ...texts,
    receipt: JSON.stringify(receiptOf(itsWorld, named.bytes, [])),
  });
  if (verdict.kind !== "good" || !("operations" in verdict.said.content)) throw new Error("good");
  const shown = verdict.said.content.operations.map((each) => "display" in each && each.display);
  expect(shown).toEqual([false, "1.5 GOLD", "1500 base units"]);
});
