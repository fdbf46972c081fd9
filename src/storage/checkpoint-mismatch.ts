/**
 * CheckpointMismatch: the history at hand is not the one that holds the block the operator vouches for.
 *
 * Quorums of keys that left long ago can sign another history, so a ledger that is fetched anew is held to one block
 * that somebody trusted has named. A node that meets another block at that height ends before it is stored.
 * @module
 */
import type { Checkpoint } from "../protocol/checkpoint.ts";
import type { BlockId } from "../protocol/ids.ts";

export class CheckpointMismatch extends Error {
  override readonly name = "CheckpointMismatch";
  readonly code = "checkpoint_mismatch";

  constructor(checkpoint: Checkpoint, found: BlockId) {
    super(mismatchText(checkpoint, found));
  }
}

export const mismatchText = ({ height, blockId }: Checkpoint, found: BlockId): string =>
  `block ${height} is ${found}, the checkpoint says ${blockId}`;

/** Whether a block cannot be part of a history that holds the checkpoint. */
export const contradicts = (
  checkpoint: Checkpoint | undefined,
  block: { readonly height: number; readonly id: BlockId },
): checkpoint is Checkpoint =>
  checkpoint !== undefined && checkpoint.height === block.height && checkpoint.blockId !== block.id;
