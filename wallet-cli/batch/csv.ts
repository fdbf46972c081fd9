/**
 * CSV as RFC 4180 has it: fields between commas, `"` around a field that holds commas, quotes or line breaks.
 *
 * Lines may end with CRLF or LF, a byte order mark at the front is skipped, empty lines are left out.
 * @module
 */
import { fail, ok, type Result } from "../../src/base/result.ts";

export interface CsvRecord {
  /** Where it begins in the file, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** The reason of a failure names the line. */
export function parseCsv(text: string): Result<readonly CsvRecord[], string> {
  const scanner = new Scanner(text.startsWith("\uFEFF") ? text.slice(1) : text);
  const records: CsvRecord[] = [];
  while (!scanner.isAtEnd) {
    const record = scanner.record();
    if (!record.ok) return record;
    const { fields } = record.value;
    if (fields.length > 1 || fields[0] !== "") records.push(record.value);
  }
  return ok(records);
}

const plainField = /[^,\r\n]*/y;

class Scanner {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  record(): Result<CsvRecord, string> {
    const line = this.#line;
    const fields: string[] = [];
    for (;;) {
      const field = this.#text[this.#at] === '"' ? this.#quoted() : this.#plain();
      if (!field.ok) return field;
      fields.push(field.value);
      if (this.#text[this.#at] === ",") {
        this.#at += 1;
        continue;
      }
      if (!this.#lineEnd()) return fail(`line ${this.#line}: text after a closing quote`);
      return ok({ line, fields });
    }
  }

  /** A quote in it would mean that its commas are not where its fields end. */
  #plain(): Result<string, string> {
    plainField.lastIndex = this.#at;
    const field = plainField.exec(this.#text)?.[0] ?? "";
    this.#at += field.length;
    return field.includes('"')
      ? fail(`line ${this.#line}: a quote in the middle of a field`)
      : ok(field);
  }

  /** Between quotes, where two quotes stand for one. */
  #quoted(): Result<string, string> {
    const line = this.#line;
    let field = "";
    for (this.#at += 1; ; ) {
      const end = this.#text.indexOf('"', this.#at);
      if (end < 0) return fail(`line ${line}: a quote is never closed`);
      const part = this.#text.slice(this.#at, end);
      this.#line += part.split("\n").length - 1;
      field += part;
      this.#at = end + 1;
      if (this.#text[this.#at] !== '"') return ok(field);
      field += '"';
      this.#at += 1;
    }
  }

  #lineEnd(): boolean {
    if (this.isAtEnd) return true;
    const end = /^(?:\r\n|\n|\r)/.exec(this.#text.slice(this.#at, this.#at + 2))?.[0];
    if (end === undefined) return false;
    this.#at += end.length;
    this.#line += 1;
    return true;
  }
}

/** One line, its end included; fields are quoted where they have to be. */
export function formatCsvLine(fields: readonly string[]): string {
  return `${fields.map(formatField).join(",")}\n`;
}

const formatField = (field: string): string =>
  /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
