/**
 * Following the stream of whichever node answers, over connections and nodes that end: positions are of the ledger, so
 * the next node goes on where the last one was.
 *
 * Nothing above the proven tip is believed, so a node that invents is left before it leads the stream away.
 * @module
 */
import type { HttpFetch } from "../api/client.ts";
import { readEvents, type ServerEvent } from "../api/event-reading.ts";
import { formatStreamPosition, type StreamPosition } from "../api/stream-position.ts";
import type { Clock } from "../base/clock.ts";

export interface FollowOptions {
  readonly nodes: readonly string[];
  readonly httpFetch: HttpFetch;
  readonly clock: Clock;
  /** The newest height that is proven to be final; rejects when nothing is proven now. */
  readonly provenHeight: () => Promise<number>;
  /** Begin after this; left out: after the newest proven block. */
  readonly start?: StreamPosition | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
}

/** What an event says: where in the ledger it is, and perhaps something to hand on. */
export interface Told<Value> {
  readonly at: StreamPosition;
  readonly value: Value | undefined;
}

/** How one kind of stream is read. */
export interface Reading<Value> {
  readonly topics: string;
  /** Undefined for comments and for events of other kinds. Throws when it is of the kind and not well formed. */
  readonly read: (event: ServerEvent) => Told<Value> | undefined;
  /** Whether it can be what comes after a position. */
  readonly follows: (told: Told<Value>, last: StreamPosition) => boolean;
}

const pauseMs = 1_000;
const provingTries = 10;
const provingPauseMs = 200;
/** With nothing to do, a block comes after 10 s. A node that tells of none for so long is left, comments or not. */
const silentMsMax = 40_000;
/** No event is longer. */
const eventLengthMax = 4 * 1024 * 1024;

/** Never ends by itself: goes on with the next node when one fails. */
export async function* follow<Value>(
  options: FollowOptions,
  reading: Reading<Value>,
): AsyncGenerator<Value, void> {
  const { nodes, signal, clock, start } = options;
  let proven = start === undefined ? await options.provenHeight() : 0;
  let last = start ?? { height: proven, index: undefined };
  const isOver = (): boolean => signal?.aborted === true;
  for (let turn = 0; !isOver(); turn += 1) {
    const node = nodes[turn % nodes.length];
    if (node === undefined) return;
    try {
      for await (const told of toldBy(node, last, options, reading)) {
        // A node that leaves something out, or begins anew, is left for the next one.
        if (isOver() || !reading.follows(told, last)) break;
        if (told.at.height > proven) proven = await reached(told.at.height, options);
        if (told.at.height > proven) break;
        last = told.at;
        if (told.value !== undefined) yield told.value;
      }
    } catch {
      // The node is gone, or its answer is no stream: the next one has the same history.
    }
    if (!isOver()) await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
  }
}

/** The proven height, when it has come so far or is late: a node may tell of a block before it can prove it. */
async function reached(wanted: number, options: FollowOptions): Promise<number> {
  const { provenHeight, clock, signal } = options;
  let height = 0;
  for (let tried = 0; tried < provingTries && signal?.aborted !== true; tried += 1) {
    height = await provenHeight();
    if (height >= wanted) break;
    await new Promise<void>((resolve) => clock.after(provingPauseMs, resolve));
  }
  return height;
}

/** What one connection to one node tells. */
async function* toldBy<Value>(
  node: string,
  after: StreamPosition,
  { httpFetch, clock, signal }: FollowOptions,
  { topics, read }: Reading<Value>,
): AsyncGenerator<Told<Value>, void> {
  const over = new AbortController();
  const end = (): void => over.abort();
  signal?.addEventListener("abort", end);
  let cancel = clock.after(silentMsMax, end);
  try {
    const url = `${node}/v1/stream?topics=${topics}&cursor=${formatStreamPosition(after)}`;
    const response = await httpFetch(url, { signal: over.signal, redirect: "error" });
    if (!response.ok || response.body === null) return;
    const events = readEvents(response.body, { lengthMax: eventLengthMax, signal: over.signal });
    for await (const event of events) {
      const told = read(event);
      if (told === undefined) continue;
      cancel();
      yield told;
      cancel = clock.after(silentMsMax, end);
    }
  } finally {
    cancel();
    signal?.removeEventListener("abort", end);
    end();
  }
}
