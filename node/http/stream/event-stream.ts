/**
 * The stream of what becomes final, for any number of readers of any speed.
 *
 * A reader is a position in the final history: all of its topics up to there was sent. It pulls the next chunk when it
 * has room, so a slow one costs little memory, only its own delay; one that takes nothing for long is told `too_slow`
 * and closed. Reading from the past and living on the present are the same loop.
 * @module
 */
import type { StreamEndCode } from "../../../src/api/stream-json.ts";
import { formatStreamPosition, type StreamPosition } from "../../../src/api/stream-position.ts";
import type { Log } from "../../../src/base/log.ts";
import { fail, ok, type Result } from "../../../src/base/result.ts";
import { height } from "../../../src/protocol/ids.ts";
import type { FoundBlock, NodeQueries } from "../../../src/replica/node-queries.ts";
import type { JsonWriter } from "../to-json.ts";
import { Turns } from "../turns.ts";
import { AccountPath } from "./account-path.ts";
import { type BlockEvents, encodeEvent } from "./block-events.ts";
import { KeptEvents } from "./kept-events.ts";
import {
  cutOffMs,
  eventsBytesMax,
  type StreamLimits,
  silentBlocksMax,
  streamLimits,
} from "./limits.ts";
import { isAccountsOnly, type Topics } from "./topics.ts";

export interface ReaderOptions {
  readonly client: string;
  readonly loopback: boolean;
  readonly topics: Topics;
  /** It has everything up to here. */
  readonly after: StreamPosition;
  /** Ends the connection of a reader that does not even take its last event. */
  readonly cutOff: () => void;
}

/** Whose bound is reached. */
export type StreamRefusal = "node-full" | "client-full";

interface Reader extends Omit<ReaderOptions, "after"> {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** For one who follows accounts only. */
  readonly path: AccountPath | undefined;
  position: StreamPosition;
  /** The last position that it was told. */
  told: string;
  /** Blocks since then that had nothing for it. */
  silentBlocks: number;
  /** Set while there is nothing to send; the call goes on with the pull. */
  wake: (() => void) | undefined;
  /** When it was last given something, on the monotonic clock; Infinity while it waits for us. */
  servedMs: number;
}

/** What a reader gets next: bytes, nothing before the next block, or its end. */
type Step =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "wait" }
  | { readonly kind: "end"; readonly code: StreamEndCode };

const encoder = new TextEncoder();
const heartbeat = encoder.encode(": heartbeat\n\n");
const opening = encoder.encode("retry: 1000\n\n");

export class EventStream {
  readonly #queries: NodeQueries;
  readonly #log: Log;
  readonly #limits: StreamLimits;
  readonly #readers = new Set<Reader>();
  readonly #kept: KeptEvents;
  readonly #turns = new Turns();
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  #isClosed = false;

  constructor(
    dependencies: { readonly queries: NodeQueries; readonly json: JsonWriter; readonly log: Log },
    limits: StreamLimits = streamLimits,
  ) {
    this.#queries = dependencies.queries;
    this.#log = dependencies.log;
    this.#limits = limits;
    this.#kept = new KeptEvents(dependencies.json, { bytesMax: eventsBytesMax });
    this.#unsubscribe = this.#queries.subscribe((found) => this.#announce(found));
    const tickMs = Math.min(limits.heartbeatMs, limits.stallMs);
    this.#timer = setInterval(() => this.#tick(), tickMs).unref();
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Opens a stream of what comes after a position. */
  open(options: ReaderOptions): Result<ReadableStream<Uint8Array>, StreamRefusal> {
    const { topics } = options;
    const refusal = this.#isClosed ? "node-full" : this.#makeRoom(options);
    if (refusal !== undefined) return fail(refusal);
    let reader: Reader | undefined;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        reader = {
          ...options,
          controller,
          path: isAccountsOnly(topics)
            ? new AccountPath(this.#queries, topics.accounts.keys())
            : undefined,
          position: options.after,
          told: "",
          silentBlocks: 0,
          wake: undefined,
          servedMs: performance.now(),
        };
        this.#readers.add(reader);
        controller.enqueue(opening);
        controller.enqueue(this.#tell(reader));
      },
      pull: async () => {
        if (reader !== undefined) await this.#pull(reader);
      },
      cancel: () => {
        if (reader !== undefined) this.#forget(reader);
      },
    });
    return ok(stream);
  }

  /** Where all places are taken, the last reader of whoever has most makes room for who has less. It can go on later. */
  #makeRoom({ client, loopback }: ReaderOptions): StreamRefusal | undefined {
    const { readersMax, readersPerClientMax, readersPerLoopbackMax } = this.#limits;
    const byClient = new Map<string, Reader[]>();
    for (const reader of this.#readers) {
      const others = byClient.get(reader.client);
      if (others === undefined) byClient.set(reader.client, [reader]);
      else others.push(reader);
    }
    const own = byClient.get(client)?.length ?? 0;
    if (own >= (loopback ? readersPerLoopbackMax : readersPerClientMax)) return "client-full";
    if (this.#readers.size < readersMax) return undefined;
    let most: readonly Reader[] = [];
    for (const each of byClient.values()) if (each.length > most.length) most = each;
    const last = most.at(-1);
    if (last === undefined || most.length <= own + 1) return "node-full";
    this.#forget(last);
    last.cutOff();
    return undefined;
  }

