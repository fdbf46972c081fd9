/**
 * Care for peers: what a new link is told, and what a peer that stands behind us is sent.
 *
 * One lost certificate must never leave a node behind: whoever sees a peer in an earlier view, or without the newest
 * finalization, sends it what it lacks, once per interval. A peer in an earlier epoch lacks what ended that epoch.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Network, Peer } from "../network/network.ts";
import { epochOf } from "../protocol/epochs.ts";
import { type ChainId, type Epoch, epoch, type NodeId } from "../protocol/ids.ts";
import { voteBatchMax } from "../protocol/message.ts";
import { type Certificate, signVote, type Vote } from "../protocol/vote.ts";
import type { Epochs } from "./epochs.ts";

export interface PeerCareDependencies {
  readonly chainId: ChainId;
  readonly clock: Clock;
  readonly epochs: Epochs;
  readonly network: Network;
  /** The stored finalization of an earlier epoch's last block, which ends that epoch for whoever is still in it. */
  readonly endOf: (epoch: Epoch) => Certificate | undefined;
  /** The stored finalization of the final tip: what helps when consensus holds none yet. */
  readonly tipFinalization: () => Certificate | undefined;
  readonly retryIntervalMs: number;
}

export class PeerCare {
  readonly #d: PeerCareDependencies;
  readonly #helpedMs = new Map<NodeId, number>();

  constructor(dependencies: PeerCareDependencies) {
    this.#d = dependencies;
  }

  /** On a new link: our votes, our best certificate, and the votes of the peer's own key that we hold. */
  joined(peer: Peer): void {
    const { consensus, validators } = this.#d.epochs;
    const votes: Vote[] = [...this.#ownVotes()];
    const position = peer.consensusKey && validators.indexOf(peer.consensusKey);
    if (position !== undefined) votes.push(...consensus.votesOf(position));
    const newest = votes.slice(-voteBatchMax);
    if (newest.length > 0) peer.send({ kind: "votes", votes: newest });
    this.#sendBest(peer);
  }

  left(peer: Peer): void {
    this.#helpedMs.delete(peer.nodeId);
  }

  /** The peer is behind us, by its own word or by its votes. */
  behind(peer: Peer): void {
    const nowMs = this.#d.clock.monotonicMs();
    const helpedMs = this.#helpedMs.get(peer.nodeId);
    if (helpedMs !== undefined && nowMs - helpedMs < this.#d.retryIntervalMs) return;
    if (this.#sendBest(peer)) this.#helpedMs.set(peer.nodeId, nowMs);
  }

  /** To be called regularly: looks at where all peers stand. */
  poke(): void {
    const { epochs, network } = this.#d;
    const { consensus } = epochs;
    for (const peer of network.peers) {
      const { standing } = peer;
      const of = this.#epochOf(peer);
      if (of < epochs.epoch) this.behind(peer);
      if (of !== epochs.epoch) continue;
      if (standing.view < consensus.view || standing.lastFinalView < consensus.lastFinalView) {
        this.behind(peer);
      }
    }
  }

  /** Its Hello names only a height; its first Ping names the epoch. */
  #epochOf({ standing }: Peer): Epoch {
    const { boundaryHeight, lastHeight } = this.#d.epochs.facts;
    const reached = epochOf(standing.finalHeight + 1, lastHeight - boundaryHeight);
    return epoch(Math.max(standing.epoch, reached));
  }

  #ownVotes(): readonly Vote[] {
    const { epochs, chainId } = this.#d;
    const { consensus, identity, self } = epochs;
    if (identity === undefined || self === undefined) return [];
    const { signer } = identity;
    return consensus
      .ownVotesAbove(consensus.lastFinalView)
      .map((body) => signVote(body, { signer, position: self, chainId }));
  }

  /** Returns whether there was anything to send. */
  #sendBest(peer: Peer): boolean {
    const { epochs, endOf, tipFinalization } = this.#d;
    const of = this.#epochOf(peer);
    if (of < epochs.epoch) {
      const end = endOf(of); // Undefined for a moment: it is final, and not yet durable.
      if (end !== undefined) peer.send({ kind: "certificate", certificate: end });
      return end !== undefined;
    }
    if (of > epochs.epoch) return false; // It is we who are behind.
    const { consensus } = epochs;
    const finalization = consensus.certificateFor(consensus.lastFinalView) ?? tipFinalization();
    const best = consensus.bestCertificate();
    if (finalization !== undefined && peer.standing.lastFinalView < consensus.lastFinalView) {
      peer.send({ kind: "certificate", certificate: finalization });
    }
    if (best !== undefined && best !== finalization) {
      peer.send({ kind: "certificate", certificate: best });
    }
    return true;
  }
}
