/**
 * Who a message for validators goes to: all validators that we are linked to, and a few others, so that observers
 * follow without a flood.
 * @module
 */
import type { PublicKey } from "../protocol/ids.ts";
import type { Peer } from "./peer.ts";

export function recipients<AnyPeer extends Peer>(
  peers: readonly AnyPeer[],
  choice: {
    readonly validators: ReadonlySet<PublicKey>;
    /** Whom we have it from. */
    readonly except: Peer | undefined;
    /** How many that are not validators. */
    readonly othersMax: number;
    /** 0 ≤ x < 1: where among the others to begin. */
    readonly random: number;
  },
): readonly AnyPeer[] {
  const wanted = peers.filter((peer) => peer !== choice.except);
  const votes = ({ consensusKey }: Peer): boolean =>
    consensusKey !== undefined && choice.validators.has(consensusKey);
  const validators = wanted.filter(votes);
  const others = wanted.filter((peer) => !votes(peer));
  const start = Math.floor(choice.random * others.length);
  const some = [...others.slice(start), ...others.slice(0, start)].slice(0, choice.othersMax);
  return [...validators, ...some];
}
