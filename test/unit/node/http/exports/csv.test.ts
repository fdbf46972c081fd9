/**
 * CSV: what is read back is what was written, and no cell of text is a formula.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvLine } from "../../../../../node/http/exports/csv.ts";
import { readCsv } from "../../../../fixtures/csv-reader.ts";

/** As the advice against CSV injection lists them (OWASP), in ASCII and full width. */
const formulaBeginnings = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"];

/** The marks of harmlessness are all that is added. */
const withoutMarks = (text: string): string => text.replaceAll("'", "");

describe("a line", () => {
  test.each([
    [["a", "b"], "a,b\r\n"],
    [["a,b", 'say "x"'], '"a,b","say ""x"""\r\n'],
    [["two\nlines", " space"], '"two\nlines"," space"\r\n'],
    [["", null, "x"], ",,x\r\n"],
    [[5, -5, 2n ** 64n - 1n], "5,-5,18446744073709551615\r\n"],
  ])("of %s is %s", (cells, line) => {
    expect(csvLine(cells)).toBe(line);
  });

  test.each([
    ["=1+1", "'=1+1"],
    ["+49 30", "'+49 30"],
    ["-2", "'-2"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t'=1"],
    ["  =1", "'  =1"],
    ["\u00a0=1", "'\u00a0=1"],
    ["＝1", "'＝1"],
    ['=HYPERLINK("http://evil","x")', `'=HYPERLINK("http://evil","x")`],
    ["thanks;=1+1", "thanks;'=1+1"],
    ["a; -1;@b", "a; '-1;'@b"],
    ["=1;=2", "'=1;'=2"],
    ["a\t=1", "a\t'=1"],
  ])("makes the text %j harmless", (text, cell) => {
    expect(readCsv(csvLine([text]))).toEqual([[cell]]);
  });

  test("keeps every other text as it is, whatever is in it", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.stringMatching(/^[,"\r\n\t;| =a1']{0,12}$/),
    );
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (cells) => {
        const [row = [], ...others] = readCsv(csvLine(cells));
        expect(others).toEqual([]);
        for (const [i, cell] of cells.entries()) {
          const read = row[i] ?? "";
          expect(withoutMarks(read)).toBe(withoutMarks(cell));
          expect(/[;\t|]\s*[=+\-@＝＋－＠]/.test(read)).toBe(false);
          expect(formulaBeginnings.some((beginning) => read.startsWith(beginning))).toBe(false);
        }
      }),
    );
  });
});
