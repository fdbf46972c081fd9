/**
 * Stands between a replica and its links: every frame that leaves may be changed, or kept back.
 * @module
 */
import type { Link, LinkEvents, Transport } from "../../../src/network/transport.ts";

/** `change` returns what is sent instead; undefined: nothing. */
export function withOutgoing(
  transport: Transport,
  change: (frame: Uint8Array, link: Link) => Uint8Array | undefined,
): Transport {
  const wrapped = new Map<Link, Link>();
  const wrap = (link: Link): Link => {
    const known = wrapped.get(link);
    if (known !== undefined) return known;
    const lie: Link = {
      nodeId: link.nodeId,
      exporter: link.exporter,
      outbound: link.outbound,
      remoteAddress: link.remoteAddress,
      bufferedBytes: () => link.bufferedBytes(),
      close: (code, reason) => link.close(code, reason),
      send: (frame) => {
        const sent = change(frame, link);
        if (sent !== undefined) link.send(sent);
      },
    };
    wrapped.set(link, lie);
    return lie;
  };
  return {
    start: (events) => {
      const seen: LinkEvents = {
        opened: (link) => events.opened(wrap(link)),
        received: (link, frame) => events.received(wrap(link), frame),
        drained: (link) => events.drained(wrap(link)),
        closed: (link, reason) => events.closed(wrap(link), reason),
      };
      return transport.start(seen);
    },
    dial: (address) => transport.dial(address),
    stop: () => transport.stop(),
  };
}
