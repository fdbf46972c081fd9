/**
 * CreateAsset: an account becomes the issuer of a new asset, of which nothing exists yet.
 * @module
 */
import type { Hasher } from "../crypto/ports.ts";
import { assetIdOf } from "../protocol/assets.ts";
import type { AccountId } from "../protocol/ids.ts";
import type { CreateAsset } from "../protocol/operations.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import type { WorkingState } from "./working-state.ts";

/** Applies it to the running transaction, or says why not. The terms are sound, or they would not have decoded. */
export function applyCreateAsset(
  state: WorkingState,
  issuer: AccountId,
  { code, decimals, name, maxSupply }: CreateAsset,
  hasher: Hasher,
): TransactionErrorCode | undefined {
  if (!state.account(issuer).exists) return "account_absent";
  const asset = assetIdOf(hasher, issuer, code);
  if (state.asset(asset) !== undefined) return "asset_exists";
  state.setAsset(asset, { issuer, code, decimals, name, maxSupply, supply: 0n });
  return undefined;
}
