/**
 * Amounts as a person types and reads them: `25`, `0.5`, `1_000.25`; `1,250 QRT`.
 * @module
 */
import { formatAmount, parseAmount } from "../src/protocol/amount.ts";
import { usageFailure } from "./failure.ts";

export interface Unit {
  readonly code: string;
  readonly decimals: number;
}

/** `_` between digits is for the eye. A comma is refused: half of the world reads it as a point. */
const separated = /^\d+(?:_\d+)*(?:\.\d+)?$/;

/** Base units; more than 0 unless `zero` is allowed. */
export function amountOf(
  text: string,
  unit: Unit,
  options: { readonly zero?: boolean } = {},
): bigint {
  const parsed = separated.test(text)
    ? parseAmount(text.replaceAll("_", ""), unit.decimals)
    : ({ ok: false, reason: "amount_malformed" } as const);
  const fix = `Write it in ${unit.code}, like 25, 0.5 or 1_000.25, with at most ${unit.decimals} decimals.`;
  if (!parsed.ok) throw usageFailure(parsed.reason, `"${text}" is not an amount`, fix);
  if (parsed.value === 0n && options.zero !== true) {
    throw usageFailure("amount_zero", "the amount is zero", fix);
  }
  return parsed.value;
}

/** With a comma between thousands and the unit behind: for people only. */
export function amountText(base: bigint, unit: Unit): string {
  const [whole = "", fraction] = formatAmount(base, unit.decimals).split(".");
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return `${grouped}${fraction === undefined ? "" : `.${fraction}`} ${unit.code}`;
}
