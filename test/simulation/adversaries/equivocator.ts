/**
 * The equivocator: a leader that shows one half of the network another block than the other half, and votes for both.
 * @module
 */
import type { Wrap } from "../world/node.ts";
import { tamperingLeader } from "./tampering-leader.ts";

export const equivocator: Wrap = tamperingLeader({
  change: ({ header, hashes }) => ({
    header: { ...header, timestampMs: header.timestampMs + 1 },
    hashes,
  }),
  shownTo: (node) => node % 2 === 1,
});
