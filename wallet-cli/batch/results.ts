/**
 * The results of a batch as CSV: one line for each row, with its transaction and what is known of it.
 * @module
 */
import { nobleHasher } from "../../src/crypto/hash.ts";
import type { ChainId } from "../../src/protocol/ids.ts";
import { openTransaction } from "../../src/protocol/transaction.ts";
import { writeWhole } from "../files.ts";
import { formatCsvLine } from "./csv.ts";
import type { BatchJournal, RowState } from "./journal.ts";
import type { BatchPayment } from "./payments.ts";

/** `payroll.csv` → `payroll.results.csv` */
export const resultsPath = (csvPath: string): string =>
  `${csvPath.replace(/\.csv$/i, "")}.results.csv`;

/** `final`, `open` (signed, and nobody has said yet what became of it) or `unsigned`. */
export function resultsCsv(journal: BatchJournal, payments: readonly BatchPayment[]): string {
  const header = ["row", "reference", "to", "asset", "amount", "id", "status", "height"];
  const lines = payments.map(({ row, reference, facts }) => {
    const { id, status, height } = resultOf(journal.header.chainId, journal.state(row));
    const said = [facts["to"], facts["assetId"], facts["amount"]].map(String);
    return formatCsvLine([String(row), reference, ...said, id, status, height]);
  });
  return formatCsvLine(header) + lines.join("");
}

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

export async function writeResults(
  path: string,
  journal: BatchJournal,
  payments: readonly BatchPayment[],
): Promise<void> {
  await writeWhole(path, resultsCsv(journal, payments));
}
