/**
 * A receipt against a genesis, with nothing else: what holds, step by step, and what the receipt then says.
 * @module
 */
import { contentJson } from "../../../src/api/content-json.ts";
import type { ContentJson } from "../../../src/api/json.ts";
import { nobleVerifier } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import {
  type ReceiptFlaw,
  receiptFlawSentence,
  type VerifiedReceipt,
  verifyReceipt,
} from "../../../src/proof/receipt.ts";
import { parseCheckpoint } from "../../../src/protocol/checkpoint.ts";
import { type Genesis, parseGenesis } from "../../../src/protocol/genesis.ts";
import { isSigned } from "../../../src/protocol/transaction.ts";
import type { Step } from "../checking/claims.ts";
import { ReceiptWriter } from "./receipt-writer.ts";

export interface Texts {
  readonly receipt: string;
  readonly genesis: string;
  /** Empty: none. */
  readonly checkpoint: string;
}

export type ReceiptVerdict =
  | { readonly kind: "good"; readonly steps: readonly Step[]; readonly said: ReceiptSaid }
  | { readonly kind: "bad"; readonly steps: readonly Step[]; readonly why: string }
  /** What was given cannot be read as what it should be: nothing is said of the receipt. */
  | { readonly kind: "unclear"; readonly why: string };

/** What a good receipt says. */
export interface ReceiptSaid {
  readonly content: ContentJson;
  readonly networkName: string;
  readonly chainId: string;
  readonly height: number;
  readonly blockId: string;
  readonly index: number;
  readonly timestampMs: number;
  /** On what it rests, as sentences. */
  readonly statement: readonly string[];
}

/** Never throws. */
export function checkReceipt(texts: Texts): ReceiptVerdict {
  try {
    return checked(texts);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "unclear", why: `These texts cannot be checked: ${why}.` };
  }
}

function checked({ receipt, genesis, checkpoint }: Texts): ReceiptVerdict {
  const trusted = parseGenesis(genesisFileIn(genesis));
  if (!trusted.ok) return { kind: "unclear", why: `This is no genesis: ${trusted.reason}.` };
  const wanted = checkpoint.trim();
  const place = parseCheckpoint(wanted);
  if (wanted !== "" && place === undefined) {
    return { kind: "unclear", why: "A checkpoint is written HEIGHT:ID." };
  }
  const ports = { hasher: nobleHasher, verifier: nobleVerifier, checkpoint: place };
  const verified = verifyReceipt(receipt, trusted.value, ports);
  if (!verified.ok) {
    const why = receiptFlawSentence(verified.reason);
    return { kind: "bad", steps: brokenSteps(verified.reason, why), why };
  }
  const { value } = verified;
  return { kind: "good", steps: goodSteps(value), said: saidBy(value, trusted.value) };
}

/** The file, also where it is inside of what a node answers at /v1/genesis. */
function genesisFileIn(text: string): string {
  try {
    const answer: unknown = JSON.parse(text);
    const isWrapped = typeof answer === "object" && answer !== null && "genesis" in answer;
    return isWrapped ? JSON.stringify(answer.genesis) : text;
  } catch {
    return text;
  }
}

function saidBy(
  { chainId, transaction, index, proven, statement }: VerifiedReceipt,
  genesis: Genesis,
): ReceiptSaid {
  const { height, timestampMs } = proven.header;
  return {
    content: contentJson(new ReceiptWriter(genesis, transaction), transaction),
    networkName: genesis.networkName,
    chainId,
    height,
    blockId: proven.blockId,
    index,
    timestampMs,
    statement,
  };
}

type Place = "read" | "signature" | "block" | "final" | "validators";
const titles: readonly (readonly [Place, string])[] = [
  ["read", "It is a receipt of the network of this genesis"],
  ["signature", "Its transaction is signed by those it acts for"],
  ["block", "The transaction is in its block"],
  ["final", "The block is final"],
  ["validators", "Its validators follow from the genesis"],
];

function goodSteps({ chainId, transaction, index, proven }: VerifiedReceipt): readonly Step[] {
  const { header, blockId, certified, certificate, validators, signers, vouching } = proven;
  const { height, transactionCount, transactionsRoot } = header;
  const later =
    certified.header.height === height ? "" : `, and #${height} is in the history of that block`;
  const changes = vouching.length - 1;
  const details: Readonly<Record<Place, string>> = {
    read: `Chain ${chainId}.`,
    signature: isSigned(transaction)
      ? `Under ${transaction.id}.`
      : "Nobody signs for it: it holds two votes of one validator.",
    block: `${transaction.contentHash} leads to the root ${transactionsRoot} of block #${height}, ${blockId}, at place ${index + 1} of ${transactionCount}.`,
    final: `${signers} of ${validators.length} validators signed #${certified.header.height} ${certified.blockId} in view ${certificate.subject.view}${later}.`,
    validators:
      changes === 0
        ? `The ${validators.length} validators are those that the genesis names.`
        : `They changed ${changes === 1 ? "once" : `${changes} times`} since the genesis; those before signed each change.`,
  };
  const signed = {
    signers: certificate.signatures.map(({ signer }) => signer),
    names: validators.map(({ name }) => name),
  };
  return titles.map(([place, title]) => ({
    title,
    state: "good",
    detail: details[place],
    ...(place === "final" ? { signed } : {}),
  }));
}

/** The step that does not hold; what was not reached says nothing. */
function brokenSteps(flaw: ReceiptFlaw, why: string): readonly Step[] {
  const broken = placeOf(flaw);
  return titles.map(([place, title]) =>
    place === broken
      ? { title, state: "bad", detail: why }
      : { title, state: "waiting", detail: "" },
  );
}

function placeOf(flaw: ReceiptFlaw): Place {
  switch (flaw) {
    case "receipt_malformed":
    case "receipt_version_unknown":
    case "receipt_of_other_network":
    case "transaction_malformed":
    case "proof_malformed":
      return "read";
    case "transaction_signature_invalid":
      return "signature";
    case "transaction_not_proven":
    case "transaction_not_shown":
      return "block";
    case "not_a_finalization":
    case "finalizes_another":
    case "quorum_missing":
    case "signature_invalid":
    case "not_in_history":
      return "final";
    default:
      return "validators";
  }
}

/** What a dropped file is, by its text: so that two files can be dropped at once, in any order. */
export function kindOfFile(text: string): "receipt" | "genesis" | undefined {
  if (text.includes('"quorate-receipt"')) return "receipt";
  return text.includes('"networkName"') && text.includes('"validators"') ? "genesis" : undefined;
}
