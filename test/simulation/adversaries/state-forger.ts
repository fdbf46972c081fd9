/**
 * The forger of states: a leader whose blocks claim a state root that their transactions do not lead to.
 * @module
 */
import type { Digest } from "../../../src/protocol/ids.ts";
import type { Wrap } from "../world/node.ts";
import { tamperingLeader } from "./tampering-leader.ts";

const forgedRoot = "5e".repeat(32) as Digest;

export const stateForger: Wrap = tamperingLeader({
  change: ({ header, hashes }) => ({ header: { ...header, stateRoot: forgedRoot }, hashes }),
  shownTo: () => true,
});
