/**
 * Trust: what a verifier believes before it is shown anything, and so what every proof has to begin from.
 *
 * It is the genesis, whose validators nobody has to prove, or a final block that was proven before and remembered.
 * @module
 */
import type { Hasher } from "../crypto/ports.ts";
import type { Checkpoint } from "../protocol/checkpoint.ts";
import { chainIdOf, type Genesis } from "../protocol/genesis.ts";
import { type BlockId, type ChainId, type Epoch, epoch, type Height } from "../protocol/ids.ts";
import type { Validator } from "../protocol/validator-set.ts";

export interface Trust {
  readonly chainId: ChainId;
  /** Where `validators` come from. */
  readonly since: "genesis" | "tip";
  /** Heights of an epoch; the genesis fixes it for ever. */
  readonly epochLength: number;
  /** The epoch that `validators` are of. Proofs begin from here: ask for them with `from` = this epoch. */
  readonly epoch: Epoch;
  readonly validators: readonly Validator[];
  /** A block that the history must have. Every proof must show it: ask for it with `known` = its height. */
  readonly checkpoint?: Checkpoint | undefined;
}

/** A proven block as it is remembered: `epoch` and `validators` are those of the certified header. */
export interface TrustedTip {
  readonly height: Height;
  readonly blockId: BlockId;
  readonly epoch: Epoch;
  readonly validators: readonly Validator[];
}

/** Trust in a genesis. `chainId` saves hashing it again; it must be the genesis's own. */
export function trustGenesis(
  hasher: Hasher,
  genesis: Genesis,
  chainId: ChainId = chainIdOf(hasher, genesis),
): Trust {
  const epochLength = Number(genesis.parameters.epochLength);
  return {
    chainId,
    since: "genesis",
    epochLength,
    epoch: epoch(0),
    validators: genesis.validators,
  };
}

/** The same network's trust, moved up to a block that was proven under it: that block is the checkpoint from then on. */
export function trustTip(trust: Trust, tip: TrustedTip): Trust {
  return {
    ...trust,
    since: "tip",
    epoch: tip.epoch,
    validators: tip.validators,
    checkpoint: { height: tip.height, blockId: tip.blockId },
  };
}
