/**
 * Why a link is closed: the closed list of codes, in the Goodbye message and in the WebSocket close frame.
 * @module
 */
import { encodeFrame } from "./frames.ts";
import type { Link } from "./transport.ts";

/** The number in Goodbye. The WebSocket close code is 4000 more. */
export const goodbyeCodes = {
  stopping: 1,
  wrong_chain: 2,
  wrong_version: 3,
  hello_late: 4,
  hello_wrong: 5,
  self_connection: 6,
  /** This link and another one were dialled at the same time; the other one stays. */
  duplicate_link: 7,
  /** Another process with this node key is linked here, or one that we do not know to be gone yet. */
  duplicate_identity: 8,
  banned: 9,
  too_many_peers: 10,
  fault: 11,
  too_costly: 12,
  unresponsive: 13,
  /** Another key votes for the sender from now on: dial again, its Hello will prove it. */
  key_changed: 14,
} as const;

export type GoodbyeReason = keyof typeof goodbyeCodes;

const closeCodeOffset = 4_000;
const reasonOfCode = new Map<number, GoodbyeReason>(
  Object.entries(goodbyeCodes).map(([reason, code]) => [code, reason as GoodbyeReason]),
);

export const goodbyeReason = (code: number): GoodbyeReason | undefined => reasonOfCode.get(code);

/** Says why, then closes. */
export function sayGoodbye(link: Link, reason: GoodbyeReason): void {
  const code = goodbyeCodes[reason];
  link.send(encodeFrame({ kind: "goodbye", code }).bytes);
  link.close(closeCodeOffset + code, reason);
}
