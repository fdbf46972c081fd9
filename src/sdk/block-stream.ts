/**
 * New final blocks, one after the other, from whichever node answers: none is skipped, none comes twice.
 *
 * Nothing above the proven tip is believed, so a node that invents blocks is left before it leads the stream away. What
 * an event says of its block is that node's word; what must be sure is proven by asking for it (`account`, `receipt`).
 * @module
 */
import type { HttpFetch } from "../api/client.ts";
import type { BlockEventJson } from "../api/json.ts";
import { blockEventSchema } from "../api/schemas.ts";
import type { Clock } from "../base/clock.ts";

export interface StreamOptions {
  readonly nodes: readonly string[];
  readonly httpFetch: HttpFetch;
  readonly clock: Clock;
  /** The newest height that is proven to be final; rejects when nothing is proven now. */
  readonly provenHeight: () => Promise<number>;
  /** Begin after this height; left out: after the newest proven block. */
  readonly after?: number | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
}

const pauseMs = 1_000;
const provingTries = 10;
const provingPauseMs = 200;
/** With nothing to do, a block comes after 10 s. A node that sends none for so long is left, comments or not. */
const silentMsMax = 40_000;
/** No event is longer. */
const eventLengthMax = 4 * 1024 * 1024;

/** Never ends by itself: goes on with the next node when one fails. */
export async function* streamBlocks(options: StreamOptions): AsyncGenerator<BlockEventJson, void> {
  const { nodes, signal, clock } = options;
  let proven = options.after === undefined ? await options.provenHeight() : 0;
  let last = options.after ?? proven;
  const isOver = (): boolean => signal?.aborted === true;
  for (let turn = 0; !isOver(); turn += 1) {
    const node = nodes[turn % nodes.length];
    if (node === undefined) return;
    try {
      for await (const block of eventsOf(node, last, options)) {
        // A node that leaves out a block, or begins anew, is left for the next one.
        if (block.height !== last + 1) break;
        if (block.height > proven) proven = await reached(block.height, options);
        if (block.height > proven) break;
        last = block.height;
        yield block;
      }
    } catch {
      // The node is gone, or its answer is no stream: the next one has the same blocks.
    }
    if (!isOver()) await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
  }
}

/** The proven height, when it has come so far or is late: a node may tell of a block before it can prove it. */
async function reached(wanted: number, { provenHeight, clock }: StreamOptions): Promise<number> {
  let height = 0;
  for (let tried = 0; tried < provingTries; tried += 1) {
    height = await provenHeight();
    if (height >= wanted) break;
    await new Promise<void>((resolve) => clock.after(provingPauseMs, resolve));
  }
  return height;
}

async function* eventsOf(
  node: string,
  after: number,
  { httpFetch, clock, signal }: StreamOptions,
): AsyncGenerator<BlockEventJson, void> {
  const over = new AbortController();
  const end = (): void => over.abort();
  signal?.addEventListener("abort", end);
  let cancel = clock.after(silentMsMax, end);
  try {
    const url = `${node}/v1/stream?topics=blocks&cursor=${after}`;
    const response = await httpFetch(url, { signal: over.signal, redirect: "error" });
    if (!response.ok || response.body === null) return;
    const reader = response.body.getReader();
    const events = new EventReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const event of events.read(value)) {
        const block = blockIn(event);
        if (block === undefined) continue;
        cancel();
        yield block;
        cancel = clock.after(silentMsMax, end);
      }
      if (events.isTooLong) return;
    }
  } finally {
    cancel();
    signal?.removeEventListener("abort", end);
    end();
  }
}

/** Cuts a stream into events, each of which ends with an empty line. Costs as much as it is long, however it is cut. */
class EventReader {
  readonly #decoder = new TextDecoder();
  #lines: string[] = [];
  #line = "";
  #length = 0;

  get isTooLong(): boolean {
    return this.#length > eventLengthMax;
  }

  /** The lines of each event that ends in these bytes. */
  read(bytes: Uint8Array): readonly (readonly string[])[] {
    const text = this.#decoder.decode(bytes, { stream: true });
    const [rest = "", ...others] = text.split("\n");
    this.#length += text.length;
    this.#line += rest;
    const events: (readonly string[])[] = [];
    for (const next of others) {
      if (this.#line !== "") this.#lines.push(this.#line);
      else {
        events.push(this.#lines);
        this.#lines = [];
        this.#length = text.length;
      }
      this.#line = next;
    }
    return events;
  }
}

/** The block of one event; undefined for comments and other events. */
function blockIn(lines: readonly string[]): BlockEventJson | undefined {
  if (!lines.includes("event: block")) return undefined;
  const data = lines.find((line) => line.startsWith("data: "));
  const read =
    data === undefined ? undefined : blockEventSchema.safeParse(JSON.parse(data.slice(6)));
  return read?.success === true ? read.data : undefined;
}
