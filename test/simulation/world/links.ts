/**
 * A node's end of its links: where frames are held back or sent twice, connections are reset, and what leaves is seen.
 * @module
 */
import { frameRule } from "../../../src/network/frames.ts";
import type { Link, LinkEvents, Transport } from "../../../src/network/transport.ts";
import type { NodeId } from "../../../src/protocol/ids.ts";
import type { Timeline } from "./timeline.ts";
import type { SimulatedWire } from "./wire.ts";

export interface LinksOptions {
  readonly transport: Transport;
  readonly timeline: Timeline;
  readonly wire: SimulatedWire;
  readonly number: number;
  readonly numberOf: (nodeId: NodeId) => number;
  /** Just before and just after a frame of this kind leaves. Throwing is not expected; crashing the node is. */
  readonly leaving: (moment: "before" | "after", kind: string, frame: Uint8Array) => void;
}

/** What is sent first on a link makes the peer: a transport never repeats it nor lets it be overtaken. */
const sacred = new Set(["hello", "goodbye"]);

export class SimulatedLinks implements Transport {
  readonly #o: LinksOptions;
  readonly #links = new Map<Link, Link>();
  /** A cut took their first frame: no connection gets over that, nothing more comes through. */
  readonly #stillborn = new WeakSet<Link>();

  constructor(options: LinksOptions) {
    this.#o = options;
  }

  start(events: LinkEvents): Promise<void> {
    return this.#o.transport.start({
      opened: (link) => events.opened(this.#own(link)),
      received: (link, frame) => events.received(this.#own(link), frame),
      drained: (link) => events.drained(this.#own(link)),
      closed: (link, reason) => {
        const own = this.#own(link);
        this.#links.delete(link);
        events.closed(own, reason);
      },
    });
  }

  dial(address: string): Promise<string | undefined> {
    return this.#o.transport.dial(address);
  }

  stop(): Promise<void> {
    return this.#o.transport.stop();
  }

  /** The connections to a node, or all, are reset; both ends are told as far as the wire carries it. */
  reset(to?: number): void {
    for (const link of [...this.#links.keys()]) {
      if (to === undefined || this.#o.numberOf(link.nodeId) === to) link.close(1_006, "reset");
    }
  }

  #own(link: Link): Link {
    const known = this.#links.get(link);
    if (known !== undefined) return known;
    const to = this.#o.numberOf(link.nodeId);
    const own: Link = {
      nodeId: link.nodeId,
      exporter: link.exporter,
      outbound: link.outbound,
      remoteAddress: link.remoteAddress,
      bufferedBytes: () => link.bufferedBytes(),
      close: (code, reason) => link.close(code, reason),
      send: (frame) => this.#send(link, to, frame),
    };
    this.#links.set(link, own);
    return own;
  }

  #send(link: Link, to: number, frame: Uint8Array): void {
    const { timeline, wire, number, leaving } = this.#o;
    const rule = frameRule(frame);
    const kind = rule.ok ? rule.value.kind : "unknown";
    leaving("before", kind, frame);
    if (kind === "hello" && wire.isCut(number, to)) this.#stillborn.add(link);
    if (this.#stillborn.has(link)) return;
    const mishap = sacred.has(kind) ? undefined : wire.mishap(number, to);
    // A link that is gone by then sends nothing any more.
    if (mishap?.againMs !== undefined) timeline.after(mishap.againMs, () => link.send(frame));
    if (mishap?.heldMs === undefined) link.send(frame);
    else timeline.after(mishap.heldMs, () => link.send(frame));
    leaving("after", kind, frame);
  }
}
