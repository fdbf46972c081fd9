/**
 * CSV as RFC 4180 writes it, and the rows of a batch in it.
 * @module
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatCsvLine, parseCsv } from "../../../../wallet-cli/batch/csv.ts";
import { readRows } from "../../../../wallet-cli/batch/rows.ts";

const fieldsOf = (text: string): unknown => {
  const parsed = parseCsv(text);
  return parsed.ok ? parsed.value.map(({ fields }) => fields) : parsed.reason;
};

// The examples of RFC 4180, section 2.
test.each([
  [
    "aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n",
    [
      ["aaa", "bbb", "ccc"],
      ["zzz", "yyy", "xxx"],
    ],
  ],
  [
    "aaa,bbb,ccc\r\nzzz,yyy,xxx",
    [
      ["aaa", "bbb", "ccc"],
      ["zzz", "yyy", "xxx"],
    ],
  ],
  [
    '"aaa","bbb","ccc"\r\nzzz,yyy,xxx',
    [
      ["aaa", "bbb", "ccc"],
      ["zzz", "yyy", "xxx"],
    ],
  ],
  [
    '"aaa","b\r\nbb","ccc"\r\nzzz,yyy,xxx',
    [
      ["aaa", "b\r\nbb", "ccc"],
      ["zzz", "yyy", "xxx"],
    ],
  ],
  ['"aaa","b""bb","ccc"', [["aaa", 'b"bb', "ccc"]]],
])("%j", (text, fields) => {
  expect(fieldsOf(text)).toEqual(fields);
});

test("a byte order mark and empty lines are passed over; lines are counted with them", () => {
  const parsed = parseCsv('\uFEFFto,amount\n\n"a\nb",1\nc,2\n');
  expect(parsed).toEqual({
    ok: true,
    value: [
      { line: 1, fields: ["to", "amount"] },
      { line: 3, fields: ["a\nb", "1"] },
      { line: 5, fields: ["c", "2"] },
    ],
  });
});

test.each([
  ['a\n"b,c', "line 2: a quote is never closed"],
  ['a\n"b"c,d', "line 2: text after a closing quote"],
])("%j is refused with its line", (text, reason) => {
  expect(fieldsOf(text)).toBe(reason);
});

test("what is written is read again", () => {
  const field = fc.string({
    unit: fc.constantFrom("a", " ", ",", '"', "\r", "\n", "é"),
    maxLength: 6,
  });
  const record = fc.array(field, { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), (records) => {
      expect(fieldsOf(records.map(formatCsvLine).join(""))).toEqual(records);
    }),
  );
});

test("columns may come in any order, and the optional ones may be missing", () => {
  const rows = readRows("Amount, to ,reference\n5,bob,r1\n6,carol,\n");
  expect(rows).toEqual({
    ok: true,
    value: [
      { row: 1, line: 2, to: "bob", amount: "5", asset: "", memo: "", reference: "r1" },
      { row: 2, line: 3, to: "carol", amount: "6", asset: "", memo: "", reference: "" },
    ],
  });
});

test.each([
  ["", ["the file is empty"]],
  ["to,amount\n", ["there is no row below the header"]],
  [
    "to,sum\nbob,1",
    ['the header has an unknown column "sum"', 'the header has no column "amount"'],
  ],
  ["to,to,amount\nbob,bob,1", ['the header has "to" twice']],
  ["to,amount\nbob,1,250", ["line 2: more fields than the header has"]],
  [
    "to,amount,reference\nbob,1,x\ncarol,2,y\nbob,1,x",
    ['line 4: the reference "x" is that of line 2 too'],
  ],
])("%j is refused as a batch", (text, reason) => {
  expect(readRows(text)).toEqual({ ok: false, reason });
});

test("a quote in the middle of a field is refused: its commas may not be where its fields end", () => {
  expect(fieldsOf('bob,5, "paid, thanks"\n')).toBe("line 1: a quote in the middle of a field");
  expect(fieldsOf('a\nb"c\n')).toBe("line 2: a quote in the middle of a field");
});
