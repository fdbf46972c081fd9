/**
 * The silent: linked and alive, but it neither votes nor proposes nor passes anything on. And the mute: it takes links
 * and never says a word on them.
 * @module
 */
import type { MessageKind } from "../../../src/protocol/message.ts";
import type { Wrap } from "../world/node.ts";
import { tapFrames, tapMessages } from "./outgoing.ts";

const smallTalk: ReadonlySet<MessageKind> = new Set(["hello", "ping", "pong", "goodbye"]);

export const silent: Wrap = (transport) =>
  tapMessages(transport, {
    outgoing: (message) => (smallTalk.has(message.kind) ? [message] : []),
  });

export const mute: Wrap = (transport) => tapFrames(transport, { outgoing: () => [] });
