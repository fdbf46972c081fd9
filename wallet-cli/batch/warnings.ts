/**
 * What a person should look at before a whole file is paid: nothing of it is wrong by itself.
 * @module
 */
import { toHex, utf8 } from "../../src/base/bytes.ts";
import { lookAlike, lookAlikeText } from "../accounts/contacts.ts";
import type { Network } from "../network/network.ts";
import { wishKeyOf } from "../outbox/outbox-entry.ts";
import { type BatchHeader, BatchJournal } from "./journal.ts";
import { findJournals } from "./journals.ts";
import { type Paid, paidBy } from "./paid.ts";
import type { BatchPayment } from "./payments.ts";

const rowsShown = 10;
/** So many addresses are compared with known ones; more would take minutes. */
const pairsMax = 2_000_000;

/** One sentence each. `unsigned`: the rows that are going to be signed. */
export async function batchWarnings(
  home: string,
  { accounts }: Network,
  header: BatchHeader,
  unsigned: readonly BatchPayment[],
): Promise<readonly string[]> {
  const known = await accounts.known();
  const before = await paidBefore(home, header);
  return [...lookAlikes(unsigned, known), ...equalRows(unsigned), ...repeated(unsigned, before)];
}

function lookAlikes(
  payments: readonly BatchPayment[],
  known: Awaited<ReturnType<Network["accounts"]["known"]>>,
): readonly string[] {
  const rows = new Map<string, number>();
  for (const { payee, row } of payments) {
    if (!rows.has(payee.address)) rows.set(payee.address, row);
  }
  const compared = Math.floor(pairsMax / Math.max(1, known.length));
  const found = [...rows].slice(0, compared).flatMap(([address, row]) => {
    const like = lookAlike(address, known);
    return like === undefined ? [] : [`row ${row}: ${lookAlikeText(address, like)}`];
  });
  const more = found.length > rowsShown ? [`and ${found.length - rowsShown} more like these`] : [];
  return [...found.slice(0, rowsShown), ...more];
}

/** Rows that pay what an earlier row of the file pays; with references of their own they are meant. */
export function equalRows(payments: readonly BatchPayment[]): readonly string[] {
  const seen = new Set<string>();
  const rows = payments.flatMap(({ wish, row, reference }) => {
    if (reference !== "") return [];
    const key = wishKeyOf(wish);
    if (seen.has(key)) return [row];
    seen.add(key);
    return [];
  });
  return rows.length === 0 ? [] : [`the same as an earlier row is paid by ${rowsText(rows)}`];
}

/** Rows that pay what a row of the same file paid when the file had other content. */
export function repeated(
  payments: readonly BatchPayment[],
  before: ReadonlySet<string>,
): readonly string[] {
  const rows = payments.flatMap((payment) => (before.has(termsOf(payment)) ? [payment.row] : []));
  if (rows.length === 0) return [];
  return [
    `this file had other content before, and what ${rowsText(rows)} pays was paid from it then`,
  ];
}

function rowsText(rows: readonly number[]): string {
  const more = rows.length > rowsShown ? ` and ${rows.length - rowsShown} more` : "";
  return `row ${rows.slice(0, rowsShown).join(", ")}${more}`;
}

/** By all batches of another content at this path, of the same payer. */
async function paidBefore(home: string, header: BatchHeader): Promise<ReadonlySet<string>> {
  const { csvPath, csvSha256, from } = header;
  const journals = (await findJournals(home, header)).filter(
    ({ header: other }) =>
      other.csvPath === csvPath && other.csvSha256 !== csvSha256 && other.from === from,
  );
  const paid = new Set<string>();
  for (const { path } of journals) {
    for (const state of (await BatchJournal.open(path)).states) {
      const terms = state.kind === "final" ? paidBy(state.bytes) : undefined;
      if (terms !== undefined) paid.add(keyOf(terms));
    }
  }
  return paid;
}

const termsOf = ({ payee, unit, amount, wish }: BatchPayment): string =>
  keyOf({ to: payee.account, asset: unit.id, amount, memo: utf8(wish.memo) });

const keyOf = ({ to, asset, amount, memo }: Paid): string =>
  `${to} ${asset} ${amount} ${toHex(memo)}`;
