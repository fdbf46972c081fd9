/**
 * Gossip of transactions between the pool and the peers.
 *
 * Everything goes by content hash, and the seen-before check comes before anything else. Upon …
 *
 * - Transactions: what was not seen lately is handed on for checking; nothing is passed on before it was admitted.
 * - admitted, from a client: pushed in a batch, a few milliseconds later, to the peers that do not have it.
 * - admitted, from a peer: that peer pushes it to the others itself, so they are only told of it, and only if it is
 *   still not final a little later: under load nearly every transaction crosses each link once.
 * - joined: the new peer is told what the pool holds.
 * - every few seconds: what is still not final is announced again, ever more seldom.
 * - TransactionsAnnounce: what the pool lacks is asked for. TransactionsRequest: answered from the pool.
 * @module
 */
import { BoundedMap } from "../base/bounded-map.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import { RecentMap } from "../base/recent-map.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { ContentHash } from "../protocol/ids.ts";
import {
  announcedHashesMax,
  type Transactions,
  type TransactionsAnnounce,
  type TransactionsRequest,
} from "../protocol/message.ts";
import { contentHashOf } from "../protocol/transaction.ts";
import { encodeFrame } from "./frames.ts";
import { type GossipLimits, gossipLimits } from "./limits.ts";
import type { Peer } from "./peer.ts";
import { transactionBatches } from "./transaction-batches.ts";
import { WantedTransactions } from "./wanted-transactions.ts";

/** The pool, as gossip sees it. */
export interface GossipPool {
  has(hash: ContentHash): boolean;
  bytesOf(hash: ContentHash): Uint8Array | undefined;
  /** At most so many, those that should be known first at the front. */
  hashes(limit: number): readonly ContentHash[];
}

/** The network, as gossip sees it. */
export interface GossipNetwork {
  readonly peers: readonly Peer[];
}

export type GossipMessage = Transactions | TransactionsAnnounce | TransactionsRequest;

export interface GossipOptions {
  readonly pool: GossipPool;
  /** Takes transactions not seen lately, unchecked, with their content hashes. */
  readonly receive: (
    peer: Peer,
    transactions: readonly Uint8Array[],
    hashes: readonly ContentHash[],
  ) => void;
  readonly limits?: GossipLimits | undefined;
}

export interface GossipDependencies {
  readonly network: GossipNetwork;
  readonly clock: Clock;
  readonly hasher: Hasher;
}

interface Tracked {
  /** When it is announced next, and how long the wait after that is. */
  dueMs: number;
  waitMs: number;
}

export class TransactionGossip {
  readonly #limits: GossipLimits;
  readonly #pool: GossipPool;
  readonly #receive: GossipOptions["receive"];
  readonly #d: GossipDependencies;
  /** Handed on, and when: by content hash, so that a bad copy never hides the good one. */
  readonly #seen: RecentMap<ContentHash, number>;
  readonly #tracked: BoundedMap<ContentHash, Tracked>;
  readonly #wanted: WantedTransactions;
  /** What each peer has, as far as we know. */
  readonly #known = new Map<Peer, RecentMap<ContentHash, true>>();
  #fresh: ContentHash[] = [];
  #relayed: ContentHash[] = [];
  #duplicates = 0;
  #pushedMs: number = Number.NEGATIVE_INFINITY;
  readonly #timers = new Map<"push" | "relay" | "again", Cancel>();

  constructor(options: GossipOptions, dependencies: GossipDependencies) {
    const limits = options.limits ?? gossipLimits;
    this.#limits = limits;
    this.#pool = options.pool;
    this.#receive = options.receive;
    this.#d = dependencies;
    this.#seen = new RecentMap({ entriesMax: limits.seenMax });
    this.#tracked = new BoundedMap({ entriesMax: limits.trackedMax });
    this.#wanted = new WantedTransactions(limits, { clock: dependencies.clock });
  }

