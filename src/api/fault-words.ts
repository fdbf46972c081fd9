/**
 * What a Fault proves, in words: the same in the commands and the pages.
 * @module
 */
import type { FaultBodyJson, FaultVoteJson, TransactionJson } from "./json.ts";

/** Narrows a final or pending transaction: all the others are of accounts. */
export const isFaultJson = <Transaction extends TransactionJson>(
  transaction: Transaction,
): transaction is Extract<Transaction, FaultBodyJson> => "fault" in transaction;

/** `validator 2 of epoch 0 signed two conflicting votes in view 7`. */
export const faultWords = ({ fault }: FaultBodyJson): string =>
  `validator ${fault.signer} of epoch ${fault.epoch} signed two conflicting votes in view ${fault.view}`;

/** `to notarize block 5d…, on the parent of view 6`; to be put after "voted". */
export function faultVoteWords({ kind, parentView, blockId }: FaultVoteJson): string {
  return blockId === null
    ? `to ${kind} the view`
    : `to ${kind} block ${blockId}, on the parent of view ${parentView}`;
}
