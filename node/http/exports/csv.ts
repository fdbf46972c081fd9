/**
 * CSV as RFC 4180 has it, made so that a spreadsheet runs nothing that others have written.
 *
 * A cell of text that a spreadsheet would read as a formula gets an apostrophe in front (OWASP, CSV injection); quoting
 * alone does not help, and where cells end with semicolons it helps even less: so one goes behind those, too. Numbers are given as numbers and stay as they are.
 * @module
 */

/** Text, or a number as it is to be read; null leaves the cell empty. */
export type Cell = string | number | bigint | null;

/** What begins a formula, in ASCII and full width, also behind space; or a cell that is cut or shifted by it. */
const formula = /^(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/;
/** The same behind what some spreadsheets, by their language, take for the end of a cell. */
const formulaWithin = /([;\t|]\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
const quoted = /[",\r\n]|^\s|\s$/;

/** One line with its end. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellText).join(",")}\r\n`;

function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return cell.toString();
  const text = (formula.test(cell) ? `'${cell}` : cell).replaceAll(formulaWithin, "$1'");
  return quoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
