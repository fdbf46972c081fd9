/**
 * How a local network is doing, in one line.
 * @module
 */

export interface Pulse {
  readonly running: number;
  readonly nodes: number;
  /** The greatest of all that answered, or null when none did. */
  readonly height: number | null;
  /** Median over the last minute, in milliseconds. */
  readonly finalityMs: number | null;
  readonly transactionsPerSecond: number;
  /** The fewest links that a running node has. */
  readonly peers: number;
  /** In words: `final`, `no quorum for 5 s`, `2 blocks behind`, `starting`. */
  readonly sync: string;
}

/** `height 42 · final in 14 ms · 3.2 tx/s · 4 of 4 nodes · 3 peers each · in step` */
export function formatPulse(pulse: Pulse): string {
  const { height, finalityMs, transactionsPerSecond, running, nodes, peers, sync } = pulse;
  return [
    `height ${height ?? "?"}`,
    `final in ${finalityMs === null ? "–" : `${Math.round(finalityMs)} ms`}`,
    `${transactionsPerSecond.toFixed(1)} tx/s`,
    `${running} of ${nodes} nodes`,
    `${peers} peers each`,
    sync,
  ].join(" · ");
}

/** What counts as a change of state, as against mere progress. */
export const pulseState = ({ running, nodes, peers, sync }: Pulse): string =>
  `${running}/${nodes}/${peers}/${sync.replace(/\d+/g, "")}`;
