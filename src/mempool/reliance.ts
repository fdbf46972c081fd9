/**
 * Which accounts' policies and memo rules a waiting transaction relies on, and which of them final ones change: where
 * the two meet, the waiting one is to be judged again. (What it takes of in the state is another matter: claims.ts.)
 *
 * A mark is 32 bits that stand for an account. Two accounts with one mark cost a look too many, and nothing else; so
 * ids, which are hashes, are taken by their first digits alone.
 * @module
 */
import type { AccountId } from "../protocol/ids.ts";
import type { Transaction } from "../protocol/transaction.ts";

/** Of each account whose policy or memo rule counts; some perhaps twice. */
export function marksOf({ sender, memo, operations }: Transaction): readonly number[] {
  const marks = [accountMark(sender)];
  for (const { from, body } of operations) {
    if (from !== undefined) marks.push(accountMark(from));
    const pays = body.kind === "transfer" || body.kind === "mint";
    if (pays && memo.length === 0) marks.push(accountMark(body.to));
  }
  return marks;
}

/** Of the accounts whose policy or memo rule these final transactions set. */
export function marksOfChanges(transactions: Iterable<Transaction>): ReadonlySet<number> {
  const marks = new Set<number>();
  for (const { sender, operations } of transactions) {
    for (const { from = sender, body } of operations) {
      if (body.kind === "set-policy" || body.kind === "set-account") marks.add(accountMark(from));
    }
  }
  return marks;
}

/** Of an id that is a hash, these say as much as a mark can hold. */
const idDigits = 16;

/** FNV-1a, 32 bits. */
function accountMark(account: AccountId): number {
  let mark = 0x811c9dc5;
  for (let i = 0; i < idDigits; i += 1) {
    mark = Math.imul(mark ^ account.charCodeAt(i), 0x01000193);
  }
  return mark;
}
