/**
 * The simulated wire between nodes: latency, jitter, loss, bandwidth, and cuts in one direction or both.
 *
 * A link is a TCP connection: frames keep their order, and a lost packet is delay, for itself and for all that comes
 * after it. A cut is harsher than TCP: what is sent meanwhile is gone for good, though the connection lives on; so it
 * tests everything that must be said again. Harsher too: a quality may hand over whole frames twice, or late. TLS
 * never does that; the receivers must survive it all the same, because nodes repeat themselves and each other.
 * @module
 */
import type { Wire } from "../../../src/network/memory-transport.ts";
import type { NodeId } from "../../../src/protocol/ids.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export interface LinkQuality {
  readonly latencyMs: number;
  readonly jitterMs: number;
  /** Share of frames that are sent again: 0 to below 1. */
  readonly loss: number;
  /** Share of frames that arrive a second time, up to `lateMsMax` later. */
  readonly duplicate?: number;
  /** Share of frames that others overtake: up to `lateMsMax` late. */
  readonly reorder?: number;
  /** Each way of each link; absent: no limit. */
  readonly bytesPerS?: number;
}

/** What Linux waits before it sends a packet again, at least; doubled each time. */
const retransmitMs = 200;
/** How late a duplicate or an overtaken frame may be. */
const lateMsMax = 400;

export const goodLinks: LinkQuality = { latencyMs: 5, jitterMs: 2, loss: 0 };

/** What happens to one frame besides its way over the link. */
export interface Mishap {
  /** It leaves so much later; what is sent meanwhile overtakes it. */
  readonly heldMs: number | undefined;
  /** It leaves a second time so much later. */
  readonly againMs: number | undefined;
}

export class SimulatedWire implements Wire {
  /** Present while some link has a limit: a wire without one costs nothing to simulate. */
  bytesPerMs?: (from: NodeId, to: NodeId) => number;
  readonly #random: Random;
  readonly #timeline: Timeline;
  readonly #numberOf: (nodeId: NodeId) => number;
  readonly #numbers = new Map<NodeId, number>();
  /** Until when, in ms of the timeline. */
  readonly #cuts = new Map<number, number>();
  readonly #links = new Map<number, LinkQuality>();
  /** By number of the sending node. */
  readonly sentBytes: number[] = [];
  #quality: LinkQuality = goodLinks;

  constructor(options: {
    readonly random: Random;
    readonly timeline: Timeline;
    readonly numberOf: (nodeId: NodeId) => number;
  }) {
    this.#random = options.random;
    this.#timeline = options.timeline;
    this.#numberOf = options.numberOf;
  }

  get quality(): LinkQuality {
    return this.#quality;
  }

  /** Of every link that has none of its own. */
  set quality(quality: LinkQuality) {
    this.#quality = quality;
    this.#limit();
  }

  /** The quality of what one sends the other; undefined: as all links. */
  setLink(from: number, to: number, quality: LinkQuality | undefined): void {
    if (quality === undefined) this.#links.delete(way(from, to));
    else this.#links.set(way(from, to), quality);
    this.#limit();
  }

  latencyMs(from: NodeId, to: NodeId, bytes: number): number | undefined {
    const sender = this.#number(from);
    const key = way(sender, this.#number(to));
    this.sentBytes[sender] = (this.sentBytes[sender] ?? 0) + bytes;
    if (this.#isCut(key)) return undefined;
    const { latencyMs, jitterMs, loss } = this.#links.get(key) ?? this.#quality;
    let delayMs = Math.max(0, latencyMs + jitterMs * (2 * this.#random.fraction() - 1));
    for (let again = retransmitMs; bytes > 0 && this.#random.chance(loss); again *= 2) {
      delayMs += again;
    }
    return delayMs;
  }

  /** What goes wrong with one frame, if anything. */
  mishap(from: number, to: number): Mishap | undefined {
    const { duplicate = 0, reorder = 0 } = this.#links.get(way(from, to)) ?? this.#quality;
    if (duplicate === 0 && reorder === 0) return undefined;
    const late = (share: number): number | undefined =>
      this.#random.chance(share) ? this.#random.between(0, lateMsMax) : undefined;
    return { heldMs: late(reorder), againMs: late(duplicate) };
  }

  /** What one sends the other vanishes, in this direction only; for a time, or until healed. */
  cut(from: number, to: number, forMs: number = Number.POSITIVE_INFINITY): void {
    const key = way(from, to);
    this.#cuts.set(key, Math.max(this.#cuts.get(key) ?? 0, this.#timeline.nowMs + forMs));
  }

  /** Splits the nodes: between different groups nothing passes. Earlier cuts are gone. */
  partition(groups: readonly (readonly number[])[], forMs?: number): void {
    this.heal();
    for (const group of groups) {
      for (const other of groups) {
        if (group === other) continue;
        for (const from of group) for (const to of other) this.cut(from, to, forMs);
      }
    }
  }

  /** One node hears, and is heard by, only the given others of `all`. */
  confine(node: number, among: readonly number[], all: readonly number[], forMs?: number): void {
    for (const other of all) {
      if (other === node || among.includes(other)) continue;
      this.cut(node, other, forMs);
      this.cut(other, node, forMs);
    }
  }

  /** Whether what one sends the other now vanishes. */
  isCut(from: number, to: number): boolean {
    return this.#isCut(way(from, to));
  }

  /** Ends all cuts; qualities stay. */
  heal(): void {
    this.#cuts.clear();
  }

  /** Ends all cuts, and all links are good. */
  repair(): void {
    this.heal();
    this.#links.clear();
    this.quality = goodLinks;
  }

  #limit(): void {
    const limited = [this.#quality, ...this.#links.values()].some(
      ({ bytesPerS }) => bytesPerS !== undefined,
    );
    if (!limited) {
      delete this.bytesPerMs;
      return;
    }
    this.bytesPerMs = (from, to) => {
      const own = this.#links.get(way(this.#number(from), this.#number(to)));
      return ((own ?? this.#quality).bytesPerS ?? Number.POSITIVE_INFINITY) / 1_000;
    };
  }

  #isCut(key: number): boolean {
    const untilMs = this.#cuts.get(key);
    if (untilMs === undefined) return false;
    if (untilMs > this.#timeline.nowMs) return true;
    this.#cuts.delete(key);
    return false;
  }

  #number(nodeId: NodeId): number {
    const known = this.#numbers.get(nodeId);
    if (known !== undefined) return known;
    const number = this.#numberOf(nodeId);
    this.#numbers.set(nodeId, number);
    return number;
  }
}

const way = (from: number, to: number): number => from * 1_024 + to;
