/**
 * Amounts as people write them.
 * @module
 */
import { expect, test } from "vitest";
import { amountOf, amountText } from "../../../wallet-cli/amounts.ts";

const unit = { code: "QRT", decimals: 2 };

test.each([
  ["25", 2_500n],
  ["0.5", 50n],
  ["1_000.25", 100_025n],
  ["007", 700n],
  ["184467440737095516.15", 2n ** 64n - 1n],
])("%s in a unit of 2 decimals is %s base units", (text, base) => {
  expect(amountOf(text, unit)).toBe(base);
});

test.each([
  ["1,000", "amount_malformed"],
  ["1e3", "amount_malformed"],
  ["_1", "amount_malformed"],
  ["1__0", "amount_malformed"],
  [".5", "amount_malformed"],
  ["+5", "amount_malformed"],
  ["", "amount_malformed"],
  ["0.123", "amount_too_precise"],
  ["184467440737095516.16", "amount_overflow"],
  ["0", "amount_zero"],
])('"%s" is refused as %s', (text, code) => {
  expect(() => amountOf(text, unit)).toThrowError(
    expect.objectContaining({ exit: 2, facts: expect.objectContaining({ code }) }),
  );
});

test("a fee may be zero", () => {
  expect(amountOf("0", unit, { zero: true })).toBe(0n);
});

test.each([
  [0n, "0 QRT"],
  [50n, "0.5 QRT"],
  [100_000n, "1,000 QRT"],
  [123_456_789n, "1,234,567.89 QRT"],
])("%s base units are shown as %s", (base, text) => {
  expect(amountText(base, unit)).toBe(text);
});
