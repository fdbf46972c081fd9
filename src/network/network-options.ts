/**
 * What the network is given and what it tells: the options, the dependencies and the events of network.ts.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Hasher, Signer, Verifier } from "../crypto/ports.ts";
import type { ChainId, NodeId } from "../protocol/ids.ts";
import type { Message, Standing } from "../protocol/message.ts";
import type { NetworkLimits } from "./limits.ts";
import type { Peer } from "./peer.ts";
import type { Transport } from "./transport.ts";

export interface NetworkOptions {
  readonly chainId: ChainId;
  readonly nodeId: NodeId;
  /** Name and version of the program, for people. */
  readonly agent: string;
  /** `host:port` that others may dial. */
  readonly listenAddress?: string | undefined;
  /** Links to these are kept for ever: validators' endpoints and `--peer`. Empty ones are skipped. */
  readonly addresses: readonly string[];
  /** Other limits than the usual ones: for tests. */
  readonly limits?: NetworkLimits | undefined;
  /** The validator's key, to prove that we hold it. */
  readonly consensusSigner?: Signer | undefined;
  /** Local networks only: peers may tell of addresses of this machine and of private networks. */
  readonly loopbackExempt?: boolean | undefined;
}

export interface NetworkDependencies {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly verifier: Verifier;
  readonly log: Log;
  /** 0 ≤ x < 1, for jitter and fan-out. */
  readonly random: () => number;
  /** Where this node stands now: told in Hello, Ping and Pong. */
  readonly standing: () => Standing;
}

export interface NetworkEvents {
  joined(peer: Peer): void;
  left(peer: Peer): void;
  /** Within its limits and decoded; nothing in it is verified. `bytes` is the size of its frame. */
  received(peer: Peer, message: Message, bytes: number): void;
  /** Who answers at this address refused us: something else with our node key is linked there. A claim, no proof. */
  duplicated(address: string): void;
}
