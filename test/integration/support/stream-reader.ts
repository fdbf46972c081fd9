/**
 * A program that follows the stream of a network: it keeps the id of the last event, and when its connection ends it
 * goes on there, at the same node or at the next one.
 * @module
 */
import { readEvents } from "../../../src/api/event-reading.ts";

const retryMs = 50;

export class StreamReader {
  /** Ids of the transactions that it was told of, as often as it was told. */
  readonly transactions: string[] = [];
  /** `height.index` of each transaction and `height` of each block, in the order in which they came. */
  readonly places: string[] = [];
  /** How often it had to begin a connection. */
  connections = 0;
  /** Heights where it went on. */
  readonly cursors: string[] = [];
  readonly #nodes: () => readonly string[];
  readonly #topics: string;
  #cursor: string;
  #turn = 0;
  #over = false;
  #connection = new AbortController();
  readonly #ended: Promise<void>;

  /** `nodes` are asked for before each connection: the next one is tried each time. */
  constructor(options: {
    readonly nodes: () => readonly string[];
    readonly topics: string;
    readonly cursor: string;
  }) {
    this.#nodes = options.nodes;
    this.#topics = options.topics;
    this.#cursor = options.cursor;
    this.#ended = this.#follow();
  }

  /** The last position that it was told. */
  get cursor(): string {
    return this.#cursor;
  }

  /** Height up to which it was told everything, at least. */
  get height(): number {
    return Number(this.#cursor.split(".")[0]);
  }

  /** Cuts the connection, in the middle of whatever comes. */
  cut(): void {
    this.#connection.abort();
  }

  async stop(): Promise<void> {
    this.#over = true;
    this.cut();
    await this.#ended;
  }

  async #follow(): Promise<void> {
    while (!this.#over) {
      const nodes = this.#nodes();
      const node = nodes[this.#turn % nodes.length] ?? "";
      this.#turn += 1;
      this.#connection = new AbortController();
      try {
        await this.#read(node, this.#connection.signal);
      } catch {
        // The node is gone or the line is cut: the next one has the same history.
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  async #read(node: string, signal: AbortSignal): Promise<void> {
    const url = `${node}/v1/stream?topics=${this.#topics}&cursor=${this.#cursor}`;
    const response = await fetch(url, { signal });
    if (!response.ok || response.body === null) return;
    this.connections += 1;
    this.cursors.push(this.#cursor);
    for await (const { name, id, data } of readEvents(response.body, {
      lengthMax: 1 << 24,
      signal,
    })) {
      if (name === "transaction") this.transactions.push((JSON.parse(data) as { id: string }).id);
      if (name === "transaction" || name === "block") this.places.push(id);
      if (id !== "") this.#cursor = id;
    }
  }
}
