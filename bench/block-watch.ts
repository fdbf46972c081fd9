/**
 * Watches the stream of final blocks of every node: a transaction counts when all of them have reported it.
 * @module
 */

export interface BlockEvent {
  readonly height: number;
  readonly transactions: readonly string[];
}

/** Calls back for each event of a node's stream until the signal aborts. */
export async function watchBlocks(
  url: string,
  signal: AbortSignal,
  onBlock: (event: BlockEvent) => void,
): Promise<void> {
  const response = await fetch(`${url}/v1/stream?topics=blocks`, { signal });
  if (response.body === null) throw new Error("the stream has no body");
  let text = "";
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body) {
      text += decoder.decode(chunk, { stream: true });
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const line = event.split("\n").find((candidate) => candidate.startsWith("data: "));
        if (line !== undefined) onBlock(JSON.parse(line.slice("data: ".length)) as BlockEvent);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

export class FinalEverywhere {
  readonly #nodes: number;
  readonly #seen = new Map<string, number>();
  readonly #onFinal: (id: string) => void;
  count = 0;

  constructor(nodes: number, onFinal: (id: string) => void) {
    this.#nodes = nodes;
    this.#onFinal = onFinal;
  }

  report(event: BlockEvent): void {
    for (const id of event.transactions) {
      const seen = (this.#seen.get(id) ?? 0) + 1;
      if (seen < this.#nodes) {
        this.#seen.set(id, seen);
        continue;
      }
      this.#seen.delete(id);
      this.count += 1;
      this.#onFinal(id);
    }
  }
}
