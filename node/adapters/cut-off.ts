/**
 * Which nodes a transport must not be linked to: a partition of a local network, made without the operating system.
 *
 * While anybody is cut off it remembers which addresses were dialled in vain. Once the partition is over these are
 * dialled at once, so that nobody waits for a back-off that the partition has made long.
 * @module
 */
import type { NodeId } from "../../src/protocol/ids.ts";

/** Addresses that are remembered; the rest comes back by the dialer's own back-off. */
const missedMax = 256;

export class CutOff {
  #nodes: ReadonlySet<NodeId> = new Set();
  readonly #missed = new Set<string>();

  has(nodeId: NodeId): boolean {
    return this.#nodes.has(nodeId);
  }

  /** A link to this address was cut, or could not be made. */
  missed(address: string): void {
    if (this.#nodes.size > 0 && this.#missed.size < missedMax) this.#missed.add(address);
  }

  /** These, and no others. Returns the addresses that are worth a dial now. */
  replace(nodes: Iterable<NodeId>): readonly string[] {
    const before = this.#nodes;
    this.#nodes = new Set(nodes);
    const isAnyBack = [...before].some((nodeId) => !this.#nodes.has(nodeId));
    if (!isAnyBack) return [];
    const missed = [...this.#missed];
    this.#missed.clear();
    return missed;
  }
}
