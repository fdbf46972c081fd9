/**
 * What a row's transaction pays, by its own bytes: the names in a file may stand for something else when a batch goes on.
 * @module
 */
import { equalBytes, utf8 } from "../../src/base/bytes.ts";
import { decode } from "../../src/codec/codec.ts";
import type { AccountId, AssetId } from "../../src/protocol/ids.ts";
import { signedTransactionCodec } from "../../src/protocol/transaction.ts";
import { type CommandFailure, usageFailure } from "../failure.ts";
import { type BatchJournal, malformedJournal } from "./journal.ts";
import type { BatchPayment } from "./payments.ts";

export interface Paid {
  readonly to: AccountId;
  readonly asset: AssetId;
  /** Base units. */
  readonly amount: bigint;
  readonly memo: Uint8Array;
}

/** Undefined when they are not those of one transfer. */
export function paidBy(bytes: Uint8Array): Paid | undefined {
  const decoded = decode(signedTransactionCodec, bytes);
  if (!decoded.ok || decoded.value.kind !== "signed") return undefined;
  const { operations, memo } = decoded.value.transaction;
  const [operation, ...more] = operations;
  if (operation?.body.kind !== "transfer" || more.length > 0) return undefined;
  const { to, asset, amount } = operation.body;
  return { to, asset, amount, memo };
}

/**
 * Compares what rows were signed to pay with what they stand for now. Returns the final ones that differ; throws for
 * one that may still be paid (`payee_changed`, `row_changed`), and for bytes that are no payment.
 */
export function changedRows(
  journal: BatchJournal,
  payments: readonly BatchPayment[],
  addressOf: (account: AccountId) => string,
): readonly number[] {
  const final: number[] = [];
  for (const payment of payments) {
    const state = journal.state(payment.row);
    if (state.kind === "unsigned") continue;
    const paid = paidBy(state.bytes);
    if (paid === undefined) throw malformedJournal(journal.path);
    if (isSame(paid, payment)) continue;
    if (state.kind === "signed") throw changed(payment, addressOf(paid.to));
    final.push(payment.row);
  }
  return final;
}

const isSame = ({ to, asset, amount, memo }: Paid, payment: BatchPayment): boolean =>
  to === payment.payee.account &&
  asset === payment.unit.id &&
  amount === payment.amount &&
  equalBytes(memo, utf8(payment.wish.memo));

function changed({ row, payee: { address } }: BatchPayment, signedTo: string): CommandFailure {
  const fix = "Nothing was sent. Let the names stand for the same again (contacts), and --resume.";
  return signedTo === address
    ? usageFailure("row_changed", `row ${row} was signed for another asset or amount`, fix)
    : usageFailure(
        "payee_changed",
        `row ${row} was signed to pay ${signedTo}, but its payee now stands for ${address}`,
        fix,
      );
}
