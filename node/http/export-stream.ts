/**
 * CSV answers of any length: a page is read when the client has taken the one before, so memory stays what one page needs.
 *
 * Each is a snapshot: it ends with what was final when it began. One that is cut off ends in the middle of the chunks, so
 * that no client takes it for whole. A few may run at a time, and one whose client takes nothing for long is ended.
 * @module
 */
import { type Cell, csvLine } from "./csv.ts";

export type Row = readonly Cell[];

export interface ExportLimits {
  readonly exportsMax: number;
  readonly exportsPerClientMax: number;
  /** How long a client may take nothing. */
  readonly stallMs: number;
}

export const exportLimits: ExportLimits = {
  exportsMax: 8,
  exportsPerClientMax: 2,
  stallMs: 30_000,
};

const encoder = new TextEncoder();

export class Exports {
  readonly #limits: ExportLimits;
  /** The clients of those that run. */
  readonly #running = new Set<{ readonly client: string }>();

  constructor(limits: ExportLimits = exportLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#running.size;
  }

  /**
   * The text of columns and rows; undefined when there are too many. `cutOff` ends the connection of a client that takes
   * nothing.
   */
  open(options: {
    readonly client: string;
    readonly columns: readonly string[];
    readonly pages: AsyncGenerator<readonly Row[], void, undefined>;
    readonly cutOff: () => void;
  }): ReadableStream<Uint8Array> | undefined {
    const { client, columns, pages, cutOff } = options;
    const { exportsMax, exportsPerClientMax, stallMs } = this.#limits;
    const own = [...this.#running].filter((other) => other.client === client).length;
    if (this.#running.size >= exportsMax || own >= exportsPerClientMax) return undefined;
    const entry = { client };
    this.#running.add(entry);
    let stalled: NodeJS.Timeout | undefined;
    const end = (): void => {
      clearTimeout(stalled);
      this.#running.delete(entry);
    };
    const waitForClient = (): void => {
      stalled = setTimeout(() => {
        end();
        cutOff();
      }, stallMs).unref();
    };
    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          controller.enqueue(encoder.encode(csvLine(columns)));
          waitForClient();
        },
        async pull(controller) {
          clearTimeout(stalled);
          try {
            const page = await nextPage(pages);
            if (page === undefined) {
              end();
              controller.close();
              return;
            }
            controller.enqueue(encoder.encode(page.map(csvLine).join("")));
            waitForClient();
          } catch (error) {
            end();
            throw error;
          }
        },
        async cancel() {
          end();
          await pages.return();
        },
      },
      { highWaterMark: 1 },
    );
  }
}

/** The next page that has rows. The loop turns between two pages: other clients are waiting. */
async function nextPage(
  pages: AsyncGenerator<readonly Row[], void, undefined>,
): Promise<readonly Row[] | undefined> {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const { value, done } = await pages.next();
    if (done === true || value === undefined) return undefined;
    if (value.length > 0) return value;
  }
}
