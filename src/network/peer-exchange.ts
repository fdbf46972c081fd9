/**
 * Peer exchange: who else is there? Asked once of each peer that we dialled; answered now and then.
 *
 * Addresses are told only of nodes that we are linked to, and learned only when we asked: what a stranger says
 * unasked costs it, and moves nothing.
 * @module
 */
import type { NodeId } from "../protocol/ids.ts";
import { type PeerAddress, type Peers, peerAddressesMax } from "../protocol/message.ts";
import { normalAddress } from "./address.ts";
import type { AddressBook } from "./address-book.ts";
import type { Peer } from "./peer.ts";

/** What an answer that nobody asked for costs. */
const unaskedCost = 20;

export interface PeerExchangeDependencies {
  readonly book: AddressBook;
  readonly peers: () => readonly Peer[];
  /** An address was learned. */
  readonly learned: () => void;
  readonly cost: (peer: Peer, points: number) => void;
}

export class PeerExchange {
  readonly #d: PeerExchangeDependencies;
  readonly #asked = new Set<NodeId>();

  constructor(dependencies: PeerExchangeDependencies) {
    this.#d = dependencies;
  }

  joined(peer: Peer): void {
    const { listenAddress } = peer.hello;
    if (listenAddress !== undefined && !peer.outbound) {
      this.#learn(listenAddress, peer.nodeId, peer.nodeId);
    }
    if (!peer.outbound) return;
    this.#asked.add(peer.nodeId);
    peer.send({ kind: "peers-request" });
  }

  left(peer: Peer): void {
    this.#asked.delete(peer.nodeId);
  }

  /** Answers with where others are reached: what we dialled, or what they say of themselves. */
  answer(peer: Peer): void {
    const peers: PeerAddress[] = [];
    for (const other of this.#d.peers()) {
      if (other === peer || peers.length === peerAddressesMax) continue;
      const told = other.outbound ? other.address : other.hello.listenAddress;
      const address = told === undefined ? undefined : normalAddress(told);
      if (address !== undefined) peers.push({ nodeId: other.nodeId, address });
    }
    peer.send({ kind: "peers", peers });
  }

  learn(peer: Peer, message: Peers): void {
    if (!this.#asked.delete(peer.nodeId)) {
      this.#d.cost(peer, unaskedCost);
      return;
    }
    for (const { address, nodeId } of message.peers) this.#learn(address, nodeId, peer.nodeId);
  }

  #learn(address: string, nodeId: NodeId, source: NodeId): void {
    if (this.#d.book.learn(address, nodeId, source)) this.#d.learned();
  }
}
