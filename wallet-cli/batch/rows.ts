/**
 * The rows of a batch as a person wrote them: columns `to`, `amount`, and if wanted `asset`, `memo`, `reference`.
 * @module
 */
import { fail, ok, type Result } from "../../src/base/result.ts";
import { type CsvRecord, parseCsv } from "./csv.ts";

export interface BatchRow {
  /** From 1, without the header and empty lines. */
  readonly row: number;
  readonly line: number;
  readonly to: string;
  readonly amount: string;
  /** Empty: the native asset. */
  readonly asset: string;
  readonly memo: string;
  /** The person's own name of the row; repeated in the results. No two rows have the same one. */
  readonly reference: string;
}

const columns = ["to", "amount", "asset", "memo", "reference"] as const;
type Column = (typeof columns)[number];
const required: readonly Column[] = ["to", "amount"];

export const batchRowsMax = 100_000;

/** All that is wrong with the file, in the order of its lines. */
export function readRows(text: string): Result<readonly BatchRow[], readonly string[]> {
  const records = parseCsv(text);
  if (!records.ok) return fail([records.reason]);
  const [header, ...rest] = records.value;
  if (header === undefined) return fail(["the file is empty"]);
  const places = placesIn(header);
  if (!places.ok) return places;
  if (rest.length === 0) return fail(["there is no row below the header"]);
  if (rest.length > batchRowsMax) return fail([`there are more than ${batchRowsMax} rows`]);
  const rows = rest.map((record, i) => rowOf(record, i + 1, places.value));
  const flaws = [
    ...rest
      .filter(({ fields }) => fields.length > header.fields.length)
      .map(({ line }) => `line ${line}: more fields than the header has`),
    ...repeatedReferences(rows),
  ];
  return flaws.length > 0 ? fail(flaws) : ok(rows);
}

type Places = ReadonlyMap<Column, number>;

function placesIn({ fields }: CsvRecord): Result<Places, readonly string[]> {
  const places = new Map<Column, number>();
  const flaws: string[] = [];
  for (const [place, field] of fields.entries()) {
    const name = field.trim().toLowerCase();
    const column = columns.find((each) => each === name);
    if (column === undefined) flaws.push(`the header has an unknown column "${field}"`);
    else if (places.has(column)) flaws.push(`the header has "${column}" twice`);
    else places.set(column, place);
  }
  for (const column of required) {
    if (!places.has(column)) flaws.push(`the header has no column "${column}"`);
  }
  return flaws.length > 0 ? fail(flaws) : ok(places);
}

function rowOf({ line, fields }: CsvRecord, row: number, places: Places): BatchRow {
  const field = (column: Column): string => {
    const place = places.get(column);
    return (place === undefined ? "" : (fields[place] ?? "")).trim();
  };
  return {
    row,
    line,
    to: field("to"),
    amount: field("amount"),
    asset: field("asset"),
    memo: field("memo"),
    reference: field("reference"),
  };
}

/** A reference names one payment; the same one twice is most likely a row that was copied by mistake. */
function repeatedReferences(rows: readonly BatchRow[]): readonly string[] {
  const lines = new Map<string, number>();
  return rows.flatMap(({ reference, line }) => {
    if (reference === "") return [];
    const first = lines.get(reference);
    lines.set(reference, first ?? line);
    return first === undefined
      ? []
      : [`line ${line}: the reference "${reference}" is that of line ${first} too`];
  });
}
