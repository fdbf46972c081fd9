/**
 * The steps of transactions, as programs write them.
 * @module
 */

import { type AccountId, type AssetId, nativeAsset } from "../protocol/ids.ts";
import type { Operation, OperationBody } from "../protocol/operations.ts";

type Step<Kind extends OperationBody["kind"]> = Omit<
  Extract<OperationBody, { kind: Kind }>,
  "kind"
> & {
  /** Who it acts for, where that is not the sender: who must sign, too. */
  readonly from?: AccountId;
};

function step<Kind extends OperationBody["kind"]>(
  kind: Kind,
  { from, ...fields }: Step<Kind>,
): Operation {
  return { from, body: { kind, ...fields } as unknown as OperationBody };
}

/** An amount, in base units; of the native asset unless told otherwise. */
export const transfer = (
  fields: Omit<Step<"transfer">, "asset"> & { readonly asset?: AssetId },
): Operation => step("transfer", { asset: nativeAsset, ...fields });
export const createAsset = (fields: Step<"create-asset">): Operation =>
  step("create-asset", fields);
export const mint = (fields: Step<"mint">): Operation => step("mint", fields);
export const burn = (fields: Step<"burn">): Operation => step("burn", fields);
export const putRecord = (fields: Step<"record">): Operation => step("record", fields);
export const setPolicy = (fields: Step<"set-policy">): Operation => step("set-policy", fields);
export const setAccount = (fields: Step<"set-account">): Operation => step("set-account", fields);
