/**
 * The transactions that a page lists, as they are on the screen: each by its own receipt, whether it belongs there, and
 * what shows that none of them is left out.
 * @module
 */
import { isFaultJson } from "../../../src/api/fault-words.ts";
import type { FinalTransactionJson } from "../../../src/api/json.ts";
import { isPaymentJson } from "../../../src/api/operation-words.ts";
import { proveInclusion } from "../../../src/client/inclusion.ts";
import { transactionsRootOf } from "../../../src/protocol/block.ts";
import { type ContentHash, isIdText } from "../../../src/protocol/ids.ts";
import { countText, manyText } from "../words/formats.ts";
import type { Listed, ProvableClaim, RowsVerdict } from "./claims.ts";
import { differenceWords } from "./differences.ts";
import { failureOf } from "./outcome.ts";
import { assetsOf, signatureFlaw, transactionDifferences } from "./prove-transaction.ts";
import type { Scene } from "./scene.ts";

const together = 4;
const flawsMax = 3;
const none: Listed = { rows: [], isEnd: false };

export type ClaimWithRows = Extract<ProvableClaim, { kind: "account" | "block" }>;

/** Never throws for what a node does. `show`: how far it is. */
export async function proveRows(
  scene: Scene,
  claim: ClaimWithRows,
  show: (done: number, total: number) => void,
): Promise<RowsVerdict> {
  const listed = claim.listed ?? none;
  const { rows } = listed;
  const flaws: string[] = [];
  let proven = 0;
  for (let from = 0; from < rows.length && !scene.options.left.aborted; from += together) {
    const some = rows.slice(from, from + together);
    const found = await Promise.all(
      some.map(async (row, i) => strayFlaw(claim, rows, from + i) ?? (await rowFlaw(scene, row))),
    );
    for (const flaw of found) {
      if (flaw === undefined) proven += 1;
      else if (flaws.length < flawsMax) flaws.push(flaw);
    }
    show(from + some.length, rows.length);
    await scene.options.pause();
  }
  return { proven, total: rows.length, flaws, complete: completeWords(scene, claim, listed) };
}

/** What is wrong with a row's being here, however true it is. */
function strayFlaw(
  claim: ClaimWithRows,
  rows: readonly FinalTransactionJson[],
  at: number,
): string | undefined {
  const [row, before] = [rows[at], rows[at - 1]];
  if (row === undefined) return undefined;
  if (claim.kind === "block") {
    if (row.blockId !== claim.block.id) return `${row.id}: it is of another block`;
    return row.index === at ? undefined : `${row.id}: it is out of order`;
  }
  if (!concerns(row, claim.account.address)) return `${row.id}: it is not of this account`;
  const isOrdered =
    before === undefined ||
    row.height < before.height ||
    (row.height === before.height && row.index < before.index);
  return isOrdered ? undefined : `${row.id}: it is out of order`;
}

/** Whether it belongs in the account's history: it sent it, acted in it, or was paid. */
function concerns(row: FinalTransactionJson, address: string): boolean {
  if (isFaultJson(row)) return false;
  return (
    row.sender === address ||
    row.operations.some(
      (operation) =>
        operation.from === address || (isPaymentJson(operation) && operation.to === address),
    )
  );
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
  { options: { hasher }, network }: Scene,
  claim: ClaimWithRows,
  listed: Listed,
): string {
  const { rows } = listed;
  if (claim.kind === "account") {
    // Where a ledger goes on from another one, the first numbers are in that one's history.
    const isEnd = listed.isEnd && network.genesis.previous === undefined;
    return historyWords(claim.account, { rows, isEnd });
  }
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

const incoming = "An incoming one that is left out can only be found by asking another node.";

/**
 * Outgoing transactions are numbered, and the account's proven nonce says how many there are: one that is left out
 * among those of a page, before the first or, at the end of the list, after the last shows.
 */
export function historyWords(
  { address, nonce }: { readonly address: string; readonly nonce: number },
  { rows, isEnd }: Listed,
): string {
  const nonces = rows.flatMap((row) =>
    "sender" in row && row.sender === address ? [row.nonce] : [],
  );
  const [first] = nonces;
  const last = nonces.at(-1);
  if (first === undefined || last === undefined) {
    return isEnd && nonce > 0
      ? `It has sent ${manyText(nonce, "transaction")}, and none of them is listed: the node leaves some out. ${incoming}`
      : incoming;
  }
  if (nonces.some((each, i) => each !== first - i) || (isEnd && last !== 0)) {
    return `Among the outgoing ones numbers are missing: the node leaves some out. ${incoming}`;
  }
  // The list may also be older than what is proven of the account: it holds still while it is read.
  const newer =
    first < nonce - 1
      ? ` The newest, up to number ${countText(nonce - 1)}, are not listed: show what is new, or the node leaves some out.`
      : "";
  return `The outgoing ones are numbered without a gap, ${countText(last)} to ${countText(first)}: none between them is left out.${newer} ${incoming}`;
}
