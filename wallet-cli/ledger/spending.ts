/**
 * What a transaction takes from its sender: one total for each asset, the fee among the native ones.
 * @module
 */
import { type AccountId, type AssetId, nativeAsset } from "../../src/protocol/ids.ts";
import type { Operation } from "../../src/protocol/operations.ts";
import { amountText, type Unit } from "../amounts.ts";
import type { Json } from "../terminal/terminal.ts";

/** A unit with the asset that it is of. */
export interface AssetUnit extends Unit {
  readonly id: AssetId;
  /** Address; undefined for the native asset, which nobody issues. */
  readonly issuer: string | undefined;
}

export const nativeUnitOf = ({ unit }: { readonly unit: Unit }): AssetUnit => ({
  ...unit,
  id: nativeAsset,
  issuer: undefined,
});

export interface Spend {
  readonly asset: AssetId;
  readonly amount: bigint;
}

/** Totals in the order of the operations; native last, when there is any. */
export function spendingOf(
  sender: AccountId,
  operations: readonly Operation[],
  fee: bigint,
): readonly Spend[] {
  const totals = new Map<AssetId, bigint>();
  let native = fee;
  for (const { from, body } of operations) {
    if (from !== undefined && from !== sender) continue;
    if (body.kind !== "transfer" && body.kind !== "burn") continue;
    if (body.asset === nativeAsset) native += body.amount;
    else totals.set(body.asset, (totals.get(body.asset) ?? 0n) + body.amount);
  }
  const others = [...totals].map(([asset, amount]) => ({ asset, amount }));
  return native === 0n && others.length > 0
    ? others
    : [...others, { asset: nativeAsset, amount: native }];
}

/** `12.5 GOLD of quo1…`: an asset that somebody issues is never shown without its issuer. */
export function assetAmountText(base: bigint, unit: AssetUnit): string {
  const text = amountText(base, unit);
  return unit.issuer === undefined ? text : `${text} of ${unit.issuer}`;
}

/** `units`: those that are known; of another asset the base units are shown. */
export function spendText({ asset, amount }: Spend, units: readonly AssetUnit[]): string {
  const unit = units.find(({ id }) => id === asset);
  return unit === undefined ? `${amount} base units of ${asset}` : assetAmountText(amount, unit);
}

export function spendJson(spend: Spend, units: readonly AssetUnit[]): Json {
  const { asset, amount } = spend;
  const unit = units.find(({ id }) => id === asset);
  return {
    assetId: asset,
    asset: unit?.code ?? null,
    issuer: unit?.issuer ?? null,
    amount: amount.toString(),
    display: spendText(spend, units),
  };
}
