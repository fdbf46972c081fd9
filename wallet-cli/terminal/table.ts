/**
 * Plain tables: columns as wide as their widest cell, two spaces apart. A line break in a cell is written as its number:
 * a file's or a record's name must not make a row of its own.
 * @module
 */
import { visible } from "../../src/api/visible.ts";

/** The columns named by their numbers are aligned to the right. */
export function formatTable(
  given: readonly (readonly string[])[],
  options: { readonly right?: readonly number[] } = {},
): string {
  const rows = given.map((row) => row.map((cell) => cell.replaceAll(/[\r\n]/g, visible)));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return options.right?.includes(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
  return lines.join("\n");
}
