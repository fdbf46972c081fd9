/**
 * Whom a Fault accuses, and whether it can be judged at a place in the chain.
 *
 * A vote's signer is a position in the validator set of the vote's epoch. A state knows two sets by their epoch, that
 * of the next block and the one before it: a Fault of any other epoch says nothing here.
 * @module
 */
import { fail, ok, type Result } from "../base/result.ts";
import { epochOf } from "./epochs.ts";
import { type Fault, isWellFormed } from "./fault.ts";
import type { Epoch, PublicKey } from "./ids.ts";
import { readParameters, readValidators, type StateReader } from "./state.ts";
import type { NamedFault } from "./transaction.ts";
import type { Validator } from "./validator-set.ts";
import { markVerified, type Verified } from "./verified.ts";

/** The validator sets that the next block can judge by. */
export interface KnownSets {
  /** Of the block. */
  readonly epoch: Epoch;
  /** Its validators. */
  readonly current: readonly Validator[];
  /** Those of the epoch before; empty in epoch 0. */
  readonly previous: readonly Validator[];
}

/** Who broke the rules, and when: what a Fault is remembered by. */
export interface Offence {
  readonly consensusKey: PublicKey;
  readonly epoch: Epoch;
}

/**
 * The sets for the block after the one at this height, given the state after that: if it is the last of its epoch, the
 * next block begins by handing over.
 */
export function setsAfter(height: number, state: StateReader): KnownSets {
  const { current: parameters } = readParameters(state);
  const { previous, current, next } = readValidators(state);
  const length = Number(parameters.epochLength);
  const following = epochOf(height + 1, length);
  return following === epochOf(height, length)
    ? { epoch: following, current, previous }
    : { epoch: following, current: next, previous: current };
}

/**
 * What the votes would prove if their signatures are good. `fault_invalid`: nothing, ever. `fault_epoch`: not here.
 */
export function offenceOf(
  fault: Fault,
  sets: KnownSets,
): Result<Offence, "fault_invalid" | "fault_epoch"> {
  if (!isWellFormed(fault)) return fail("fault_invalid");
  const { body, signer } = fault.first;
  const isPrevious = body.epoch + 1 === sets.epoch;
  if (!isPrevious && body.epoch !== sets.epoch) return fail("fault_epoch");
  const accused = (isPrevious ? sets.previous : sets.current)[signer];
  if (accused === undefined) return fail("fault_invalid");
  return ok({ consensusKey: accused.consensusKey, epoch: body.epoch });
}

/** Makes a Verified fault, given the results of its `faultChecks` under the key of its `offenceOf`, in their order. */
export function acceptCheckedFault(
  named: NamedFault,
  results: readonly boolean[],
): Verified<NamedFault> | undefined {
  const isGood = results.length === 2 && results.every((isValid) => isValid === true);
  return isGood ? markVerified(named) : undefined;
}
