/**
 * The proofs of docs/protocol.md, made a second time without `src/`, are what `src/proof` reads and believes; and the
 * section's bounds and codes are the program's.
 * @module
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../src/base/bytes.ts";
import { decode } from "../../src/codec/codec.ts";
import { nobleVerifier } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { proofFlaws } from "../../src/proof/flaws.ts";
import * as bounds from "../../src/proof/proof.ts";
import { formatReceipt, verifyReceipt } from "../../src/proof/receipt.ts";
import { trustGenesis } from "../../src/proof/trust.ts";
import { verifyProof } from "../../src/proof/verify.ts";
import { chainIdOf, genesisCodec } from "../../src/protocol/genesis.ts";
import { type AccountId, height } from "../../src/protocol/ids.ts";
import { accountEntryCodec, accountKey } from "../../src/protocol/state.ts";
import { protocolExamples } from "./protocol-examples.ts";

const document = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
const [, section = ""] = document.split("\n## 17 Proofs and receipts\n");
const derived = protocolExamples();
const bytesOf = (label: string): Uint8Array => fromHex(derived.get(label) ?? "");
const ports = { hasher: nobleHasher, verifier: nobleVerifier };

function proofOf(label: string): bounds.Proof {
  const decoded = bounds.decodeProof(bytesOf(label));
  if (!decoded.ok) throw decoded.reason;
  expect(toHex(bounds.encodeProof(decoded.value))).toBe(derived.get(label));
  return decoded.value;
}

const genesis = decode(genesisCodec, bytesOf("genesis"));
if (!genesis.ok) throw genesis.reason;
const chainId = chainIdOf(nobleHasher, genesis.value);
const trust = trustGenesis(nobleHasher, genesis.value);

test("the proof of the payment is believed with the genesis of the document", () => {
  const verified = verifyProof(proofOf("proof-payment"), trust, ports);
  if (!verified.ok) throw new Error(verified.reason);
  const { blockId, facts, signers } = verified.value;
  expect([blockId, signers]).toEqual([derived.get("block-id"), 3]);
  const [payment, sender, stranger] = facts;
  expect(payment).toEqual({
    kind: "transaction",
    contentHash: derived.get("content-hash"),
    index: 0,
  });
  if (sender?.kind !== "state" || stranger?.kind !== "state") throw new Error("two state facts");
  expect(sender.key).toBe(accountKey((derived.get("alice-account") ?? "") as AccountId));
  const entry = decode(accountEntryCodec, sender.value ?? new Uint8Array());
  expect(entry.ok && [entry.value.nonce, entry.value.balance]).toEqual([1, 974_999_624n]);
  expect(stranger.value).toBeUndefined();
  expect(facts).toHaveLength(3);
});

test("the proof with a change of validators leads from them to those who took over", () => {
  const verified = verifyProof(proofOf("proof-change"), trust, ports);
  if (!verified.ok) throw new Error(verified.reason);
  const { blockId, certified, facts, validators, vouching } = verified.value;
  expect(blockId).toBe(derived.get("genesis-id"));
  expect(certified.blockId).toBe(derived.get("proof-change-covering-id"));
  expect(validators.map(({ name }) => name).toSorted()).toEqual([
    "five",
    "four",
    "one",
    "three",
    "two",
  ]);
  const hopId = derived.get("proof-change-hop-id");
  expect(facts).toEqual([{ kind: "block", height: height(1000), blockId: hopId }]);
  expect(vouching).toEqual([
    { epoch: 0, height: 1000, validators: 4, signers: 3 },
    { epoch: 1, height: 1001, validators: 5, signers: 4 },
  ]);
});

test("the signed transaction of the document and its proof are a receipt", () => {
  const { items, ...rest } = proofOf("proof-payment");
  const proof = { ...rest, items: items.slice(0, 1) };
  const text = formatReceipt({ chainId, transaction: bytesOf("signed-transaction"), proof });
  const verified = verifyReceipt(text, genesis.value, ports);
  expect(verified.ok && verified.value.transaction.id).toBe(derived.get("transaction-id"));
  const keys = [...(section.split("### Receipts\n")[1] ?? "").matchAll(/^\| (\w+) \| /gm)]
    .map(([, key]) => key)
    .slice(1, 6);
  expect(Object.keys(JSON.parse(text) as object)).toEqual(keys);
});

test("the bounds of the section are those of the program", () => {
  /** The largest number in the type of the first field of this name. */
  const bound = (field: string): number => {
    const rows = section.split("\n").map((row) => row.split("|").map((cell) => cell.trim()));
    const cells = rows.find((row) => row.slice(1, 4).includes(field)) ?? [];
    const numbers = (cells[cells.indexOf(field) + 1] ?? "").replaceAll(",", "").match(/\d+/g) ?? [];
    return Number(numbers.filter((digits) => digits !== "32").at(-1));
  };
  expect(bound("hops")).toBe(bounds.proofHopsMax);
  expect(bound("items")).toBe(bounds.proofItemsMax);
  expect(bound("covering")).toBe(bounds.proofPathMax);
  expect(bound("path")).toBe(bounds.proofPathMax);
  expect(bound("siblings")).toBe(bounds.proofSiblingsMax);
  expect(bound("key")).toBe(bounds.stateKeyBytesMax);
  expect(bound("value")).toBe(bounds.stateValueBytesMax);
  const bytes = bounds.proofBytesMax.toLocaleString("en");
  expect(section).toContain(`more than ${bytes} bytes is refused`);
});

test("the codes of the section are those of the program", () => {
  const [, below = ""] = section.split("\n| code | refused because |\n");
  const [table = ""] = below.split("\n\n");
  const codes = table.split("\n").flatMap((row) => {
    const [, cell = ""] = row.split("|");
    return [...cell.matchAll(/`(\w+)`/g)].map(([, code]) => code);
  });
  expect(codes.toSorted()).toEqual(proofFlaws.toSorted());
});
