/**
 * Transactions that peers announced and the pool lacks: asked for from one peer at a time, from the next one when
 * that one does not answer.
 * @module
 */
import { BoundedMap } from "../base/bounded-map.ts";
import type { Cancel, Clock } from "../base/clock.ts";
import type { ContentHash } from "../protocol/ids.ts";
import { transactionBatchMax } from "../protocol/message.ts";
import type { GossipLimits } from "./limits.ts";
import type { Peer } from "./peer.ts";

interface Wanted {
  /** Who said that they have it and was not asked yet. */
  readonly sources: Peer[];
  asked: Peer;
  askedAtMs: number;
}

export type WantedLimits = Pick<GossipLimits, "wantedMax" | "sourcesPerHashMax" | "askTimeoutMs">;

export class WantedTransactions {
  readonly #limits: WantedLimits;
  readonly #clock: Clock;
  readonly #wanted: BoundedMap<ContentHash, Wanted>;
  #cancel: Cancel | undefined;

  constructor(limits: WantedLimits, dependencies: { readonly clock: Clock }) {
    this.#limits = limits;
    this.#clock = dependencies.clock;
    this.#wanted = new BoundedMap({ entriesMax: limits.wantedMax });
  }

  get size(): number {
    return this.#wanted.size;
  }

  /** A peer has these and we lack them: asks it for those that nobody is being asked for. */
  announced(peer: Peer, hashes: readonly ContentHash[]): void {
    const nowMs = this.#clock.monotonicMs();
    const ask: ContentHash[] = [];
    for (const hash of hashes) {
      const wanted = this.#wanted.get(hash);
      if (wanted === undefined) {
        this.#wanted.set(hash, { sources: [], asked: peer, askedAtMs: nowMs });
        ask.push(hash);
      } else if (
        wanted.asked !== peer &&
        !wanted.sources.includes(peer) &&
        wanted.sources.length < this.#limits.sourcesPerHashMax
      ) {
        wanted.sources.push(peer);
      }
    }
    request(peer, ask);
    this.#watch();
  }

  /** It came, from whomever. */
  arrived(hash: ContentHash): void {
    this.#wanted.delete(hash);
  }

  /** The peer is gone: what it was asked for goes to the next. */
  left(peer: Peer): void {
    this.#askNext((wanted) => wanted.asked === peer);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wanted.clear();
  }

  #watch(): void {
    if (this.#cancel !== undefined || this.#wanted.size === 0) return;
    this.#cancel = this.#clock.after(this.#limits.askTimeoutMs, () => {
      this.#cancel = undefined;
      const lateMs = this.#clock.monotonicMs() - this.#limits.askTimeoutMs;
      this.#askNext((wanted) => wanted.askedAtMs <= lateMs);
      this.#watch();
    });
  }

  #askNext(passes: (wanted: Wanted) => boolean): void {
    const nowMs = this.#clock.monotonicMs();
    const asks = new Map<Peer, ContentHash[]>();
    for (const [hash, wanted] of [...this.#wanted.entries()]) {
      if (!passes(wanted)) continue;
      const next = wanted.sources.shift();
      if (next === undefined) {
        this.#wanted.delete(hash); // Whoever has it will announce it again.
        continue;
      }
      wanted.asked = next;
      wanted.askedAtMs = nowMs;
      const hashes = asks.get(next) ?? [];
      hashes.push(hash);
      asks.set(next, hashes);
    }
    for (const [peer, hashes] of asks) request(peer, hashes);
  }
}

function request(peer: Peer, hashes: readonly ContentHash[]): void {
  for (let start = 0; start < hashes.length; start += transactionBatchMax) {
    const part = hashes.slice(start, start + transactionBatchMax);
    peer.send({ kind: "transactions-request", hashes: part });
  }
}
