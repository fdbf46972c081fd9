/**
 * Amounts as people write them: decimal text in whole units, to and from base units, exactly.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { amountMax } from "./limits.ts";

/** Whole units without needless zeros: 1250000 with 6 decimals is "1.25". */
export function formatAmount(base: bigint, decimals: number): string {
  assert(base >= 0n, "an amount is not negative");
  const digits = base.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

export type AmountFlaw = "amount_malformed" | "amount_too_precise" | "amount_overflow";

const amountText = /^([0-9]{1,40})(?:\.([0-9]{1,40}))?$/;

/** Base units of decimal text: digits, then perhaps a point and digits. No sign, exponent or separators. */
export function parseAmount(text: string, decimals: number): Result<bigint, AmountFlaw> {
  const match = amountText.exec(text);
  if (match === null) return fail("amount_malformed");
  const [, whole = "", fraction = ""] = match;
  if (fraction.length > decimals) return fail("amount_too_precise");
  const base = BigInt(whole + fraction.padEnd(decimals, "0"));
  return base > amountMax ? fail("amount_overflow") : ok(base);
}
