/**
 * Leaders that sit on transactions: one never proposes at all; one proposes as if nobody had ever paid.
 * @module
 */
import type { MessageKind } from "../../../src/protocol/message.ts";
import type { Wrap } from "../world/node.ts";
import { tapMessages } from "./outgoing.ts";

/** Votes on the blocks of others, and lets its own views pass. */
export const neverProposes: Wrap = (transport) =>
  tapMessages(transport, {
    outgoing: (message) => (message.kind === "proposal" ? [] : [message]),
  });

const ofTransactions: ReadonlySet<MessageKind> = new Set(["transactions", "transactions-announce"]);

/** Will not hear of any transaction: its blocks are empty. */
export const deafToTransactions: Wrap = (transport) =>
  tapMessages(transport, {
    incoming: (message) => (ofTransactions.has(message.kind) ? [] : [message]),
  });
