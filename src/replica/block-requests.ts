/**
 * Asks peers for block bytes, one peer at a time, until somebody has them or nobody wants them any more.
 *
 * What a leader announces is a compact block: what the pool lacks is asked for by index from whoever announced it, then
 * the whole block from anyone. An answer "I do not have it" is nobody's fault: the next peer is asked.
 * @module
 */
import type { Cancel, Clock } from "../base/clock.ts";
import type { Network, Peer } from "../network/network.ts";
import type { BlockId, NodeId } from "../protocol/ids.ts";

/** How long one peer may take before the next is asked. */
const answerTimeoutMs = 700;
/** After all peers were asked in vain. */
const pauseMs = 300;
const blockRequestsMax = 256;

interface Request {
  readonly blockId: BlockId;
  /** Indexes to ask for from the first peer; undefined asks for the whole block. */
  indexes: readonly number[] | undefined;
  first: NodeId | undefined;
  readonly asked: Set<NodeId>;
  asking: NodeId | undefined;
  cancel: Cancel | undefined;
}

export class BlockRequests {
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #requests = new Map<BlockId, Request>();

  constructor(dependencies: { readonly network: Network; readonly clock: Clock }) {
    this.#network = dependencies.network;
    this.#clock = dependencies.clock;
  }

  get size(): number {
    return this.#requests.size;
  }

  /** Starts asking, or goes on; `indexes` and `first` only matter to a new request. */
  want(
    blockId: BlockId,
    hint: { readonly first?: NodeId | undefined; readonly indexes?: readonly number[] | undefined },
  ): void {
    if (this.#requests.has(blockId) || this.#requests.size >= blockRequestsMax) return;
    const request: Request = {
      blockId,
      indexes: hint.first === undefined ? undefined : hint.indexes,
      first: hint.first,
      asked: new Set(),
      asking: undefined,
      cancel: undefined,
    };
    this.#requests.set(blockId, request);
    this.#ask(request);
  }

  wants(blockId: BlockId): boolean {
    return this.#requests.has(blockId);
  }

  /** The block is here, or not wanted any more. */
  done(blockId: BlockId): void {
    this.#requests.get(blockId)?.cancel?.();
    this.#requests.delete(blockId);
  }

  /** This peer could not help: ask the next one at once. */
  failed(blockId: BlockId, peer: NodeId): void {
    const request = this.#requests.get(blockId);
    if (request === undefined || request.asking !== peer) return;
    request.cancel?.();
    request.indexes = undefined;
    this.#ask(request);
  }

  /** A peer came or went: whoever waited for one may ask now. */
  peersChanged(): void {
    for (const request of this.#requests.values()) {
      if (request.asking === undefined) this.#askAfter(request, 0);
    }
  }

  stop(): void {
    for (const request of this.#requests.values()) request.cancel?.();
    this.#requests.clear();
  }

  #ask(request: Request): void {
    const peer = this.#nextPeer(request);
    if (peer === undefined) {
      request.asking = undefined;
      request.asked.clear();
      this.#askAfter(request, pauseMs);
      return;
    }
    request.asking = peer.nodeId;
    if (request.indexes !== undefined) {
      // The same peer may be asked for the whole block next.
      peer.send({
        kind: "block-transactions-request",
        blockId: request.blockId,
        indexes: request.indexes,
      });
      request.indexes = undefined;
    } else {
      request.asked.add(peer.nodeId);
      request.first = undefined;
      peer.send({ kind: "block-request", blockId: request.blockId });
    }
    this.#askAfter(request, answerTimeoutMs);
  }

  #nextPeer(request: Request): Peer | undefined {
    const peers = this.#network.peers;
    if (request.first !== undefined) {
      const first = peers.find(({ nodeId }) => nodeId === request.first);
      if (first !== undefined) return first;
      request.indexes = undefined;
      request.first = undefined;
    }
    return peers.find(({ nodeId }) => !request.asked.has(nodeId));
  }

  #askAfter(request: Request, delayMs: number): void {
    request.cancel?.();
    request.cancel = this.#clock.after(delayMs, () => {
      if (this.#requests.get(request.blockId) === request) this.#ask(request);
    });
  }
}