  /** Transactions received that were seen before. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** The pool has taken it, from a client or from a peer. */
  admitted(hash: ContentHash): void {
    const { gatherMs, relayAfterMs, announceAgainMs, trackedMax } = this.#limits;
    const nowMs = this.#d.clock.monotonicMs();
    this.#wanted.arrived(hash);
    this.#tracked.set(hash, { dueMs: nowMs + announceAgainMs, waitMs: 2 * announceAgainMs });
    this.#watch();
    const fromPeer = this.#seen.has(hash);
    const queue = fromPeer ? this.#relayed : this.#fresh;
    if (queue.length >= trackedMax) return; // It is announced again soon enough.
    queue.push(hash);
    if (fromPeer) this.#once("relay", relayAfterMs, () => this.#relay());
    else {
      // The first after a pause does not wait for company; what comes with it in one call goes with it.
      const isPaused = nowMs - this.#pushedMs >= gatherMs;
      this.#once("push", isPaused ? 0 : gatherMs, () => this.#push());
    }
  }

  joined(peer: Peer): void {
    const { knownPerPeerMax } = this.#limits;
    this.#known.set(peer, new RecentMap({ entriesMax: knownPerPeerMax }));
    this.#announce([peer], this.#pool.hashes(announcedHashesMax));
  }

  left(peer: Peer): void {
    this.#known.delete(peer);
    this.#wanted.left(peer);
  }

  received(peer: Peer, message: GossipMessage): void {
    if (!this.#known.has(peer)) return;
    if (message.kind === "transactions") this.#take(peer, message.transactions);
    else if (message.kind === "transactions-announce") this.#told(peer, message.hashes);
    else this.#answer(peer, message.hashes);
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#wanted.stop();
    this.#known.clear();
  }

  #take(peer: Peer, transactions: readonly Uint8Array[]): void {
    const fresh: Uint8Array[] = [];
    const hashes: ContentHash[] = [];
    const nowMs = this.#d.clock.monotonicMs();
    for (const bytes of transactions) {
      const hash = contentHashOf(this.#d.hasher, bytes);
      this.#note(peer, hash);
      this.#wanted.arrived(hash);
      if (this.#wasSeen(hash, nowMs) || this.#pool.has(hash)) {
        this.#duplicates += 1;
        continue;
      }
      this.#seen.set(hash, nowMs);
      fresh.push(bytes);
      hashes.push(hash);
    }
    if (fresh.length > 0) this.#receive(peer, fresh, hashes);
  }

  #told(peer: Peer, hashes: readonly ContentHash[]): void {
    const nowMs = this.#d.clock.monotonicMs();
    for (const hash of hashes) this.#note(peer, hash);
    const lacking = hashes.filter((hash) => !this.#wasSeen(hash, nowMs) && !this.#pool.has(hash));
    if (lacking.length > 0) this.#wanted.announced(peer, lacking);
  }

  #answer(peer: Peer, hashes: readonly ContentHash[]): void {
    const { answerBytesMax } = this.#limits;
    const answer: ContentHash[] = [];
    let bytes = 0;
    for (const hash of hashes) {
      bytes += this.#pool.bytesOf(hash)?.length ?? 0;
      if (bytes > answerBytesMax) break;
      answer.push(hash);
    }
    this.#send([peer], answer);
  }

