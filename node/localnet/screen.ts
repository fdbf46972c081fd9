/**
 * Lines on stdout with one live line below them: rewritten in place on a terminal, printed now and then elsewhere.
 * @module
 */

const clearLine = "\r\u001b[K";
const plainEveryMs = 10_000;

export class Screen {
  readonly #out: NodeJS.WriteStream;
  #live = "";
  #state = "";
  #printedMs = Number.NEGATIVE_INFINITY;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    // A reader that has gone away must not take the network down with it.
    out.on("error", () => {});
  }

  line(text: string): void {
    if (this.#live === "") this.#out.write(`${text}\n`);
    else this.#out.write(`${clearLine}${text}\n${this.#live}`);
  }

  /**
   * Shows how things stand. Without a terminal it is a line of its own, when `state` has changed or 10 s have passed.
   */
  live(text: string, state: string): void {
    if (this.#out.isTTY) {
      this.#live = text.slice(0, Math.max(20, this.#out.columns - 1));
      this.#out.write(`${clearLine}${this.#live}`);
      return;
    }
    const now = performance.now();
    if (state === this.#state && now - this.#printedMs < plainEveryMs) return;
    this.#state = state;
    this.#printedMs = now;
    this.#out.write(`${text}\n`);
  }

  /** Leaves the live line as it stands; what comes next begins below it. */
  settle(): void {
    if (this.#live !== "") this.#out.write("\n");
    this.#live = "";
  }
}
