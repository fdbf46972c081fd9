/**
 * Reading server-sent events from a body, for those who have no EventSource: the HTML standard, 9.2.6.
 *
 * Nothing is kept beyond one event and its bound. A line that begins with a colon is a comment, which says that the
 * connection lives: it comes out as an event without a name.
 * @module
 */

export interface ServerEvent {
  /** `message` when the event has no name of its own; empty for a comment. */
  readonly name: string;
  /** The last id that was sent, with this event or before; empty: none yet. */
  readonly id: string;
  readonly data: string;
}

export class EventParser {
  readonly #lengthMax: number;
  #line = "";
  #isAfterReturn = false;
  #name = "";
  #data: string[] = [];
  #length = 0;
  #id = "";

  /** @param options.lengthMax characters of one event. */
  constructor(options: { readonly lengthMax: number }) {
    this.#lengthMax = options.lengthMax;
  }

  /** The events that this text completes; undefined: one of them is longer than it may be. */
  feed(text: string): readonly ServerEvent[] | undefined {
    const events: ServerEvent[] = [];
    // A line may end with a return at the end of one piece and a feed at the beginning of the next.
    const given = this.#isAfterReturn && text.startsWith("\n") ? text.slice(1) : text;
    if (text !== "") this.#isAfterReturn = text.endsWith("\r");
    const [first = "", ...others] = given.split(/\r\n|\n|\r/);
    this.#line += first; // So that a line costs as much as it is long, however it is cut.
    for (const next of others) {
      const line = this.#line;
      this.#line = next;
      this.#length += line.length;
      if (this.#length > this.#lengthMax) return undefined;
      const event = this.#read(line);
      if (event !== undefined) events.push(event);
    }
    return this.#length + this.#line.length > this.#lengthMax ? undefined : events;
  }

  #read(line: string): ServerEvent | undefined {
    if (line === "") return this.#finish();
    const colon = line.indexOf(":");
    if (colon === 0) return { name: "", id: this.#id, data: line.slice(1).trim() };
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    return undefined;
  }

  #finish(): ServerEvent | undefined {
    const [name, data] = [this.#name || "message", this.#data];
    this.#name = "";
    this.#data = [];
    this.#length = 0;
    return data.length === 0 ? undefined : { name, id: this.#id, data: data.join("\n") };
  }
}

/**
 * The events of a body, to its end or until the signal aborts. An event that is too long ends it too.
 *
 * Node's fetch holds its own signal weakly: once that is collected, a body under way hears of no abort. This one does.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  options: { readonly lengthMax: number; readonly signal?: AbortSignal },
): AsyncGenerator<ServerEvent, void> {
  const { signal } = options;
  const parser = new EventParser(options);
  const decoder = new TextDecoder();
  const reader = body.getReader();
  const end = (): Promise<void> => reader.cancel().catch(() => {}); // It may have failed already.
  const abort = (): void => void end();
  signal?.addEventListener("abort", abort);
  try {
    while (signal?.aborted !== true) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = parser.feed(decoder.decode(value, { stream: true }));
      if (events === undefined) return;
      yield* events;
    }
  } finally {
    signal?.removeEventListener("abort", abort);
    await end();
  }
}
