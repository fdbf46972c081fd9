/**
 * Turns: how the readers of the stream share the one loop with each other and with the node's real work.
 *
 * What is cheap goes on while this turn of the loop has time for it. What may be long, a block that must be decoded,
 * has a turn of its own. Whoever waits is let on in order, one in each turn.
 * @module
 */

/** Of one turn of the loop, for all readers together. */
const turnMs = 5;

export class Turns {
  readonly #waiting: (() => void)[] = [];
  #startedMs: number | undefined;
  #isScheduled = false;

  /** Resolves at once while this turn has time left and nobody waits, else in a later turn. */
  async room(): Promise<void> {
    if (this.#waiting.length > 0) return await this.own();
    const nowMs = performance.now();
    if (this.#startedMs === undefined) {
      this.#startedMs = nowMs;
      this.#schedule();
    } else if (nowMs - this.#startedMs > turnMs) await this.own();
  }

  /** Resolves in a later turn, for nobody else in the same one. */
  async own(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#startedMs = undefined;
      const resolve = this.#waiting.shift();
      if (resolve === undefined) return;
      if (this.#waiting.length > 0) this.#schedule();
      resolve();
    });
  }
}
