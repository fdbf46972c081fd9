/**
 * Watches the stream of final blocks of every node: a block's transactions count when all nodes have reported it.
 *
 * The load generator shares the machine with what it measures, so it reads no more of an event than it needs.
 * @module
 */

export interface BlockEvent {
  readonly height: number;
  readonly transactions: number;
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
        const height = /^data: \{"height":(\d+)/m.exec(event)?.[1];
        if (height !== undefined)
          onBlock({ height: Number(height), transactions: countIds(event) });
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

const idText = 64;

/** Ids of 64 digits, quoted and separated: counted by the length of their list. */
function countIds(event: string): number {
  const start = event.indexOf('"transactions":[');
  const end = event.indexOf("]", start);
  const list = end - start - '"transactions":['.length;
  return start < 0 || list <= 0 ? 0 : (list + 1) / (idText + 3);
}

export class FinalEverywhere {
  readonly #nodes: number;
  readonly #reports = new Map<number, number>();
  readonly #onFinal: (transactions: number) => void;
  count = 0;

  constructor(nodes: number, onFinal: (transactions: number) => void) {
    this.#nodes = nodes;
    this.#onFinal = onFinal;
  }

  report({ height, transactions }: BlockEvent): void {
    const reports = (this.#reports.get(height) ?? 0) + 1;
    this.#reports.set(height, reports);
    if (reports < this.#nodes) return;
    this.#reports.delete(height);
    this.count += transactions;
    this.#onFinal(transactions);
  }
}
