/**
 * Who is linked: every open link, ready or not, and the peers that are ready.
 *
 * Bounded by the network, which refuses links beyond its limits.
 * @module
 */
import type { NodeId } from "../protocol/ids.ts";
import type { LinkedPeer } from "./peer.ts";
import type { Link } from "./transport.ts";

export class PeerTable {
  readonly #linked = new Map<Link, LinkedPeer>();
  #ready: readonly LinkedPeer[] = [];

  /** In the order in which they became ready. The array is replaced when it changes, never altered. */
  get ready(): readonly LinkedPeer[] {
    return this.#ready;
  }

  /** All of them, as they are now. */
  all(): readonly LinkedPeer[] {
    return [...this.#linked.values()];
  }

  get(link: Link): LinkedPeer | undefined {
    return this.#linked.get(link);
  }

  add(peer: LinkedPeer): void {
    this.#linked.set(peer.link, peer);
  }

  addReady(peer: LinkedPeer): void {
    this.#ready = [...this.#ready, peer];
  }

  delete(peer: LinkedPeer): void {
    this.#linked.delete(peer.link);
    this.#ready = this.#ready.filter((other) => other !== peer);
  }

  readyOf(nodeId: NodeId): LinkedPeer | undefined {
    return this.#ready.find((peer) => peer.nodeId === nodeId);
  }

  linksOf(nodeId: NodeId): readonly LinkedPeer[] {
    return this.all().filter((peer) => peer.nodeId === nodeId);
  }

  isLinked(nodeId: NodeId): boolean {
    return this.linksOf(nodeId).length > 0;
  }

  count(direction: { readonly outbound: boolean }): number {
    let count = 0;
    for (const { outbound } of this.#linked.values())
      if (outbound === direction.outbound) count += 1;
    return count;
  }
}
