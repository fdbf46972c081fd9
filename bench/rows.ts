/**
 * What a benchmark says: rows with a value, and where it makes sense the bound of the same run and their ratio.
 * @module
 */

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bound: number | null;
  readonly ratio: number | null;
  readonly target: string;
}

export function formatRows(rows: readonly Row[]): string {
  const cells = rows.map(({ name, value, unit, bound, ratio, target }) => [
    name,
    `${value} ${unit}`,
    bound === null ? "" : `of ${bound}`,
    ratio === null ? "" : ratio.toFixed(2),
    target,
  ]);
  const head = ["figure", "value", "bound", "ratio", "target"];
  const table = [head, ...cells];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function quantile(values: readonly number[], share: number): number {
  const ascending = values.toSorted((a, b) => a - b);
  return (
    ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN
  );
}
