/**
 * The blocks that readers of the stream were sent last, with what was encoded of them: bounded by bytes, oldest out.
 * @module
 */
import type { FoundBlock } from "../../../src/replica/node-queries.ts";
import type { JsonWriter } from "../to-json.ts";
import { BlockEvents } from "./block-events.ts";

export class KeptEvents {
  readonly #json: JsonWriter;
  readonly #bytesMax: number;
  readonly #kept = new Map<number, BlockEvents>();
  #bytes = 0;

  constructor(json: JsonWriter, options: { readonly bytesMax: number }) {
    this.#json = json;
    this.#bytesMax = options.bytesMax;
  }

  /** What all of it takes. */
  get bytes(): number {
    return this.#bytes;
  }

  get(height: number): BlockEvents | undefined {
    return this.#kept.get(height);
  }

  add(found: FoundBlock): BlockEvents {
    const known = this.#kept.get(found.block.header.height);
    if (known !== undefined) return known;
    const events: BlockEvents = new BlockEvents(found, this.#json, (bytes) => {
      if (this.#kept.get(events.height) !== events) return; // It had to go; a reader still uses it.
      this.#bytes += bytes;
      this.#shrink(events);
    });
    this.#kept.set(events.height, events);
    this.#bytes += events.bytes;
    this.#shrink(events);
    return events;
  }

  #shrink(newest: BlockEvents): void {
    for (const [height, events] of this.#kept) {
      if (this.#bytes <= this.#bytesMax) return;
      if (events === newest) continue;
      this.#kept.delete(height);
      this.#bytes -= events.bytes;
    }
  }
}
