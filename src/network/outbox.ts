/**
 * What waits for one peer, the most urgent first.
 *
 * Frames go to the transport while little is buffered there, so an urgent one never waits behind more than that.
 * When the outbox is full the oldest of the least urgent frames makes room; it never blocks and never grows.
 * @module
 */
import { assert } from "../base/assert.ts";
import { type Frame, priorities } from "./frames.ts";
import type { NetworkLimits } from "./limits.ts";
import type { Link } from "./transport.ts";

export type OutboxLimits = Pick<
  NetworkLimits,
  "outboxBytesMax" | "outboxFramesMax" | "flushBelowBytes"
>;

/** First in, first out; the array is trimmed once its front half is spent. */
class FrameQueue {
  #frames: Uint8Array[] = [];
  #front = 0;

  get length(): number {
    return this.#frames.length - this.#front;
  }

  push(frame: Uint8Array): void {
    this.#frames.push(frame);
  }

  shift(): Uint8Array | undefined {
    const frame = this.#frames[this.#front];
    if (frame === undefined) return undefined;
    this.#front += 1;
    if (this.#front * 2 > this.#frames.length) {
      this.#frames = this.#frames.slice(this.#front);
      this.#front = 0;
    }
    return frame;
  }
}

export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #link: Pick<Link, "send" | "bufferedBytes">;
  /** Most urgent first, in the order of `priorities`. */
  readonly #queues: readonly FrameQueue[] = priorities.map(() => new FrameQueue());
  #bytes = 0;
  #frames = 0;
  #dropped = 0;
  #bytesSent = 0;
  #closed = false;

  constructor(
    limits: OutboxLimits,
    dependencies: { readonly link: Pick<Link, "send" | "bufferedBytes"> },
  ) {
    this.#limits = limits;
    this.#link = dependencies.link;
  }

  /** Bytes that wait here, not counting what the transport has. */
  get bytes(): number {
    return this.#bytes;
  }

  get frames(): number {
    return this.#frames;
  }

  /** Frames that had to make room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Bytes given to the transport. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** False when the outbox is closed, or full of frames that are more urgent than this one. */
  push(frame: Frame): boolean {
    if (this.#closed) return false;
    const rank = priorities.indexOf(frame.priority);
    if (!this.#makeRoom(frame.bytes.length, rank)) {
      this.#dropped += 1;
      return false;
    }
    this.#queues[rank]?.push(frame.bytes);
    this.#bytes += frame.bytes.length;
    this.#frames += 1;
    this.flush();
    return true;
  }

  /** Gives the transport what it can take. Call it when the link has drained. */
  flush(): void {
    while (this.#frames > 0 && this.#link.bufferedBytes() < this.#limits.flushBelowBytes) {
      const frame = this.#takeFirst();
      this.#bytesSent += frame.length;
      this.#link.send(frame);
      if (this.#closed) return; // Sending can be what closes a link.
    }
  }

  close(): void {
    this.#closed = true;
    while (this.#frames > 0) this.#takeFirst();
  }

  #makeRoom(bytes: number, rank: number): boolean {
    const { outboxBytesMax, outboxFramesMax } = this.#limits;
    assert(bytes <= outboxBytesMax, "any one frame fits in an empty outbox");
    while (this.#bytes + bytes > outboxBytesMax || this.#frames + 1 > outboxFramesMax) {
      const last = this.#queues.findLastIndex((queue) => queue.length > 0);
      if (last < rank) return false;
      this.#forget(this.#queues[last]?.shift());
      this.#dropped += 1;
    }
    return true;
  }

  #takeFirst(): Uint8Array {
    const frame = this.#queues.find((queue) => queue.length > 0)?.shift();
    assert(frame !== undefined, "an outbox that counts frames has them");
    this.#forget(frame);
    return frame;
  }

  #forget(frame: Uint8Array | undefined): void {
    this.#bytes -= frame?.length ?? 0;
    this.#frames -= 1;
  }
}
