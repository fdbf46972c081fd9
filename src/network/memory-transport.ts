/**
 * The Transport port in memory: a hub that joins any number of transports through a Clock.
 *
 * For tests and the simulator. Links are as real ones: keys proven, frames in order, an exporter that both ends
 * share, buffers with a cap, a close that arrives a latency later. What the wire does to each frame is up to the
 * hub's owner. Same clock, same wire, same calls: same events.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import type { NodeId } from "../protocol/ids.ts";
import type { TransportLimits } from "./limits.ts";
import type { Link, LinkEvents, Transport } from "./transport.ts";
import { TransportError } from "./transport-error.ts";

/** What lies between two nodes. Asked for each frame, and for each step of a dial and of a close. */
export interface Wire {
  /** Milliseconds on the way; undefined = it never arrives. */
  latencyMs(from: NodeId, to: NodeId, bytes: number): number | undefined;
  /** How fast the sender's buffer empties; 0 = not at all. Absent: at once. */
  bytesPerMs?(from: NodeId, to: NodeId): number;
}

type HubLimits = Pick<TransportLimits, "frameBytesMax" | "bufferedBytesMax" | "handshakeTimeoutMs">;

export interface MemoryHubOptions {
  readonly clock: Clock;
  readonly wire: Wire;
  readonly limits: HubLimits;
}

export class MemoryHub {
  readonly options: MemoryHubOptions;
  readonly #listening = new Map<string, MemoryTransport>();
  #connections = 0;

  constructor(options: MemoryHubOptions) {
    this.options = options;
  }

  /** A node's transport; it listens at the address once it is started. */
  transport(nodeId: NodeId, address: string): MemoryTransport {
    return new MemoryTransport(this, nodeId, address);
  }

  /** The node loses power: its links are gone for it at once, and nobody is told. */
  vanish(transport: MemoryTransport): void {
    transport.forgetLinks();
    this.unlisten(transport);
  }

  listen(transport: MemoryTransport): void {
    const { address } = transport;
    if (this.#listening.has(address)) {
      throw new TransportError("port_in_use", `${address} is in use`);
    }
    this.#listening.set(address, transport);
  }

  unlisten(transport: MemoryTransport): void {
    if (this.#listening.get(transport.address) === transport) {
      this.#listening.delete(transport.address);
    }
  }

  at(address: string): MemoryTransport | undefined {
    return this.#listening.get(address);
  }

  /** 32 bytes, different for each connection. */
  nextExporter(): Uint8Array {
    this.#connections += 1;
    const exporter = new Uint8Array(32);
    new DataView(exporter.buffer).setFloat64(0, this.#connections);
    return exporter;
  }
}

export class MemoryTransport implements Transport {
  readonly nodeId: NodeId;
  readonly address: string;
  readonly #hub: MemoryHub;
  readonly #links = new Set<MemoryLink>();
  #events: LinkEvents | undefined;

  constructor(hub: MemoryHub, nodeId: NodeId, address: string) {
    this.#hub = hub;
    this.nodeId = nodeId;
    this.address = address;
  }

  get events(): LinkEvents | undefined {
    return this.#events;
  }

  async start(events: LinkEvents): Promise<void> {
    this.#hub.listen(this);
    this.#events = events;
  }

