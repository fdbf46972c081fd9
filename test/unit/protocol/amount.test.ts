/**
 * Amounts as people write them.
 * @module
 */
import { expect, test } from "vitest";
import { formatAmount, parseAmount } from "../../../src/protocol/amount.ts";

test.each([
  [0n, 6, "0"],
  [1n, 6, "0.000001"],
  [1_250_000n, 6, "1.25"],
  [25_000_000n, 6, "25"],
  [100n, 0, "100"],
  [2n ** 64n - 1n, 18, "18.446744073709551615"],
])("%d base units with %d decimals read %s, both ways", (base, decimals, text) => {
  expect(formatAmount(base, decimals)).toBe(text);
  expect(parseAmount(text, decimals)).toEqual({ ok: true, value: base });
});

test("zeros at the end and in front change nothing", () => {
  expect(parseAmount("0012.50", 6)).toEqual({ ok: true, value: 12_500_000n });
});

test.each([
  "",
  " ",
  "1 ",
  "-1",
  "+1",
  "1e3",
  "0x10",
  ".5",
  "5.",
  "1,000",
  "1.2.3",
  "١",
  "Infinity",
])("%j is not an amount", (text) => {
  expect(parseAmount(text, 6)).toEqual({ ok: false, reason: "amount_malformed" });
});

test("an amount finer than the asset's units is refused, not rounded", () => {
  expect(parseAmount("0.0000001", 6)).toEqual({ ok: false, reason: "amount_too_precise" });
  expect(parseAmount("1.0", 0)).toEqual({ ok: false, reason: "amount_too_precise" });
});

test("an amount above 2^64 - 1 base units is refused", () => {
  expect(parseAmount("18446744073709.551615", 6).ok).toBe(true);
  expect(parseAmount("18446744073709.551616", 6)).toEqual({ ok: false, reason: "amount_overflow" });
});
