/**
 * What is fixed for an epoch before its first vote: its heights, its boundary block, its validators.
 *
 * All of it follows from the final tip: the epoch is that of the block after it. While the tip is the last block of an
 * epoch, the set of the next one is still `next` in the state; its first block makes it `current`.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { Header } from "../protocol/block.ts";
import { boundaryHeight, epochOf, lastHeight } from "../protocol/epochs.ts";
import { type BlockId, type Epoch, type Height, height } from "../protocol/ids.ts";
import { readParameters, readValidators, type StateReader } from "../protocol/state.ts";
import { ValidatorSet } from "../protocol/validator-set.ts";

export interface EpochFacts {
  readonly epoch: Epoch;
  /** The block at view 0: the last of the epoch before, or the genesis. */
  readonly boundary: BlockId;
  readonly boundaryHeight: Height;
  /** Height of the epoch's last block. */
  readonly lastHeight: Height;
  readonly validators: ValidatorSet;
  /** The protocol version that its blocks must have. */
  readonly protocolVersion: number;
}

/** The epoch of the next block. `boundaryOf` is asked when the tip is above the boundary. */
export function epochFacts(
  hasher: Hasher,
  tip: { readonly id: BlockId; readonly header: Header; readonly state: StateReader },
  boundaryOf: (epoch: Epoch) => BlockId | undefined,
): EpochFacts {
  const parameters = readParameters(tip.state);
  const length = Number(parameters.current.epochLength);
  const epoch = epochOf(height(tip.header.height + 1), length);
  const at = boundaryHeight(epoch, length);
  const isAtBoundary = tip.header.height === at;
  const boundary = isAtBoundary ? tip.id : boundaryOf(epoch);
  assert(boundary !== undefined, "the boundary below the tip is final");
  const entry = readValidators(tip.state);
  const validators = isAtBoundary ? entry.next : entry.current;
  return {
    epoch,
    boundary,
    boundaryHeight: at,
    lastHeight: lastHeight(epoch, length),
    validators: new ValidatorSet({ hasher, validators, epoch, boundary }),
    protocolVersion: Number((isAtBoundary ? parameters.next : parameters.current).protocolVersion),
  };
}
