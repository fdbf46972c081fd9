/**
 * What is said before a whole file is paid: rows that are there twice.
 * @module
 */
import { expect, test } from "vitest";
import type { BatchPayment } from "../../../../wallet-cli/batch/payments.ts";
import { equalRows } from "../../../../wallet-cli/batch/warnings.ts";
import { payee, paymentOf } from "./crashing-batch.ts";

const without = (payment: BatchPayment): BatchPayment => ({ ...payment, reference: "" });
/** The same terms and memo as another row, as this row. */
const copied = (payment: BatchPayment, row: number): BatchPayment => ({ ...payment, row });

test("a row that pays what an earlier one pays is named; one with a reference of its own is meant", () => {
  const first = without(paymentOf(1, payee, 5n));
  const other = without(paymentOf(3, payee, 6n));
  expect(equalRows([first, copied(first, 2), other])).toEqual([
    "the same as an earlier row is paid by row 2",
  ]);
  expect(equalRows([first, { ...copied(first, 2), reference: "second half" }, other])).toEqual([]);
});
