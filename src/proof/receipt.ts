/**
 * Receipts: a transaction with the proof that it is final, in one file, for somebody who has the genesis and no network.
 *
 *   { "kind": "quorate-receipt", "version": 1, "chainId": hex, "transaction": hex of BCS(SignedTransaction),
 *     "proof": hex of BCS(Proof) with one Transaction item }
 *
 * The text has two spellings, indented by two spaces or without any white space, each with or without a last line feed.
 * Nothing else is read, so no byte of a receipt can change unnoticed.
 * @module
 */
import { parseHex, toHex } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { verifyTransaction } from "../protocol/authorization.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import type { Genesis } from "../protocol/genesis.ts";
import { type ChainId, isIdText } from "../protocol/ids.ts";
import { transactionBytesMax } from "../protocol/limits.ts";
import { isSigned, type NamedTransaction, openTransaction } from "../protocol/transaction.ts";
import { flawSentence, type ProofFlaw } from "./flaws.ts";
import { decodeProof, encodeProof, type Proof, proofBytesMax } from "./proof.ts";
import { trustStatement } from "./statement.ts";
import { type Trust, trustGenesis } from "./trust.ts";
import { type ProofPorts, type Proven, verifyProof } from "./verify.ts";

const receiptKind = "quorate-receipt";
const receiptVersion = 1;
/** No receipt is read that is longer, in characters. */
export const receiptLengthMax: number = 2 * (proofBytesMax + transactionBytesMax) + 1_024;

export interface Receipt {
  readonly chainId: ChainId;
  /** BCS(SignedTransaction). */
  readonly transaction: Uint8Array;
  readonly proof: Proof;
}

const sentences = {
  receipt_malformed: "This is not the text of a receipt, or it has been altered.",
  receipt_version_unknown: "The receipt has a version that this program does not know.",
  receipt_of_other_network: "The receipt is of another network than the genesis.",
  transaction_malformed: "The transaction of the receipt is not the bytes of one.",
  transaction_signature_invalid:
    "The transaction of the receipt is not signed by those that it acts for.",
  transaction_not_proven: "The proof of the receipt is not about its transaction.",
  proof_malformed: "The proof of the receipt is not the bytes of one.",
} as const;

/** Stable: programs compare these. */
export type ReceiptFlaw = keyof typeof sentences | ProofFlaw;

/** One sentence for people. */
export const receiptFlawSentence = (flaw: ReceiptFlaw): string =>
  flaw in sentences ? sentences[flaw as keyof typeof sentences] : flawSentence(flaw as ProofFlaw);

/** The fields of the file, in their order: what an answer in JSON holds. */
export interface ReceiptJson {
  readonly kind: typeof receiptKind;
  readonly version: typeof receiptVersion;
  readonly chainId: string;
  readonly transaction: string;
  readonly proof: string;
}

export const receiptJson = ({ chainId, transaction, proof }: Receipt): ReceiptJson => ({
  kind: receiptKind,
  version: receiptVersion,
  chainId,
  transaction: toHex(transaction),
  proof: toHex(encodeProof(proof)),
});

/** The text of the file: indented, ending with a line feed. */
export const formatReceipt = (receipt: Receipt): string =>
  `${JSON.stringify(receiptJson(receipt), undefined, 2)}\n`;

/** Reads the text. Says only that it is a receipt's, not that it shows anything. */
export function parseReceipt(text: string): Result<Receipt, ReceiptFlaw> {
  if (text.length > receiptLengthMax) return fail("receipt_malformed");
  const json = parsedObject(text);
  if (json?.["kind"] !== receiptKind) return fail("receipt_malformed");
  const { version, chainId, transaction, proof } = json;
  if (version !== receiptVersion) return fail("receipt_version_unknown");
  if (typeof chainId !== "string" || !isIdText(chainId)) return fail("receipt_malformed");
  if (typeof transaction !== "string" || typeof proof !== "string") {
    return fail("receipt_malformed");
  }
  const read: ReceiptJson = { kind: receiptKind, version, chainId, transaction, proof };
  if (!isSpelling(text, read)) return fail("receipt_malformed");
  const transactionBytes = parseHex(transaction);
  if (transactionBytes === undefined) return fail("transaction_malformed");
  const proofBytes = parseHex(proof);
  const decoded = proofBytes && decodeProof(proofBytes);
  if (decoded?.ok !== true) return fail("proof_malformed");
  return ok({ chainId: chainId as ChainId, transaction: transactionBytes, proof: decoded.value });
}

function parsedObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? { ...json } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the text is one of the two spellings: no key twice, none too many, no other order, no other white space. */
function isSpelling(text: string, json: ReceiptJson): boolean {
  const line = text.endsWith("\n") ? text.slice(0, -1) : text;
  return line === JSON.stringify(json, undefined, 2) || line === JSON.stringify(json);
}

export interface VerifiedReceipt {
  readonly chainId: ChainId;
  /** Decoded and named. Its signatures were checked; those of a Fault, which nobody signs for, are the ledger's to check. */
  readonly transaction: NamedTransaction;
  /** Position in the block. */
  readonly index: number;
  /** Its header has the block's height and time. */
  readonly proven: Proven;
  /** What the receipt rests on, as sentences. */
  readonly statement: readonly string[];
}

/** Checks a receipt against the genesis alone, and a checkpoint if there is one. Never throws. */
export function verifyReceipt(
  text: string,
  genesis: Genesis,
  options: ProofPorts & { readonly checkpoint?: Checkpoint | undefined },
): Result<VerifiedReceipt, ReceiptFlaw> {
  const trust = { ...trustGenesis(options.hasher, genesis), checkpoint: options.checkpoint };
  const receipt = parseReceipt(text);
  return receipt.ok ? verifyParsedReceipt(receipt.value, trust, options) : receipt;
}

/** The same of a receipt that has been read, with whatever trust there is. */
export function verifyParsedReceipt(
  receipt: Receipt,
  trust: Trust,
  ports: ProofPorts,
): Result<VerifiedReceipt, ReceiptFlaw> {
  const { chainId } = trust;
  if (receipt.chainId !== chainId) return fail("receipt_of_other_network");
  const opened = openTransaction(ports.hasher, chainId, receipt.transaction);
  if (!opened.ok) return fail("transaction_malformed");
  const transaction = opened.value;
  const [item, ...others] = receipt.proof.items;
  const isAbout =
    item?.kind === "transaction" &&
    item.contentHash === transaction.contentHash &&
    others.every(({ kind }) => kind === "history");
  if (!isAbout) return fail("transaction_not_proven");
  const { verifier } = ports;
  if (
    isSigned(transaction) &&
    verifyTransaction(transaction, { verifier, chainId }) === undefined
  ) {
    return fail("transaction_signature_invalid");
  }
  const proven = verifyProof(receipt.proof, trust, ports);
  if (!proven.ok) return proven;
  const statement = trustStatement(proven.value, trust);
  return ok({ chainId, transaction, index: item.index, proven: proven.value, statement });
}
