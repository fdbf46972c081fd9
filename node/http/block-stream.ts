/**
 * The stream of new final blocks, for any number of readers of any speed.
 *
 * A reader is a position: the height of the last block that it was sent. It pulls the next block when it has room,
 * so a slow one costs no memory, only its own delay; one that takes nothing for long is told `too_slow` and closed.
 * Reading from the past and living on the present are the same loop.
 * @module
 */
import { BoundedMap } from "../../src/base/bounded-map.ts";
import { height } from "../../src/protocol/ids.ts";
import type { FoundBlock, NodeQueries } from "../../src/replica/node-queries.ts";
import { blockEvent } from "./to-json.ts";

export interface StreamLimits {
  readonly readersMax: number;
  readonly readersPerClientMax: number;
  /** A comment is sent as often as this, so that both sides notice a dead connection. */
  readonly heartbeatMs: number;
  /** How long a reader may take nothing. */
  readonly stallMs: number;
}

export const streamLimits: StreamLimits = {
  readersMax: 256,
  readersPerClientMax: 32,
  heartbeatMs: 15_000,
  stallMs: 30_000,
};

interface Reader {
  readonly client: string;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** Ends the connection of a reader that does not even take its last event. */
  readonly cutOff: () => void;
  position: number;
  /** Set while there is nothing to send; the call goes on with the pull. */
  wake: (() => void) | undefined;
  /** When it last made room, on the monotonic clock. */
  pulledMs: number;
}

/** Events kept as text, so that a hundred readers cost one encoding. */
const eventsKept = 256;
/** Events at hand sent without letting the loop turn. */
const catchUpBatch = 32;
const cutOffMs = 5_000;

const encoder = new TextEncoder();
const heartbeat = encoder.encode(": heartbeat\n\n");
const opening = encoder.encode("retry: 1000\n\n");
const tooSlow = encoder.encode('event: too_slow\ndata: {"code":"too_slow"}\n\n');

export class BlockStream {
  readonly #queries: NodeQueries;
  readonly #limits: StreamLimits;
  readonly #readers = new Set<Reader>();
  readonly #events = new BoundedMap<number, Uint8Array>({ entriesMax: eventsKept });
  /** Settled when nobody reads a block. */
  #reading: Promise<void> = Promise.resolve();
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(queries: NodeQueries, limits: StreamLimits = streamLimits) {
    this.#queries = queries;
    this.#limits = limits;
    this.#unsubscribe = queries.subscribe((found) => this.#announce(found));
    const tickMs = Math.min(limits.heartbeatMs, limits.stallMs);
    this.#timer = setInterval(() => this.#tick(), tickMs).unref();
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Opens a stream of the blocks after a height; undefined when there are too many. */
  open(options: {
    readonly client: string;
    readonly after: number;
    readonly cutOff: () => void;
  }): ReadableStream<Uint8Array> | undefined {
    const { client, after, cutOff } = options;
    const { readersMax, readersPerClientMax } = this.#limits;
    const own = [...this.#readers].filter((reader) => reader.client === client).length;
    if (this.#readers.size >= readersMax || own >= readersPerClientMax) return undefined;
    let reader: Reader | undefined;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const pulledMs = performance.now();
        reader = { client, controller, cutOff, position: after, wake: undefined, pulledMs };
        this.#readers.add(reader);
        controller.enqueue(opening);
      },
      pull: async () => {
        if (reader !== undefined) await this.#pull(reader);
      },
      cancel: () => {
        if (reader !== undefined) this.#forget(reader);
      },
    });
  }

  /** Ends every stream. */
  close(): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
    for (const reader of [...this.#readers]) this.#end(reader);
  }

  async #pull(reader: Reader): Promise<void> {
    reader.pulledMs = performance.now();
    while (this.#readers.has(reader)) {
      const next = reader.position + 1;
      if (next > this.#queries.tip().height) {
        await new Promise<void>((resolve) => {
          reader.wake = resolve;
        });
        reader.wake = undefined;
        // A heartbeat may have been sent meanwhile: then this pull has done its part.
        if ((reader.controller.desiredSize ?? 0) <= 0) return;
        continue;
      }
      reader.position = next;
      if (next % catchUpBatch === 0) await new Promise((resolve) => setImmediate(resolve));
      const event = this.#events.get(next) ?? (await this.#readEvent(reader, next));
      if (event === undefined || !this.#readers.has(reader)) continue; // Pruned, or gone meanwhile.
      reader.controller.enqueue(event);
      return;
    }
  }

  /**
   * A block that has to be read is decoded in one piece. So readers of the past queue up for them, and the loop turns
   * between one block and the next.
   */
  async #readEvent(reader: Reader, at: number): Promise<Uint8Array | undefined> {
    const before = this.#reading;
    let done = (): void => {};
    this.#reading = new Promise((resolve) => {
      done = resolve;
    });
    reader.pulledMs = Number.POSITIVE_INFINITY; // It waits for us, not we for it.
    await before;
    try {
      if (!this.#readers.has(reader)) return undefined;
      await new Promise((resolve) => setImmediate(resolve));
      const found = this.#queries.blockAt(height(at));
      return found === undefined ? undefined : encodeEvent(found);
    } finally {
      reader.pulledMs = performance.now();
      done();
    }
  }

  #announce(found: FoundBlock): void {
    if (this.#readers.size === 0) return;
    this.#events.set(found.block.header.height, encodeEvent(found));
    for (const { wake } of this.#readers) wake?.();
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const reader of [...this.#readers]) {
      if (reader.wake !== undefined) {
        reader.controller.enqueue(heartbeat);
        reader.wake();
      } else if (nowMs - reader.pulledMs > this.#limits.stallMs) {
        reader.controller.enqueue(tooSlow);
        this.#end(reader);
        setTimeout(reader.cutOff, cutOffMs).unref();
      }
    }
  }

  #end(reader: Reader): void {
    this.#forget(reader);
    reader.controller.close();
  }

  #forget(reader: Reader): void {
    this.#readers.delete(reader);
    reader.wake?.();
  }
}

function encodeEvent(found: FoundBlock): Uint8Array {
  const event = blockEvent(found);
  return encoder.encode(`id: ${event.height}\nevent: block\ndata: ${JSON.stringify(event)}\n\n`);
}
