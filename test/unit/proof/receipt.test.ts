/**
 * Receipts: the genesis alone is enough to believe one, and no byte of one can be altered.
 * @module
 */
import { expect, test } from "vitest";
import { nativeHasher, nativeVerifier } from "../../../node/adapters/native-crypto.ts";
import { createNobleSigner } from "../../../src/crypto/ed25519.ts";
import type { ProofItem } from "../../../src/proof/proof.ts";
import {
  formatReceipt,
  parseReceipt,
  type Receipt,
  receiptFlawSentence,
  receiptJson,
  verifyReceipt,
} from "../../../src/proof/receipt.ts";
import { trustGenesis } from "../../../src/proof/trust.ts";
import { verifyProof } from "../../../src/proof/verify.ts";
import { chainIdOf, type Genesis } from "../../../src/protocol/genesis.ts";
import { type BlockId, height, nativeAsset } from "../../../src/protocol/ids.ts";
import { accountIdOf, singleKeyPolicy } from "../../../src/protocol/policy.ts";
import {
  chainTag,
  nameTransaction,
  type Signed,
  signWithSingleKey,
  type Transaction,
} from "../../../src/protocol/transaction.ts";
import { makeProof, type ProofWish } from "../../fixtures/proof-maker.ts";
import { blockAt, makeWorld, validatorsOf } from "../../fixtures/proof-world.ts";
import { bob, genesisOf } from "../../fixtures/small-ledger.ts";

const ports = { hasher: nativeHasher, verifier: nativeVerifier };
const sets = [
  [1, 2, 3, 4],
  [2, 3, 4, 5],
];
const genesisWith = (validators: Genesis["validators"]): Genesis =>
  genesisOf({ balances: [[bob, 5n]], parameters: { epochLength: 10n }, validators });
const genesis = genesisWith(validatorsOf(sets[0] ?? []));
const chainId = chainIdOf(nativeHasher, genesis);
const payer = createNobleSigner(new Uint8Array(32).fill(7));
const policy = singleKeyPolicy(payer.publicKey);
const transaction: Transaction = {
  chain: chainTag(chainId),
  sender: accountIdOf(nativeHasher, policy),
  nonce: 3,
  expiryMs: 1_800_000_000_000,
  fee: 9n,
  memo: new Uint8Array(0),
  operations: [
    {
      from: undefined,
      body: { kind: "transfer", to: bob.account, asset: nativeAsset, amount: 5n },
    },
  ],
};
const signed = signWithSingleKey(chainId, transaction, policy, payer);
const named = nameTransaction(nativeHasher, chainId, signed);
/** The same consent with a signature that is not its key's: other bytes, another content hash. */
const unsigned: Signed = {
  ...signed,
  authorizations: signed.authorizations.map((one) => ({
    ...one,
    signatures: [{ keyIndex: 0, signature: new Uint8Array(64).fill(1) }],
  })),
};
const badlyNamed = nameTransaction(nativeHasher, chainId, unsigned);
const transactions = [badlyNamed.contentHash, named.contentHash];
const world = makeWorld({
  seed: 3,
  chainId,
  sets,
  height: 24,
  known: { height: 13, transactions },
});

const receiptOf = (wish: Partial<ProofWish> = {}): Receipt => ({
  chainId,
  transaction: named.bytes,
  proof: makeProof(world, { height: 13, items: [{ transaction: 1 }], ...wish }),
});
const receipt = receiptOf();
const text = formatReceipt(receipt);
const verdict = (of: string, options = {}): string => {
  const result = verifyReceipt(of, genesis, { ...ports, ...options });
  return result.ok ? "good" : result.reason;
};

test("a receipt is believed with the genesis alone, and says what it shows", () => {
  const result = verifyReceipt(text, genesis, ports);
  if (!result.ok) throw new Error(result.reason);
  expect(result.value.transaction).toEqual(named);
  expect(result.value.index).toBe(1);
  expect(result.value.proven.header).toEqual(blockAt(world, 13).header);
  expect(result.value.statement).toEqual([
    "Block 13 was finalized by 3 of the 4 validators of epoch 1.",
    `The validators are those of the genesis of network ${chainId}.`,
    "The validators changed once since; each change was signed by those before it: epoch 0, 3 of 4.",
    "It is false only if more than 1 of 4 validators of one of these sets signed falsely, then or later.",
  ]);
});

test("a receipt under a covering header names both blocks", () => {
  const result = verifyReceipt(formatReceipt(receiptOf({ covering: 20 })), genesis, ports);
  expect(result.ok && result.value.statement.slice(0, 2)).toEqual([
    "Block 20 was finalized by 3 of the 4 validators of epoch 1.",
    "Block 13 is in the history of that block.",
  ]);
});

test("the two spellings are read, with or without a last line feed", () => {
  const compact = JSON.stringify(receiptJson(receipt));
  for (const spelling of [text, text.trimEnd(), compact, `${compact}\n`]) {
    expect(verdict(spelling)).toBe("good");
    expect(parseReceipt(spelling)).toEqual({ ok: true, value: receipt });
  }
});

