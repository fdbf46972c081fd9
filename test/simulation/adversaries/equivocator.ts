/**
 * The equivocator: a leader that shows some of the network another block than the others, and votes for both.
 * @module
 */
import type { Wrap } from "../world/node.ts";
import { tamperingLeader } from "./tampering-leader.ts";

export const equivocator: Wrap = tamperingLeader({
  change: ({ header, hashes }) => ({
    header: { ...header, timestampMs: header.timestampMs + 1 },
    hashes,
  }),
  // Other halves each time, of which all equivocators know: a bit of the real block's id for each node.
  shownTo: (node, realId) => ((Number.parseInt(realId.slice(0, 8), 16) >>> (node % 32)) & 1) === 1,
});
