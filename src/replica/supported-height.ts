/**
 * The height that the network is known to have reached: claimed, or exceeded, by more than f of its validators.
 *
 * A single peer may claim anything; what f + 1 validators claim, an honest one does. Where fewer than that are linked,
 * the most that a linked validator claims has to do. Claims of others than validators count for nothing.
 * @module
 */
import type { PublicKey } from "../protocol/ids.ts";
import { faultyMax, type ValidatorSet } from "../protocol/validator-set.ts";

export interface HeightClaim {
  /** The validator key that the peer has proven, if any. */
  readonly consensusKey: PublicKey | undefined;
  readonly standing: { readonly finalHeight: number };
}

export function supportedHeight(peers: readonly HeightClaim[], validators: ValidatorSet): number {
  const claims = peers
    .filter(({ consensusKey }) => consensusKey && validators.indexOf(consensusKey) !== undefined)
    .map(({ standing }) => standing.finalHeight)
    .toSorted((a, b) => b - a);
  return claims[faultyMax(validators.count)] ?? claims[0] ?? 0;
}
