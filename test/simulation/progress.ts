/**
 * How far a long series of runs has come: on stderr, so that stdout stays the result.
 * @module
 */

/** Where nobody watches a line being rewritten, a new one is printed this often. */
const everyMs = 10_000;
const everyTtyMs = 200;

export class Progress {
  readonly #total: number;
  readonly #what: string;
  readonly #startMs = performance.now();
  readonly #isTty: boolean = process.stderr.isTTY === true;
  #shownMs: number = performance.now();
  #done = 0;
  failed = 0;

  constructor(total: number, what: string) {
    this.#total = total;
    this.#what = what;
  }

  done(isGood: boolean): void {
    this.#done += 1;
    if (!isGood) this.failed += 1;
    const nowMs = performance.now();
    if (nowMs - this.#shownMs < (this.#isTty ? everyTtyMs : everyMs)) return;
    this.#shownMs = nowMs;
    const failures = this.failed === 0 ? "" : `, ${this.failed} failed`;
    const line = `${this.#done} of ${this.#total} ${this.#what}${failures}, ${this.rate}`;
    process.stderr.write(this.#isTty ? `\r\u001b[K${line}` : `${line}\n`);
  }

  /** A line of the result, between those of the progress. */
  say(text: string): void {
    this.#clear();
    process.stdout.write(`${text}\n`);
  }

  end(): void {
    this.#clear();
  }

  get summary(): string {
    return `${this.#done - this.failed} ${this.#what}`;
  }

  get rate(): string {
    const seconds = (performance.now() - this.#startMs) / 1_000;
    return `${seconds.toFixed(1)} s, ${(this.#done / seconds).toFixed(1)}/s`;
  }

  #clear(): void {
    if (this.#isTty) process.stderr.write("\r\u001b[K");
  }
}
