/**
 * Care for peers: what a new link is told, and what a peer that stands behind us is sent.
 *
 * One lost certificate must never leave a node behind: whoever sees a peer in an earlier view, or without the newest
 * finalization, sends it what it lacks, once per interval.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Consensus } from "../consensus/consensus.ts";
import type { Signer } from "../crypto/ports.ts";
import type { Network, Peer } from "../network/network.ts";
import type { ChainId, NodeId, ValidatorIndex } from "../protocol/ids.ts";
import { voteBatchMax } from "../protocol/message.ts";
import type { ValidatorSet } from "../protocol/validator-set.ts";
import { type Certificate, signVote, type Vote } from "../protocol/vote.ts";

export interface PeerCareDependencies {
  readonly chainId: ChainId;
  readonly clock: Clock;
  readonly consensus: Consensus;
  readonly validators: ValidatorSet;
  readonly network: Network;
  readonly voter: { readonly signer: Signer; readonly position: ValidatorIndex } | undefined;
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
    const { consensus, validators } = this.#d;
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
    this.#helpedMs.set(peer.nodeId, nowMs);
    this.#sendBest(peer);
  }

  /** To be called regularly: looks at where all peers stand. */
  poke(): void {
    const { consensus, network } = this.#d;
    for (const peer of network.peers) {
      const { standing } = peer;
      if (standing.epoch !== consensus.epoch) continue;
      if (standing.view < consensus.view || standing.lastFinalView < consensus.lastFinalView) {
        this.behind(peer);
      }
    }
  }

  #ownVotes(): readonly Vote[] {
    const { voter, consensus, chainId } = this.#d;
    if (voter === undefined) return [];
    return consensus
      .ownVotesAbove(consensus.lastFinalView)
      .map((body) => signVote(body, { ...voter, chainId }));
  }

  #sendBest(peer: Peer): void {
    const { consensus, tipFinalization } = this.#d;
    const finalization = consensus.certificateFor(consensus.lastFinalView) ?? tipFinalization();
    const best = consensus.bestCertificate();
    if (finalization !== undefined && peer.standing.lastFinalView < consensus.lastFinalView) {
      peer.send({ kind: "certificate", certificate: finalization });
    }
    if (best !== undefined && best !== finalization) {
      peer.send({ kind: "certificate", certificate: best });
    }
  }
}