test("no character of a receipt can be altered, left out or doubled", () => {
  // One validator and no hop, to have few of them. Every byte of larger proofs: test/property/proof.
  const short = genesisWith(validatorsOf([1]));
  const of = chainIdOf(nativeHasher, short);
  const tag = { ...transaction, chain: chainTag(of) };
  const paid = nameTransaction(nativeHasher, of, signWithSingleKey(of, tag, policy, payer));
  const known = { height: 2, transactions: [paid.contentHash] };
  const little = makeWorld({ seed: 4, chainId: of, sets: [[1]], height: 2, known });
  const proof = makeProof(little, { height: 2, items: [{ transaction: 0 }] });
  const file = formatReceipt({ chainId: of, transaction: paid.bytes, proof });
  expect(verifyReceipt(file, short, ports).ok).toBe(true);
  const accepted: string[] = [];
  for (let at = 0; at < file.length; at += 1) {
    const [before, own, after] = [file.slice(0, at), file[at] ?? "", file.slice(at + 1)];
    const isDigit = /[0-9a-f]/.test(own);
    const other = isDigit ? (Number.parseInt(own, 16) ^ 1).toString(16) : "x";
    for (const changed of [other, " ", own.toUpperCase(), "", own + own]) {
      if (changed === own || (changed === "" && at === file.length - 1)) continue; // The last line feed may go.
      if (verifyReceipt(before + changed + after, short, ports).ok)
        accepted.push(`${at}: ${changed}`);
    }
  }
  expect(accepted).toEqual([]);
});

test("what is no receipt, or of a version to come, says so", () => {
  const json = receiptJson(receipt);
  const write = (change: object): string => JSON.stringify({ ...json, ...change });
  for (const other of ["", "null", "[]", "7", "{", write({ kind: "other" }), write({ more: 1 })]) {
    expect(verdict(other)).toBe("receipt_malformed");
  }
  expect(verdict(write({ version: 2 }))).toBe("receipt_version_unknown");
  expect(verdict(write({ chainId: "00" }))).toBe("receipt_malformed");
  expect(verdict(write({ proof: 1 }))).toBe("receipt_malformed");
  expect(verdict(write({ proof: "00" }))).toBe("proof_malformed");
  expect(verdict(write({ proof: "zz" }))).toBe("proof_malformed");
  expect(verdict(write({ transaction: "zz" }))).toBe("transaction_malformed");
  expect(verdict(write({ transaction: "00" }))).toBe("transaction_malformed");
  const [first, ...rest] = Object.entries(json);
  const reordered = JSON.stringify(Object.fromEntries([...rest, ...(first ? [first] : [])]));
  expect(verdict(reordered)).toBe("receipt_malformed");
  expect(verdict(text.replace('"kind"', '"kind": "quorate-receipt",\n  "kind"'))).toBe(
    "receipt_malformed",
  );
});

test("a receipt of another network", () => {
  const other = { ...genesis, networkName: "other" };
  const result = verifyReceipt(text, other, ports);
  expect(result.ok || result.reason).toBe("receipt_of_other_network");
  // Saying that it is of this one does not help: consent and votes were for the other chain id.
  const chain = chainIdOf(nativeHasher, other);
  const claimed = verifyReceipt(formatReceipt({ ...receipt, chainId: chain }), other, ports);
  expect(claimed.ok || claimed.reason).toBe("transaction_signature_invalid");
  const trust = trustGenesis(nativeHasher, other);
  const unnoticed = verifyProof(receipt.proof, trust, ports);
  expect(unnoticed.ok || unnoticed.reason).toBe("signature_invalid");
});

test("the proof must be about the transaction, and about nothing else but blocks", () => {
  const at = (items: ProofWish["items"]): string =>
    verdict(formatReceipt(receiptOf({ items: items ?? [] })));
  expect(at([])).toBe("transaction_not_proven");
  expect(at([{ transaction: 0 }])).toBe("transaction_not_proven");
  expect(at([{ transaction: 1 }, { transaction: 0 }])).toBe("transaction_not_proven");
  expect(at([{ history: 1 }, { transaction: 1 }])).toBe("transaction_not_proven");
  expect(at([{ transaction: 1 }, { history: 1 }])).toBe("good");
  const [item] = receipt.proof.items;
  const moved = { ...item, index: 0 } as ProofItem;
  const proof = { ...receipt.proof, items: [moved] };
  expect(verdict(formatReceipt({ ...receipt, proof }))).toBe("transaction_not_shown");
});

test("a transaction that those it acts for did not sign is refused, even if a block held it", () => {
  const proof = makeProof(world, { height: 13, items: [{ transaction: 0 }] });
  const forged = { chainId, transaction: badlyNamed.bytes, proof };
  expect(verdict(formatReceipt(forged))).toBe("transaction_signature_invalid");
});

test("a checkpoint must be shown, and must fit", () => {
  const checkpoint = { height: height(4), blockId: blockAt(world, 4).id };
  const shown = formatReceipt(receiptOf({ items: [{ transaction: 1 }, { history: 4 }] }));
  expect(verdict(shown, { checkpoint })).toBe("good");
  expect(verdict(text, { checkpoint })).toBe("checkpoint_not_shown");
  const other = { ...checkpoint, blockId: "cd".repeat(32) as BlockId };
  expect(verdict(shown, { checkpoint: other })).toBe("checkpoint_contradicted");
  const result = verifyReceipt(shown, genesis, { ...ports, checkpoint });
  expect(result.ok && result.value.statement[1]).toContain(`4:${checkpoint.blockId}`);
});

test("every refusal has a sentence", () => {
  for (const flaw of ["receipt_malformed", "proof_malformed", "quorum_missing"] as const) {
    expect(receiptFlawSentence(flaw)).toMatch(/^[A-Z].*\.$/);
  }
});
