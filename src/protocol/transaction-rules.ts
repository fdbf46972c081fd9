/**
 * The rules that need no state: what a transaction alone, the network's parameters and a block's time decide.
 * Execution and admission apply the same functions.
 * @module
 */
import { unreachable } from "../base/assert.ts";
import { authorizationFlaw } from "./authorization.ts";
import { minimumFee } from "./fees.ts";
import { type AccountId, type ChainId, nativeAsset } from "./ids.ts";
import { expiryAheadMsMax } from "./limits.ts";
import type { OperationBody } from "./operations.ts";
import { type Parameters, parameterVoteFlaw } from "./parameters.ts";
import { chainTag, type NamedSigned, type Transaction } from "./transaction.ts";
import type { TransactionErrorCode } from "./transaction-errors.ts";

/** What a network fixes for its transactions. */
export interface NetworkRules {
  readonly chainId: ChainId;
  /** Of the block's own epoch. */
  readonly parameters: Parameters;
  /** Code of the native asset. */
  readonly nativeCode: string;
}

/** Cheapest first. Signatures are not looked at. */
export function transactionFlaw(
  named: NamedSigned,
  options: NetworkRules,
): TransactionErrorCode | undefined {
  const { bytes, signed } = named;
  const { transaction } = signed;
  const { chainId, parameters } = options;
  if (transaction.chain !== chainTag(chainId)) return "wrong_chain";
  if (bytes.length > Number(parameters.maxTransactionBytes)) return "too_large";
  const flaw = authorizationFlaw(signed) ?? operationsFlaw(transaction, options);
  if (flaw !== undefined) return flaw;
  return transaction.fee < minimumFee(parameters, transaction, bytes.length)
    ? "fee_too_low"
    : undefined;
}

function operationsFlaw(
  { sender, operations }: Transaction,
  rules: NetworkRules,
): TransactionErrorCode | undefined {
  for (const { from, body } of operations) {
    const flaw = operationFlaw(body, from ?? sender, rules);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

function operationFlaw(
  body: OperationBody,
  from: AccountId,
  { parameters, nativeCode }: NetworkRules,
): TransactionErrorCode | undefined {
  switch (body.kind) {
    case "transfer":
      if (body.amount === 0n) return "amount_zero";
      return body.to === from ? "self_transfer" : undefined;
    case "create-asset":
      return body.code === nativeCode ? "asset_code_native" : undefined;
    case "mint":
    case "burn":
      if (body.asset === nativeAsset) return "native_asset_fixed";
      return body.amount === 0n ? "amount_zero" : undefined;
    case "record":
    case "set-policy":
    case "set-account":
    case "vote-membership":
      return undefined;
    case "vote-parameter":
      return parameterVoteFlaw(parameters, body.parameter, body.value);
    default:
      return unreachable(body);
  }
}

/** Whether a block of this time may hold a transaction of this expiry: time ≤ expiry ≤ time + 30 days. */
export function expiryFlaw(
  expiryMs: number,
  timestampMs: number,
): "expired" | "expiry_too_far" | undefined {
  if (expiryMs < timestampMs) return "expired";
  return expiryMs > timestampMs + expiryAheadMsMax ? "expiry_too_far" : undefined;
}
