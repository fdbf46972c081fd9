/**
 * One peer connection as a Link: frames in order, a cap on what waits to be read, a close that cannot hang.
 * @module
 */
import type { TransportLimits } from "../../src/network/limits.ts";
import type { Link, LinkEvents } from "../../src/network/transport.ts";
import type { NodeId } from "../../src/protocol/ids.ts";

/** A WebSocket, as far as a link uses it. */
export interface FrameSocket {
  readonly bufferedAmount: number;
  send(frame: Uint8Array, sent: (error?: Error | null) => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: "message", listener: (frame: unknown, isBinary: boolean) => void): unknown;
  on(event: "error", listener: (error: Error & { readonly code?: string }) => void): unknown;
  on(event: "close", listener: (code: number, reason: Buffer) => void): unknown;
}

export interface LinkFacts {
  readonly nodeId: NodeId;
  readonly exporter: Uint8Array;
  readonly outbound: boolean;
  readonly remoteAddress: string;
}

type LinkLimits = Pick<TransportLimits, "bufferedBytesMax" | "closeTimeoutMs">;

export class WebSocketLink implements Link {
  readonly nodeId: NodeId;
  readonly exporter: Uint8Array;
  readonly outbound: boolean;
  readonly remoteAddress: string;
  readonly #socket: FrameSocket;
  readonly #limits: LinkLimits;
  #open = true;
  /** Frames that the operating system does not have yet. */
  #unsent = 0;
  /** Why it ends, when we know better than the socket. */
  #reason: string | undefined;
  #closeTimer: NodeJS.Timeout | undefined;

  constructor(socket: FrameSocket, facts: LinkFacts, limits: LinkLimits) {
    this.#socket = socket;
    this.#limits = limits;
    this.nodeId = facts.nodeId;
    this.exporter = facts.exporter;
    this.outbound = facts.outbound;
    this.remoteAddress = facts.remoteAddress;
  }

  /** Announces the link, then everything that happens on it; `closed` exactly once, last. */
  deliverTo(events: LinkEvents, closed: () => void): void {
    this.#socket.on("message", (data, isBinary) => {
      if (!this.#open) return;
      if (!isBinary || !Buffer.isBuffer(data)) {
        this.close(1_003, "binary_only");
        return;
      }
      // A plain Uint8Array: slices of a Buffer would share its memory, and keep the whole frame alive.
      events.received(this, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    });
    this.#socket.on("error", (error) => {
      this.#reason ??= error.code ?? error.message;
    });
    this.#socket.on("close", (code, reason) => {
      this.#open = false;
      clearTimeout(this.#closeTimer);
      closed();
      events.closed(this, this.#reason ?? (reason.toString() || String(code)));
    });
    this.#drained = () => events.drained(this);
    events.opened(this);
  }

  bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: Uint8Array): void {
    if (!this.#open) return;
    this.#unsent += 1;
    this.#socket.send(frame, (error) => {
      this.#unsent -= 1;
      if (error == null && this.#open && this.#unsent === 0) this.#drained();
    });
    if (this.#socket.bufferedAmount > this.#limits.bufferedBytesMax) this.terminate("slow_reader");
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#reason = reason === "" ? String(code) : reason;
    this.#socket.close(code, reason);
    // A peer that does not read does not answer either.
    this.#closeTimer = setTimeout(() => this.#socket.terminate(), this.#limits.closeTimeoutMs);
  }

  /** Drops the connection with whatever waits on it. */
  terminate(reason: string): void {
    this.#open = false;
    this.#reason ??= reason;
    this.#socket.terminate();
  }

  #drained: () => void = () => {};
}