  dial(address: string): Promise<string | undefined> {
    return new Promise((resolve) => this.#connect(address, resolve));
  }

  async stop(): Promise<void> {
    this.#hub.unlisten(this);
    for (const link of [...this.#links]) link.close(1_001, "stopping");
    this.#events = undefined;
  }

  forgetLinks(): void {
    for (const link of this.#links) link.vanish();
    this.#links.clear();
    this.#events = undefined;
  }

  adopt(link: MemoryLink): void {
    this.#links.add(link);
    this.#events?.opened(link);
  }

  release(link: MemoryLink, reason: string): void {
    if (this.#links.delete(link)) this.#events?.closed(link, reason);
  }

  #connect(address: string, settle: (reason: string | undefined) => void): void {
    const { clock, wire, limits } = this.#hub.options;
    const target = this.#hub.at(address);
    if (this.#events === undefined || target === undefined) {
      const reason = this.#events === undefined ? "stopped" : "connection_refused";
      clock.after(0, () => settle(reason));
      return;
    }
    let late = false;
    const cancelTimeout = clock.after(limits.handshakeTimeoutMs, () => {
      late = true;
      settle("timeout");
    });
    const thereMs = wire.latencyMs(this.nodeId, target.nodeId, 0);
    if (thereMs === undefined) return;
    clock.after(thereMs, () => {
      if (target.events === undefined || this.#events === undefined) {
        cancelTimeout();
        settle("connection_refused");
        return;
      }
      const exporter = this.#hub.nextExporter();
      const facts = { exporter, outbound: true, address };
      const dialled = new MemoryLink(this.#hub.options, this, facts);
      const accepted = new MemoryLink(this.#hub.options, target, {
        exporter,
        outbound: false,
        address: this.address,
      });
      dialled.join(accepted);
      accepted.join(dialled);
      accepted.announce(() => {
        cancelTimeout();
        const wanted = !late && this.#events !== undefined;
        if (wanted) this.adopt(dialled);
        else dialled.close(1_001, "stopped");
        settle(wanted ? undefined : "stopped");
      });
      target.adopt(accepted);
    });
  }
}

/** One end of a connection. */
class MemoryLink implements Link {
  readonly exporter: Uint8Array;
  readonly outbound: boolean;
  readonly remoteAddress: string;
  readonly #o: MemoryHubOptions;
  readonly #owner: MemoryTransport;
  #other: MemoryLink | undefined;
  #open = true;
  #buffered = 0;
  /** When the buffer will be empty, and when the last thing sent will have arrived. */
  #emptyAtMs = 0;
  #arrivedAtMs = 0;
  /** What is on the way to the other end, in order: each arrival delivers the first. */
  readonly #onTheWay: (() => void)[] = [];

  constructor(
    options: MemoryHubOptions,
    owner: MemoryTransport,
    facts: {
      readonly exporter: Uint8Array;
      readonly outbound: boolean;
      readonly address: string;
    },
  ) {
    this.#o = options;
    this.#owner = owner;
    this.exporter = facts.exporter;
    this.outbound = facts.outbound;
    this.remoteAddress = facts.address;
  }

  get nodeId(): NodeId {
    assert(this.#other !== undefined, "a connection has two ends");
    return this.#other.#owner.nodeId;
  }

  join(other: MemoryLink): void {
    this.#other = other;
  }

  bufferedBytes(): number {
    return this.#buffered;
  }

  send(frame: Uint8Array): void {
    if (!this.#open) return;
    const leftMs = this.#buffer(frame.length);
    if (this.#buffered > this.#o.limits.bufferedBytesMax) {
      this.#end("slow_reader");
      return;
    }
    if (leftMs !== undefined) this.#deliver(frame, leftMs);
  }

  close(code: number, reason: string): void {
    if (this.#open) this.#end(reason === "" ? String(code) : reason);
  }

  /** The other end learns that the connection stands, before anything else arrives there. */
  announce(then: () => void): void {
    this.#arrive(0, this.#o.clock.monotonicMs(), then);
  }

  /** Gone without a word. */
  vanish(): void {
    this.#open = false;
  }

  /** Takes the bytes in; answers when they will have left, or undefined if never. */
  #buffer(bytes: number): number | undefined {
    const { clock, wire } = this.#o;
    const nowMs = clock.monotonicMs();
    const rate = wire.bytesPerMs?.(this.#owner.nodeId, this.nodeId);
    if (rate === undefined) return nowMs;
    this.#buffered += bytes;
    if (rate <= 0) return undefined;
    this.#emptyAtMs = Math.max(nowMs, this.#emptyAtMs) + bytes / rate;
    clock.after(this.#emptyAtMs - nowMs, () => {
      this.#buffered -= bytes;
      if (this.#open && this.#buffered === 0) this.#owner.events?.drained(this);
    });
    return this.#emptyAtMs;
  }

  #deliver(frame: Uint8Array, leftMs: number): void {
    this.#arrive(frame.length, leftMs, (other) => {
      if (!other.#open) return;
      if (frame.length > this.#o.limits.frameBytesMax) other.#end("oversized");
      else other.#owner.events?.received(other, frame);
    });
  }

  /** At the other end, after everything that was sent before. */
  #arrive(bytes: number, leftMs: number, then: (other: MemoryLink) => void): void {
    const { clock, wire } = this.#o;
    const other = this.#other;
    const latencyMs = wire.latencyMs(this.#owner.nodeId, this.nodeId, bytes);
    if (latencyMs === undefined || other === undefined) return;
    this.#arrivedAtMs = Math.max(this.#arrivedAtMs, leftMs + latencyMs);
    this.#onTheWay.push(() => then(other));
    clock.after(this.#arrivedAtMs - clock.monotonicMs(), () => this.#onTheWay.shift()?.());
  }

  /** Closed here at once, there when word arrives; both owners are told, never from inside this call. */
  #end(reason: string): void {
    const { clock } = this.#o;
    this.#open = false;
    clock.after(0, () => this.#owner.release(this, reason));
    this.#arrive(0, clock.monotonicMs(), (other) => {
      if (!other.#open) return;
      other.#open = false;
      other.#owner.release(other, reason);
    });
  }
}
