/**
 * Votes, proposals and certificates of the next epoch that come before its boundary is final here.
 *
 * Validators do not cross a boundary at the same moment. Without this, whoever crosses first would speak to nobody,
 * and the epoch would begin with the time-out after which votes are repeated. Nothing in them is verified yet, so they
 * are few for each peer, and the oldest stay: of one peer's messages the first are the ones that begin the epoch.
 * @module
 */
import type { Peer } from "../network/network.ts";
import type { NodeId } from "../protocol/ids.ts";
import type { Message } from "../protocol/message.ts";

export const earlyOfPeerMax = 12;
export const earlyMax = 512;

export interface EarlyMessage {
  readonly peer: Peer;
  readonly message: Message;
}

export class EarlyMessages {
  #messages: EarlyMessage[] = [];
  readonly #counts = new Map<NodeId, number>();

  get size(): number {
    return this.#messages.length;
  }

  keep(peer: Peer, message: Message): void {
    if (this.#messages.at(-1)?.message === message) return; // Kept for another of its votes.
    const count = this.#counts.get(peer.nodeId) ?? 0;
    if (count >= earlyOfPeerMax || this.#messages.length >= earlyMax) return;
    this.#counts.set(peer.nodeId, count + 1);
    this.#messages.push({ peer, message });
  }

  /** All of them, in the order in which they came; none is kept. */
  take(): readonly EarlyMessage[] {
    const messages = this.#messages;
    this.#messages = [];
    this.#counts.clear();
    return messages;
  }
}
