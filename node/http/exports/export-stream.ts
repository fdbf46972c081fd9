/**
 * CSV answers of any length: a page is read when the client has taken the one before, so memory stays what one page needs.
 *
 * Each is a snapshot: it ends with what was final when it began. One that is cut off ends in the middle of the chunks, so
 * that no client takes it for whole. A few may run at a time, and one whose client takes nothing for long is ended.
 * @module
 */
import type { Log } from "../../../src/base/log.ts";
import { Turns } from "../turns.ts";
import { type Cell, csvLine } from "./csv.ts";

export type Row = readonly Cell[];

export interface ExportLimits {
  readonly exportsMax: number;
  readonly exportsPerClientMax: number;
  /** How long a client may take nothing. */
  readonly stallMs: number;
  /** The same, where another waits for the place. */
  readonly yieldMs: number;
}

export const exportLimits: ExportLimits = {
  exportsMax: 16,
  exportsPerClientMax: 2,
  stallMs: 30_000,
  yieldMs: 5_000,
};

export interface ExportOptions {
  readonly client: string;
  readonly columns: readonly string[];
  readonly pages: AsyncGenerator<readonly Row[], void, undefined>;
  /** Ends the connection: of a client that takes nothing, or of an export that cannot go on. */
  readonly cutOff: () => void;
}

interface Running {
  readonly client: string;
  /** Since when the client has not taken what there is, on the monotonic clock; undefined: it waits for us. */
  waitingSinceMs: number | undefined;
  readonly end: () => void;
  readonly cutOff: () => void;
}

const encoder = new TextEncoder();

export class Exports {
  readonly #log: Log;
  readonly #limits: ExportLimits;
  readonly #running = new Set<Running>();
  /** One page of one export at a time, in a turn of the loop of its own. */
  readonly #turns = new Turns();
  #lastPage: Promise<unknown> = Promise.resolve();

  constructor(log: Log, limits: ExportLimits = exportLimits) {
    this.#log = log;
    this.#limits = limits;
  }

  get running(): number {
    return this.#running.size;
  }

  /** The text of columns and rows; undefined when there are too many. */
  open(options: ExportOptions): ReadableStream<Uint8Array> | undefined {
    const { client, columns, pages, cutOff } = options;
    if (!this.#hasPlaceFor(client)) return undefined;
    let stalled: NodeJS.Timeout | undefined;
    const entry: Running = {
      client,
      waitingSinceMs: undefined,
      cutOff,
      end: () => {
        clearTimeout(stalled);
        this.#running.delete(entry);
      },
    };
    this.#running.add(entry);
    const waitForClient = (): void => {
      entry.waitingSinceMs = performance.now();
      stalled = setTimeout(() => giveUp(entry), this.#limits.stallMs).unref();
    };
    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          controller.enqueue(encoder.encode(csvLine(columns)));
          waitForClient();
        },
        pull: async (controller) => {
          clearTimeout(stalled);
          entry.waitingSinceMs = undefined;
          try {
            const page = await this.#nextPage(entry, pages);
            if (!this.#running.has(entry)) return;
            if (page === undefined) {
              entry.end();
              controller.close();
              return;
            }
            controller.enqueue(encoder.encode(page.map(csvLine).join("")));
            waitForClient();
          } catch (error) {
            this.#log.error("an export could not go on", { error: String(error) });
            giveUp(entry);
          }
        },
        async cancel() {
          entry.end();
          await pages.return();
        },
      },
      { highWaterMark: 1 },
    );
  }

  /** Where all places are taken, one whose client has taken nothing for a while becomes free. */
  #hasPlaceFor(client: string): boolean {
    const { exportsMax, exportsPerClientMax, yieldMs } = this.#limits;
    const running = [...this.#running];
    const own = running.filter((other) => other.client === client).length;
    if (own >= exportsPerClientMax) return false;
    if (running.length < exportsMax) return true;
    const since = ({ waitingSinceMs }: Running): number => waitingSinceMs ?? Infinity;
    const [longest] = running.toSorted((a, b) => since(a) - since(b));
    if (longest === undefined || performance.now() - since(longest) < yieldMs) return false;
    giveUp(longest);
    return true;
  }

  async #alone<Value>(make: () => Promise<Value>): Promise<Value> {
    const made = this.#lastPage.then(async () => {
      await this.#turns.own();
      return await make();
    });
    this.#lastPage = made.catch(() => undefined);
    return await made;
  }

  /** The next page that has rows. */
  async #nextPage(
    entry: Running,
    pages: AsyncGenerator<readonly Row[], void, undefined>,
  ): Promise<readonly Row[] | undefined> {
    while (this.#running.has(entry)) {
      const { value, done } = await this.#alone(() => pages.next());
      if (done === true || value === undefined) return undefined;
      if (value.length > 0) return value;
    }
    return undefined;
  }
}

function giveUp({ end, cutOff }: Running): void {
  end();
  cutOff();
}
