/**
 * Passes certificates on to whoever seems to lack them, and to nobody else.
 *
 * Votes go to everyone, so normally every validator makes each certificate itself; sending all of them to all would be
 * most of the bytes of a large network (each is as long as the set). So a certificate waits until the peers had the
 * time to show that they are past it: by a vote, by a ping, by sending it themselves. Whoever has shown nothing by then
 * is sent it. What a peer still lacks is healed by its next ping (peer-care.ts), and what does not move a view within
 * `retryIntervalMs` is sent to all without asking.
 * @module
 */
import type { Cancel, Clock } from "../base/clock.ts";
import type { Network, Peer } from "../network/network.ts";
import type { NodeId } from "../protocol/ids.ts";
import type { Verified } from "../protocol/verified.ts";
import { type Certificate, type VoteBody, voteSubject } from "../protocol/vote.ts";
import type { Epochs } from "./epochs.ts";

/** What a peer takes to vote once it has a certificate, apart from the link: a sync of its journal, mostly. */
const ownTimeMs = 15;
const waitMsMax = 300;
/** Beyond this many, the oldest is sent at once. */
export const spreadingMax = 64;

interface Spreading {
  readonly certificate: Verified<Certificate>;
  readonly dueMs: number;
}

export class CertificateSpread {
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #epochs: Epochs;
  #waiting: Spreading[] = [];
  /** Who sent us a certificate that still waits. */
  readonly #senders = new Map<string, Set<NodeId>>();
  #timer: Cancel | undefined;

  constructor(dependencies: {
    readonly network: Network;
    readonly clock: Clock;
    readonly epochs: Epochs;
  }) {
    this.#network = dependencies.network;
    this.#clock = dependencies.clock;
    this.#epochs = dependencies.epochs;
  }

  get size(): number {
    return this.#waiting.length;
  }

  send(certificate: Verified<Certificate>): void {
    const latencies = this.#network.peers.map(({ latencyMs }) => latencyMs ?? 0);
    const waitMs = Math.min(waitMsMax, ownTimeMs + Math.max(0, ...latencies));
    this.#waiting.push({ certificate, dueMs: this.#clock.monotonicMs() + waitMs });
    if (this.#waiting.length > spreadingMax) this.#sendFirst();
    this.#setTimer();
  }

  /** A peer has sent it: it needs nothing. Only of certificates that are new or wait here. */
  cameFrom(peer: Peer, subject: VoteBody): void {
    const isWanted = this.#epochs.consensus.wantsCertificate(subject);
    const isWaiting = (): boolean =>
      this.#waiting.some(({ certificate }) => sameView(certificate.subject, subject));
    if (subject.epoch !== this.#epochs.epoch || !(isWanted || isWaiting())) return;
    const name = voteSubject(subject);
    const senders = this.#senders.get(name) ?? new Set();
    senders.add(peer.nodeId);
    if (this.#senders.size < 2 * spreadingMax) this.#senders.set(name, senders);
  }

  /** Sends all that wait: the epoch is over. */
  flush(): void {
    while (this.#waiting.length > 0) this.#sendFirst();
    this.#senders.clear();
  }

  stop(): void {
    this.#timer?.();
    this.#waiting = [];
  }

  #setTimer(): void {
    const [first] = this.#waiting;
    if (this.#timer !== undefined || first === undefined) return;
    const delayMs = Math.max(0, first.dueMs - this.#clock.monotonicMs());
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = undefined;
      const nowMs = this.#clock.monotonicMs();
      while ((this.#waiting[0]?.dueMs ?? nowMs + 1) <= nowMs) this.#sendFirst();
      this.#setTimer();
    });
  }

  #sendFirst(): void {
    const first = this.#waiting.shift();
    if (first === undefined) return;
    const { certificate } = first;
    const senders = this.#senders.get(voteSubject(certificate.subject));
    this.#senders.delete(voteSubject(certificate.subject));
    for (const peer of this.#network.peers) {
      if (senders?.has(peer.nodeId) === true || this.#hasPassed(peer, certificate.subject))
        continue;
      peer.send({ kind: "certificate", certificate });
    }
    if (this.#waiting.length === 0) this.#senders.clear();
  }

  /** Whether the peer has shown that this certificate would bring it nothing, or that it can make it itself. */
  #hasPassed(peer: Peer, subject: VoteBody): boolean {
    const { consensus, validators, epoch } = this.#epochs;
    const { standing, consensusKey } = peer;
    if (subject.epoch < epoch) return standing.epoch > subject.epoch;
    if (standing.epoch === epoch && standing.lastFinalView >= subject.view) return true;
    const position = consensusKey && validators.indexOf(consensusKey);
    if (position === undefined) return false;
    // It has voted to finalize: it holds the notarization, and hears the other finalize votes as we do.
    if (subject.kind !== "nullify" && consensus.hasFinalized(position, subject.view)) return true;
    return subject.kind !== "finalize" && consensus.lastVoteView(position) > subject.view;
  }
}

const sameView = (a: VoteBody, b: VoteBody): boolean => a.kind === b.kind && a.view === b.view;
