/**
 * The results of a batch as CSV: one line for each row, with its transaction and what is known of it.
 * @module
 */
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { AccountId, ChainId } from "../../src/protocol/ids.ts";
import { openTransaction } from "../../src/protocol/transaction.ts";
import { usageFailure } from "../failure.ts";
import { readIfExists, writeWhole } from "../files.ts";
import { formatCsvLine } from "./csv.ts";
import type { BatchJournal, RowState } from "./journal.ts";
import { type Paid, paidBy } from "./paid.ts";
import type { BatchPayment } from "./payments.ts";

const header = formatCsvLine([
  ...["row", "reference", "to", "asset", "amount"],
  ...["id", "status", "height"],
]);

/** Exit 2 when a file is there that holds something else than results, the batch itself among others. */
export async function requireResultsPlace(path: string): Promise<void> {
  const present = await readIfExists(path);
  if (present === undefined || present === "" || present.startsWith(header)) return;
  throw usageFailure(
    "file_exists",
    `${path} is there already and holds something else than results`,
    "Nothing was signed. Give another --results, or move that file away.",
  );
}

/** `payroll.csv` → `payroll.results.csv` */
export const resultsPath = (csvPath: string): string =>
  `${csvPath.replace(/\.csv$/i, "")}.results.csv`;

export interface Results {
  readonly journal: BatchJournal;
  readonly payments: readonly BatchPayment[];
  readonly addressOf: (account: AccountId) => string;
}

/**
 * `final`, `open` (signed, and nobody has said yet what became of it) or `unsigned`. What a signed row pays is said by
 * its transaction, not by what its names stand for now.
 */
export function resultsCsv({ journal, payments, addressOf }: Results): string {
  const lines = payments.map((payment) => {
    const { row, reference } = payment;
    const state = journal.state(row);
    const { id, status, height } = resultOf(journal.header.chainId, state);
    const { to, asset, amount } = paidIn(state) ?? termsOf(payment);
    const said = [addressOf(to), asset, amount.toString()];
    return formatCsvLine([String(row), reference, ...said, id, status, height]);
  });
  return header + lines.join("");
}

const paidIn = (state: RowState): Terms | undefined =>
  state.kind === "unsigned" ? undefined : paidBy(state.bytes);

type Terms = Pick<Paid, "to" | "asset" | "amount">;

const termsOf = ({ payee, unit, amount }: BatchPayment): Terms => ({
  ...{ to: payee.account, asset: unit.id, amount },
});

function resultOf(
  chainId: ChainId,
  state: RowState,
): { readonly id: string; readonly status: string; readonly height: string } {
  switch (state.kind) {
    case "final":
      return { id: state.id, status: "final", height: String(state.height) };
    case "signed": {
      const named = openTransaction(nobleHasher, chainId, state.bytes);
      return { id: named.ok ? named.value.id : "", status: "open", height: "" };
    }
    case "unsigned":
      return { id: "", status: "unsigned", height: "" };
  }
}

export async function writeResults(path: string, results: Results): Promise<void> {
  await writeWhole(path, resultsCsv(results));
}
