/**
 * Turns: how those who read much, the stream's readers and exports, share the one loop with each other and with the node's
 * real work.
 *
 * What is cheap goes on while this turn of the loop has time for it. What may be long, a block that must be decoded,
 * has a turn of its own, and then as much time passes as it took before the next one has. Whoever waits is let on in
 * order: of the cheap as many as have time in each turn, of the long one.
 * @module
 */

/** Of one turn of the loop, for all of them together. */
const turnMs = 5;

/** The machine may have slept meanwhile. */
const restMsMax = 100;

type Wake = () => void;

export class Turns {
  readonly #cheap: Wake[] = [];
  readonly #long: Wake[] = [];
  #startedMs: number | undefined;
  #isScheduled = false;
  /** The next long one has to wait until then. */
  #restUntilMs = 0;
  #rest: NodeJS.Timeout | undefined;

  /** Resolves at once while this turn has time left and nobody waits, else in a later turn. */
  async room(): Promise<void> {
    const isFree = this.#cheap.length === 0 && this.#hasTime();
    if (!isFree) await this.#wait(this.#cheap);
  }

  /** Resolves in a later turn, for nobody else in the same one who has something long to do. */
  async own(): Promise<void> {
    await this.#wait(this.#long);
  }

  async #wait(waiting: Wake[]): Promise<void> {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      this.#schedule();
    });
  }

  #hasTime(): boolean {
    const nowMs = performance.now();
    if (this.#startedMs === undefined) {
      this.#startedMs = nowMs;
      this.#schedule();
    }
    return nowMs - this.#startedMs <= turnMs;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#startedMs = undefined;
      this.#letOnLong();
      this.#letOn();
    });
  }

  #letOnLong(): void {
    const startMs = performance.now();
    if (startMs < this.#restUntilMs) return;
    const next = this.#long.shift();
    if (next === undefined) return;
    next();
    afterMicrotasks(() => {
      const endMs = performance.now();
      this.#restUntilMs = endMs + Math.min(endMs - startMs, restMsMax);
    });
  }

  /** Comes back when the next long one may be let on. */
  #awaitLong(): void {
    if (this.#long.length === 0 || this.#rest !== undefined) return;
    const restMs = this.#restUntilMs - performance.now();
    if (restMs <= 1) this.#schedule();
    else {
      this.#rest = setTimeout(() => {
        this.#rest = undefined;
        this.#schedule();
      }, restMs);
    }
  }

  /** One after the other: what one of them does at once is done before it is looked whether there is time for the next. */
  #letOn(): void {
    const next = this.#cheap.shift();
    if (next !== undefined) {
      next();
      afterMicrotasks(() => {
        if (this.#hasTime()) this.#letOn();
        else if (this.#cheap.length > 0) this.#schedule();
        else this.#awaitLong();
      });
    } else afterMicrotasks(() => this.#awaitLong());
  }
}

/** In the same turn of the loop, when all that promises have set off is done. */
const afterMicrotasks = (next: () => void): void => queueMicrotask(() => process.nextTick(next));
