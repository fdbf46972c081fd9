/**
 * The minimum fee: what a transaction costs the ledger in bytes and in state.
 * @module
 */
import { nativeAsset } from "./ids.ts";
import { isVote, type OperationBody, operationNumber } from "./operations.ts";
import type { Parameters } from "./parameters.ts";
import type { Transaction } from "./transaction.ts";

/**
 * Whether the transaction does nothing but vote. It is free: only operators of validators can send it, and they must be
 * able to act also in a network whose money somebody else holds.
 */
export const isVotesOnly = ({ operations }: Transaction): boolean =>
  operations.every(({ body }) => isVote(body));

/**
 * 0 for a transaction that only votes; else baseFee + feePerByte × size + the fee of each operation, in native base
 * units.
 *
 * @param sizeBytes BCS size of the signed transaction.
 */
export function minimumFee(
  parameters: Parameters,
  transaction: Transaction,
  sizeBytes: number,
): bigint {
  if (isVotesOnly(transaction)) return 0n;
  let fee = parameters.baseFee;
  if (parameters.feePerByte > 0n) fee += parameters.feePerByte * BigInt(sizeBytes);
  for (const { body } of transaction.operations) fee += operationFee(parameters, body);
  return fee;
}

/** A native transfer adds no entry that accountMinimum has not paid for, so it is free of this part. */
function operationFee(parameters: Parameters, body: OperationBody): bigint {
  if (body.kind === "transfer" && body.asset === nativeAsset) return 0n;
  return parameters.operationFees[operationNumber[body.kind]] ?? 0n;
}
