/**
 * Epochs: which heights share one validator set and one set of parameters.
 *
 * Epoch e = heights e·L + 1 to (e + 1)·L, where L is the parameter epochLength. The block at height e·L is the epoch's
 * boundary: it stands at view 0 of it. The genesis, at height 0, is the boundary of epoch 0 and belongs to it.
 * @module
 */
import { assert } from "../base/assert.ts";
import { type Epoch, epoch, type Height, height } from "./ids.ts";

/** The epoch of the block at this height. */
export function epochOf(at: number, epochLength: number): Epoch {
  assert(epochLength > 0, "an epoch has heights");
  return epoch(at === 0 ? 0 : Math.floor((at - 1) / epochLength));
}

/** Height of the block at view 0 of the epoch: the last one of the epoch before, or the genesis. */
export function boundaryHeight(of: number, epochLength: number): Height {
  return height(of * epochLength);
}

/** Height of the epoch's last block. */
export function lastHeight(of: number, epochLength: number): Height {
  return height((of + 1) * epochLength);
}

/** Whether the block at this height ends its epoch: only the next epoch's boundary can follow it. */
export function isLastOfEpoch(at: number, epochLength: number): boolean {
  return at > 0 && at % epochLength === 0;
}

/**
 * Whether the block at this height begins an epoch by taking over what the one before decided. The genesis sets epoch 0
 * up, so no block does that for it.
 */
export function isHandOver(at: number, epochLength: number): boolean {
  return at > 1 && (at - 1) % epochLength === 0;
}

/** Height of the block after which the epoch's votes are counted: a tenth of the epoch before its end. */
export function countingHeight(of: number, epochLength: number): Height {
  return height((of + 1) * epochLength - Math.floor(epochLength / 10));
}
