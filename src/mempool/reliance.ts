/**
 * What a waiting transaction relies on in the state, besides nonces and native balances, and what a final one changes
 * there: where the two meet, the waiting one is to be judged again.
 *
 * A mark is 32 bits that stand for an entry of the state. Two entries with one mark cost a look too many, and nothing
 * else; so ids, which are hashes, are taken by their first digits alone.
 * @module
 */
import type { Hasher } from "../crypto/ports.ts";
import { assetIdOf } from "../protocol/assets.ts";
import { type AccountId, type AssetId, nativeAsset } from "../protocol/ids.ts";
import type { OperationBody } from "../protocol/operations.ts";
import type { Transaction } from "../protocol/transaction.ts";

/** Of each account whose policy or memo rule counts, and of each asset, holding and record; some perhaps twice. */
export function marksOf(transaction: Transaction, hasher: Hasher): readonly number[] {
  const { sender, memo, operations } = transaction;
  const marks = [accountMark(sender)];
  for (const { from, body } of operations) {
    if (from !== undefined) marks.push(accountMark(from));
    const pays = body.kind === "transfer" || body.kind === "mint";
    if (pays && memo.length === 0) marks.push(accountMark(body.to));
    const mark = entryMark(from ?? sender, body, hasher);
    if (mark !== undefined) marks.push(mark);
  }
  return marks;
}

/** What these final transactions changed in a way that may stand against a waiting one. */
export function marksOfChanges(
  transactions: Iterable<Transaction>,
  hasher: Hasher,
): ReadonlySet<number> {
  const marks = new Set<number>();
  for (const { sender, operations } of transactions) {
    for (const { from = sender, body } of operations) {
      const changesAccount = body.kind === "set-policy" || body.kind === "set-account";
      const mark = changesAccount ? accountMark(from) : entryMark(from, body, hasher);
      if (mark !== undefined) marks.add(mark);
    }
  }
  return marks;
}

/** Of the asset, holding or record that the operation both relies on and changes. */
function entryMark(from: AccountId, body: OperationBody, hasher: Hasher): number | undefined {
  switch (body.kind) {
    case "transfer":
      return body.asset === nativeAsset ? undefined : holdingMark(from, body.asset);
    case "burn":
      return holdingMark(from, body.asset);
    case "create-asset":
      return assetMark(assetIdOf(hasher, from, body.code));
    case "mint":
      return assetMark(body.asset);
    case "record":
      return mixed(mixed(mixed(startOf(3), from, idDigits), body.topic), body.key);
    default:
      return undefined;
  }
}

/** Of an id that is a hash, these say as much as a mark can hold. */
const idDigits = 16;

const accountMark = (account: AccountId): number => mixed(startOf(0), account, idDigits);
const assetMark = (asset: AssetId): number => mixed(startOf(2), asset, idDigits);
const holdingMark = (account: AccountId, asset: AssetId): number =>
  mixed(mixed(startOf(1), account, idDigits), asset, idDigits);

/** FNV-1a, 32 bits, begun with the kind of the entry. */
const startOf = (kind: number): number => mixedIn(0x811c9dc5, kind);

const mixedIn = (mark: number, unit: number): number => Math.imul(mark ^ unit, 0x01000193);

function mixed(start: number, text: string, length: number = text.length): number {
  let mark = start;
  for (let i = 0; i < length; i += 1) mark = mixedIn(mark, text.charCodeAt(i));
  return mark;
}
