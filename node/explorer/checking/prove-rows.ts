/**
 * The transactions that a page lists: each by its own receipt, and what shows that none of them is left out.
 * @module
 */
import type { FinalTransactionJson } from "../../../src/api/json.ts";
import { paths } from "../../../src/api/paths.ts";
import { proveInclusion } from "../../../src/client/inclusion.ts";
import { transactionsRootOf } from "../../../src/protocol/block.ts";
import { type ContentHash, isIdText } from "../../../src/protocol/ids.ts";
import { manyText } from "../words/formats.ts";
import type { ProvableClaim, RowsVerdict } from "./claims.ts";
import { differenceWords } from "./differences.ts";
import { failureOf } from "./outcome.ts";
import { assetsOf, signatureFlaw, transactionDifferences } from "./prove-transaction.ts";
import type { Scene } from "./scene.ts";

const together = 4;
const flawsMax = 3;
const accountRows = 25;
const blockRows = 100;

export type ClaimWithRows = Extract<ProvableClaim, { kind: "account" | "block" }>;

/** Never throws for what a node does. `show`: how far it is. */
export async function proveRows(
  scene: Scene,
  claim: ClaimWithRows,
  show: (done: number, total: number) => void,
): Promise<RowsVerdict> {
  const rows = claim.transactions ?? (await firstPage(scene, claim));
  const flaws: string[] = [];
  let proven = 0;
  for (let from = 0; from < rows.length && !scene.options.left.aborted; from += together) {
    const some = rows.slice(from, from + together);
    const found = await Promise.all(some.map((row) => rowFlaw(scene, row)));
    for (const flaw of found) {
      if (flaw === undefined) proven += 1;
      else if (flaws.length < flawsMax) flaws.push(flaw);
    }
    show(from + some.length, rows.length);
    await scene.options.pause();
  }
  return { proven, total: rows.length, flaws, complete: completeWords(scene, claim, rows) };
}

async function firstPage(
  { options }: Scene,
  claim: ClaimWithRows,
): Promise<readonly FinalTransactionJson[]> {
  const path =
    claim.kind === "account"
      ? paths.accountTransactions(claim.account.address, { limit: accountRows })
      : paths.blockTransactions(claim.block.id, { limit: blockRows });
  return (await options.ask(path)).items;
}

async function rowFlaw(scene: Scene, row: FinalTransactionJson): Promise<string | undefined> {
  const { client, page, timeoutMs, options } = scene;
  const reply = await proveInclusion(client, page, row.id, { timeoutMs, signal: options.left });
  if (reply.kind !== "included")
    return `${row.id}: ${failureOf(reply).kind === "open" ? "not proven now" : "not true"}`;
  const flaw = signatureFlaw(scene, reply.named);
  if (flaw !== undefined) return `${row.id}: ${flaw}`;
  const writer = await scene.writer(assetsOf(reply.named));
  if (!writer.ok) return `${row.id}: its assets are not proven now`;
  const found = transactionDifferences(row, reply, writer.value);
  return found.length === 0 ? undefined : `${row.id}: ${differenceWords(found)}`;
}

function completeWords(
  { options: { hasher } }: Scene,
  claim: ClaimWithRows,
  rows: readonly FinalTransactionJson[],
): string {
  if (claim.kind === "block") {
    const { transactionCount, transactionsRoot } = claim.block;
    const hashes = rows.map(({ contentHash }) => contentHash).filter(isIdText);
    const isWhole =
      rows.length === transactionCount &&
      hashes.length === rows.length &&
      transactionsRootOf(hasher, hashes as ContentHash[]) === transactionsRoot;
    return isWhole
      ? "They are all that the block has, in its order."
      : `The block has ${manyText(transactionCount, "transaction")}; this page lists ${rows.length} of them.`;
  }
  return historyWords(claim.account, rows);
}

/** Outgoing transactions are numbered: one that is left out among those of a page shows. */
export function historyWords(
  { address }: { readonly address: string },
  rows: readonly FinalTransactionJson[],
): string {
  const nonces = rows.flatMap((row) =>
    "sender" in row && row.sender === address ? [row.nonce] : [],
  );
  const [first] = nonces;
  const incoming = "An incoming one that is left out can only be found by asking another node.";
  if (first === undefined) return incoming;
  const missing = nonces.some((nonce, i) => nonce !== first - i);
  return missing
    ? `Among the outgoing ones numbers are missing: the node leaves some out. ${incoming}`
    : `The outgoing ones are numbered without a gap, ${nonces.at(-1)} to ${first}: none between them is left out. ${incoming}`;
}
