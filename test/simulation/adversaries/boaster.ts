/**
 * The boaster: claims to be far ahead in every ping, and never delivers a block that it is asked for.
 * @module
 */
import { decode, encode } from "../../../src/codec/codec.ts";
import { height } from "../../../src/protocol/ids.ts";
import { type Message, messageCodec } from "../../../src/protocol/message.ts";
import type { Wrap } from "../world/node.ts";
import { withOutgoing } from "./outgoing.ts";

const claimed = height(2 ** 40);

export const boaster: Wrap = (transport) =>
  withOutgoing(transport, (frame) => {
    const decoded = decode(messageCodec, frame);
    if (!decoded.ok) return frame;
    const message: Message = decoded.value;
    if (message.kind === "blocks" || message.kind === "block") return undefined;
    if (message.kind !== "ping" && message.kind !== "pong") return frame;
    return encode(messageCodec, { ...message, finalHeight: claimed });
  });
