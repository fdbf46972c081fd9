/**
 * The rules that need no state: what a transaction alone, the network's parameters and a block's time decide.
 * Execution and admission apply the same functions.
 * @module
 */
import { authorizationFlaw } from "./authorization.ts";
import { minimumFee } from "./fees.ts";
import type { ChainId } from "./ids.ts";
import { expiryAheadMsMax } from "./limits.ts";
import type { Parameters } from "./parameters.ts";
import { chainTag, type NamedTransaction, type Transaction } from "./transaction.ts";
import type { TransactionErrorCode } from "./transaction-errors.ts";

/** Cheapest first. Signatures are not looked at. */
export function transactionFlaw(
  named: NamedTransaction,
  options: { readonly chainId: ChainId; readonly parameters: Parameters },
): TransactionErrorCode | undefined {
  const { bytes, signed } = named;
  const { transaction } = signed;
  const { chainId, parameters } = options;
  if (transaction.chain !== chainTag(chainId)) return "wrong_chain";
  if (bytes.length > Number(parameters.maxTransactionBytes)) return "too_large";
  const flaw = authorizationFlaw(signed) ?? operationsFlaw(transaction);
  if (flaw !== undefined) return flaw;
  return transaction.fee < minimumFee(parameters, transaction, bytes.length)
    ? "fee_too_low"
    : undefined;
}

function operationsFlaw({ sender, operations }: Transaction): TransactionErrorCode | undefined {
  for (const { from, body } of operations) {
    if (body.amount === 0n) return "amount_zero";
    if (body.to === (from ?? sender)) return "self_transfer";
  }
  return undefined;
}

/** Whether a block of this time may hold a transaction of this expiry: time ≤ expiry ≤ time + 30 days. */
export function expiryFlaw(
  expiryMs: number,
  timestampMs: number,
): "expired" | "expiry_too_far" | undefined {
  if (expiryMs < timestampMs) return "expired";
  return expiryMs > timestampMs + expiryAheadMsMax ? "expiry_too_far" : undefined;
}
