/**
 * Stands between a replica and its links: every frame that comes or leaves may be changed, kept back, or joined by
 * others that the code behind knows nothing of.
 * @module
 */
import { decode, encode } from "../../../src/codec/codec.ts";
import type { Link, LinkEvents, Transport } from "../../../src/network/transport.ts";
import { type Message, messageCodec } from "../../../src/protocol/message.ts";

export interface Tap {
  /** What is sent instead of a frame, in this order. The link is the real one: what is sent on it is not tapped. */
  readonly outgoing?: (frame: Uint8Array, link: Link) => readonly Uint8Array[];
  /** What the code behind sees instead of a frame. */
  readonly incoming?: (frame: Uint8Array, link: Link) => readonly Uint8Array[];
  readonly opened?: (link: Link) => void;
  readonly closed?: (link: Link) => void;
}

export interface MessageTap {
  /** What is said instead of a message, in this order. */
  readonly outgoing?: (message: Message, link: Link) => readonly Message[];
  /** What the code behind hears instead of a message. */
  readonly incoming?: (message: Message, link: Link) => readonly Message[];
  readonly opened?: (link: Link) => void;
  readonly closed?: (link: Link) => void;
}

export function tapFrames(transport: Transport, tap: Tap): Transport {
  const taps = new Map<Link, Link>();
  const tapped = (link: Link): Link => {
    const known = taps.get(link) ?? tapLink(link, tap);
    taps.set(link, known);
    return known;
  };
  return {
    start: (events) => {
      const seen: LinkEvents = {
        opened: (link) => {
          events.opened(tapped(link));
          tap.opened?.(link);
        },
        received: (link, frame) => {
          for (const seen of tap.incoming?.(frame, link) ?? [frame]) {
            events.received(tapped(link), seen);
          }
        },
        drained: (link) => events.drained(tapped(link)),
        closed: (link, reason) => {
          events.closed(tapped(link), reason);
          taps.delete(link);
          tap.closed?.(link);
        },
      };
      return transport.start(seen);
    },
    dial: (address) => transport.dial(address),
    stop: () => transport.stop(),
  };
}

function tapLink(link: Link, tap: Tap): Link {
  return {
    nodeId: link.nodeId,
    exporter: link.exporter,
    outbound: link.outbound,
    remoteAddress: link.remoteAddress,
    bufferedBytes: () => link.bufferedBytes(),
    close: (code, reason) => link.close(code, reason),
    send: (frame) => {
      for (const sent of tap.outgoing?.(frame, link) ?? [frame]) link.send(sent);
    },
  };
}

/** The same, message by message. */
export function tapMessages(transport: Transport, tap: MessageTap): Transport {
  const { outgoing, incoming, ...rest } = tap;
  return tapFrames(transport, {
    ...rest,
    ...(outgoing && { outgoing: byMessage(outgoing) }),
    ...(incoming && { incoming: byMessage(incoming) }),
  });
}

/** What does not decode passes as it is. */
function byMessage(change: NonNullable<MessageTap["outgoing"]>): NonNullable<Tap["outgoing"]> {
  return (frame, link) => {
    const decoded = decode(messageCodec, frame);
    if (!decoded.ok) return [frame];
    const message = decoded.value;
    return change(message, link).map((one) =>
      one === message ? frame : encode(messageCodec, one),
    );
  };
}

/** Says something on a link that the code behind has not said. */
export function say(link: Link, message: Message): void {
  link.send(encode(messageCodec, message));
}

/** `change` returns what is sent instead; undefined: nothing. */
export function withOutgoing(
  transport: Transport,
  change: (frame: Uint8Array, link: Link) => Uint8Array | undefined,
): Transport {
  return tapFrames(transport, {
    outgoing: (frame, link) => {
      const sent = change(frame, link);
      return sent === undefined ? [] : [sent];
    },
  });
}