  /** Ends every stream, and opens no other one. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#unsubscribe();
    for (const reader of [...this.#readers]) this.#end(reader);
  }

  async #pull(reader: Reader): Promise<void> {
    reader.servedMs = Number.POSITIVE_INFINITY;
    try {
      while (this.#readers.has(reader)) {
        const step = await this.#next(reader);
        if (!this.#readers.has(reader)) return;
        if (step.kind === "end") return this.#endWith(reader, step.code);
        if (step.kind === "bytes") return reader.controller.enqueue(step.bytes);
        await this.#untilWoken(reader);
        // A heartbeat may have been sent meanwhile: then this pull has done its part.
        if ((reader.controller.desiredSize ?? 0) <= 0) return;
      }
    } catch (error) {
      this.#forget(reader);
      this.#log.error("a stream could not go on", { error: String(error) });
      reader.cutOff();
    } finally {
      reader.servedMs = performance.now();
    }
  }

  /** Goes on from the reader's position, over what holds nothing for it, and moves the position. */
  async #next(reader: Reader): Promise<Step> {
    while (this.#readers.has(reader)) {
      if (reader.silentBlocks >= silentBlocksMax) {
        return { kind: "bytes", bytes: this.#tell(reader) };
      }
      const at = await this.#nextHeight(reader);
      if (at === undefined && reader.silentBlocks >= silentBlocksMax) continue;
      if (at === undefined) return { kind: "wait" };
      const events = this.#kept.get(at) ?? (await this.#read(reader, at));
      if (events === undefined) {
        if (!this.#readers.has(reader)) break;
        return { kind: "end", code: "history_absent" };
      }
      if (!events.isSilentFor(reader.topics)) {
        await this.#turns.room();
        const from = reader.position.height === at ? indexAfter(reader.position) : 0;
        const { bytes, position } = events.chunk(reader.topics, from);
        if (bytes !== undefined) {
          reader.position = position;
          reader.told = formatStreamPosition(position);
          reader.silentBlocks = 0;
          return { kind: "bytes", bytes };
        }
      }
      this.#passTo(reader, at);
    }
    return { kind: "wait" };
  }

  /** The height of the next block to look at; undefined: the reader has come to the tip. */
  async #nextHeight(reader: Reader): Promise<number | undefined> {
    const { position, path } = reader;
    const tip = this.#queries.tip().height;
    const at = heightAfter(position);
    if (at > tip) return undefined;
    const isBegun = position.index !== undefined;
    if (path === undefined || isBegun || this.#kept.get(at) !== undefined) return at;
    await this.#turns.own();
    const found = await path.next(position.height, tip);
    this.#passTo(reader, found === undefined ? tip : found - 1);
    return found ?? (await this.#nextHeight(reader));
  }

  /**
   * A block that has to be read is decoded in one piece. So readers of the past queue up for them, and the loop turns
   * between one block and the next.
   */
  async #read(reader: Reader, at: number): Promise<BlockEvents | undefined> {
    await this.#turns.own();
    if (!this.#readers.has(reader)) return undefined;
    const known = this.#kept.get(at);
    if (known !== undefined) return known;
    const found = this.#queries.blockAt(height(at));
    return found === undefined ? undefined : this.#kept.add(found);
  }

  /** Nothing up to the end of that block is for this reader. */
  #passTo(reader: Reader, at: number): void {
    reader.silentBlocks += at - reader.position.height;
    reader.position = { height: at, index: undefined };
  }

  /** The event that says how far a reader has come. */
  #tell(reader: Reader): Uint8Array {
    const position = formatStreamPosition(reader.position);
    reader.told = position;
    reader.silentBlocks = 0;
    return encodeEvent("position", { position, tip: this.#queries.tip().height }, position);
  }

  async #untilWoken(reader: Reader): Promise<void> {
    if (heightAfter(reader.position) <= this.#queries.tip().height) return; // It came just now.
    await new Promise<void>((resolve) => {
      reader.wake = resolve;
    });
    reader.wake = undefined;
  }

  #announce(found: FoundBlock): void {
    if (this.#readers.size === 0) return;
    this.#kept.add(found);
    for (const { wake } of this.#readers) wake?.();
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const reader of [...this.#readers]) {
      if (reader.wake !== undefined) {
        const isMoved = formatStreamPosition(reader.position) !== reader.told;
        reader.controller.enqueue(isMoved ? this.#tell(reader) : heartbeat);
        reader.wake();
      } else if (nowMs - reader.servedMs > this.#limits.stallMs) {
        this.#endWith(reader, "too_slow");
      }
    }
  }

  #endWith(reader: Reader, code: StreamEndCode): void {
    const position = formatStreamPosition(reader.position);
    reader.controller.enqueue(encodeEvent(code, { code, position }));
    this.#end(reader);
    setTimeout(reader.cutOff, cutOffMs).unref();
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

/** The first block that a reader may lack something of. */
const heightAfter = (position: StreamPosition): number =>
  position.index === undefined ? position.height + 1 : position.height;

/** The first transaction of the block that a position is in which the reader does not have. */
const indexAfter = ({ index }: StreamPosition): number =>
  index === undefined ? Number.POSITIVE_INFINITY : index + 1;
