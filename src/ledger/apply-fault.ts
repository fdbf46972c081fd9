/**
 * Fault: two conflicting votes of one validator become an entry of the state. What follows from it is the epoch's to
 * decide (the key is left out of the next set that is counted).
 *
 * A block is executed by everyone, so this is where the votes' signatures are checked: the keys that they must verify
 * under are in the state that it stands on, not in the Fault.
 * @module
 */
import { fromHex } from "../base/bytes.ts";
import { encode } from "../codec/codec.ts";
import type { Verifier } from "../crypto/ports.ts";
import { type Fault, faultChecks } from "../protocol/fault.ts";
import { offenceOf } from "../protocol/fault-rules.ts";
import { type ChainId, type Epoch, type Height, heightCodec } from "../protocol/ids.ts";
import { faultKey, readValidators } from "../protocol/state.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import type { WorkingState } from "./working-state.ts";

/** Where the block stands that holds it. */
export interface FaultPlace {
  readonly verifier: Verifier;
  readonly chainId: ChainId;
  readonly epoch: Epoch;
  readonly height: Height;
}

/** Applies it to the running transaction, or says why not. The epoch's hand-over has been done. */
export function applyFault(
  state: WorkingState,
  fault: Fault,
  { verifier, chainId, epoch, height }: FaultPlace,
): TransactionErrorCode | undefined {
  const { current, previous } = readValidators(state.entries);
  const offence = offenceOf(fault, { epoch, current, previous });
  if (!offence.ok) return offence.reason;
  const { consensusKey } = offence.value;
  const key = faultKey(consensusKey, offence.value.epoch);
  if (state.entry(key) !== undefined) return "fault_known";
  for (const check of faultChecks(chainId, fault, fromHex(consensusKey))) {
    if (!verifier.verify(check.signature, check.message, check.publicKey)) return "fault_invalid";
  }
  state.setEntry(key, encode(heightCodec, height));
  return undefined;
}