  /** What clients gave us goes out in full. */
  #push(): void {
    this.#pushedMs = this.#d.clock.monotonicMs();
    const hashes = this.#fresh;
    this.#fresh = [];
    const { pushAllPeersMax, pushPeers } = this.#limits;
    const all = this.#d.network.peers.length <= pushAllPeersMax;
    this.#spread(hashes, all ? pushAllPeersMax : pushPeers);
  }

  /** What peers gave us is told to those who have not shown by now that they have it. */
  #relay(): void {
    const hashes = this.#relayed;
    this.#relayed = [];
    const { pushAllPeersMax, relayPushPeers } = this.#limits;
    const all = this.#d.network.peers.length <= pushAllPeersMax;
    this.#spread(hashes, all ? 0 : relayPushPeers);
  }

  /** Pushes to so many of the peers that lack them, and announces to the rest. */
  #spread(hashes: readonly ContentHash[], pushedMax: number): void {
    const waiting = hashes.filter((hash) => this.#pool.has(hash));
    const groups = this.#groupsLacking(waiting);
    let left = pushedMax;
    for (const { peers, lacking } of groups) {
      this.#send(peers.slice(0, left), lacking);
      this.#announce(peers.slice(left), lacking);
      left = Math.max(0, left - peers.length);
    }
  }

  /** Peers that lack the same of these, together: what they are sent is encoded once. */
  #groupsLacking(
    hashes: readonly ContentHash[],
  ): readonly { readonly peers: readonly Peer[]; readonly lacking: readonly ContentHash[] }[] {
    const whole: Peer[] = [];
    const groups: { peers: Peer[]; lacking: readonly ContentHash[] }[] = [];
    for (const peer of this.#inOrder(hashes)) {
      const lacking = hashes.filter((hash) => this.#known.get(peer)?.has(hash) !== true);
      if (lacking.length === hashes.length) whole.push(peer);
      else groups.push({ peers: [peer], lacking });
    }
    return [{ peers: whole, lacking: hashes }, ...groups];
  }

  /** Another batch begins with another peer, so that pushes to a few reach everyone in turn. */
  #inOrder([first = ""]: readonly string[]): readonly Peer[] {
    const peers = this.#d.network.peers.filter((peer) => this.#known.has(peer));
    const start = Number.parseInt(first.slice(0, 8) || "0", 16) % Math.max(1, peers.length);
    return [...peers.slice(start), ...peers.slice(0, start)];
  }

  #announceAgain(): void {
    const { announceAgainMsMax } = this.#limits;
    const nowMs = this.#d.clock.monotonicMs();
    const due: ContentHash[] = [];
    for (const [hash, tracked] of [...this.#tracked.entries()]) {
      if (!this.#pool.has(hash)) {
        this.#tracked.delete(hash);
      } else if (tracked.dueMs <= nowMs && due.length < announcedHashesMax) {
        tracked.dueMs = nowMs + tracked.waitMs;
        tracked.waitMs = Math.min(announceAgainMsMax, 2 * tracked.waitMs);
        due.push(hash);
      }
    }
    this.#announce(this.#d.network.peers, due);
    if (this.#tracked.size > 0) this.#watch();
  }

  #watch(): void {
    this.#once("again", this.#limits.announceAgainMs / 5, () => this.#announceAgain());
  }

  #announce(peers: readonly Peer[], hashes: readonly ContentHash[]): void {
    if (peers.length === 0) return;
    for (let start = 0; start < hashes.length; start += announcedHashesMax) {
      const part = hashes.slice(start, start + announcedHashesMax);
      const frame = encodeFrame({ kind: "transactions-announce", hashes: part });
      for (const peer of peers) peer.sendFrame(frame);
    }
  }

  #send(peers: readonly Peer[], hashes: readonly ContentHash[]): void {
    if (peers.length === 0) return;
    const bytesOf = (hash: ContentHash): Uint8Array | undefined => this.#pool.bytesOf(hash);
    for (const batch of transactionBatches(hashes, bytesOf, this.#limits.batchBytesMax)) {
      const frame = encodeFrame({ kind: "transactions", transactions: batch });
      for (const peer of peers) peer.sendFrame(frame);
    }
    for (const peer of peers) for (const hash of hashes) this.#note(peer, hash);
  }

  #wasSeen(hash: ContentHash, nowMs: number): boolean {
    const seenAtMs = this.#seen.get(hash);
    return seenAtMs !== undefined && nowMs - seenAtMs < this.#limits.seenMs;
  }

  #note(peer: Peer, hash: ContentHash): void {
    this.#known.get(peer)?.set(hash, true);
  }

  /** Sets a timer unless it runs. */
  #once(name: "push" | "relay" | "again", delayMs: number, callback: () => void): void {
    if (this.#timers.has(name)) return;
    const cancel = this.#d.clock.after(delayMs, () => {
      this.#timers.delete(name);
      callback();
    });
    this.#timers.set(name, cancel);
  }
}
