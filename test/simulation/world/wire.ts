/**
 * The simulated wire between nodes: latency, jitter, loss, and cuts in one direction or both.
 *
 * A link is a TCP connection: frames keep their order, and a lost packet is delay, for itself and for all that comes
 * after it. A cut is harsher than TCP: what is sent meanwhile is gone for good, though the connection lives on; so it
 * tests everything that must be said again.
 * @module
 */
import type { Wire } from "../../../src/network/memory-transport.ts";
import type { NodeId } from "../../../src/protocol/ids.ts";
import type { Random } from "./random.ts";

export interface LinkQuality {
  readonly latencyMs: number;
  readonly jitterMs: number;
  /** Share of frames that are sent again: 0 to below 1. */
  readonly loss: number;
}

/** What Linux waits before it sends a packet again, at least; doubled each time. */
const retransmitMs = 200;

export const goodLinks: LinkQuality = { latencyMs: 5, jitterMs: 2, loss: 0 };

export class SimulatedWire implements Wire {
  readonly #random: Random;
  readonly #numberOf: (nodeId: NodeId) => number;
  readonly #cuts = new Set<string>();
  quality: LinkQuality = goodLinks;

  constructor(options: {
    readonly random: Random;
    readonly numberOf: (nodeId: NodeId) => number;
  }) {
    this.#random = options.random;
    this.#numberOf = options.numberOf;
  }

  latencyMs(from: NodeId, to: NodeId, bytes: number): number | undefined {
    if (this.#cuts.has(cutName(this.#numberOf(from), this.#numberOf(to)))) return undefined;
    const { latencyMs, jitterMs, loss } = this.quality;
    let delayMs = Math.max(0, latencyMs + jitterMs * (2 * this.#random.fraction() - 1));
    for (let again = retransmitMs; bytes > 0 && this.#random.chance(loss); again *= 2) {
      delayMs += again;
    }
    return delayMs;
  }

  /** What one sends the other vanishes, in this direction only. */
  cut(from: number, to: number): void {
    this.#cuts.add(cutName(from, to));
  }

  /** Splits the nodes: between different groups nothing passes. */
  partition(groups: readonly (readonly number[])[]): void {
    this.heal();
    for (const group of groups) {
      for (const other of groups) {
        if (group === other) continue;
        for (const from of group) for (const to of other) this.cut(from, to);
      }
    }
  }

  heal(): void {
    this.#cuts.clear();
  }
}

const cutName = (from: number, to: number): string => `${from}>${to}`;
