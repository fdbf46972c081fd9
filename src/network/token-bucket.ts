/**
 * A token bucket: so much a second, and a burst of so much. What bounds a peer's rate.
 * @module
 */
import type { Allowance } from "./limits.ts";

export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #filledAtMs: number;

  /** Starts full. Times are of a monotonic clock. */
  constructor(options: { readonly perS: number; readonly burst: number }, nowMs: number) {
    this.#perMs = options.perS / 1_000;
    this.#burst = options.burst;
    this.#tokens = options.burst;
    this.#filledAtMs = nowMs;
  }

  /** Whether that many can be taken now, without taking them. */
  has(count: number, nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#tokens >= count;
  }

  /** Takes that many, or none of them and false. */
  take(count: number, nowMs: number): boolean {
    if (!this.has(count, nowMs)) return false;
    this.#tokens -= count;
    return true;
  }

  #fill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#filledAtMs = nowMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsedMs * this.#perMs);
  }
}

/** A bucket for messages and one for bytes, taken from together or not at all. */
export class AllowanceMeter {
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket;

  constructor(allowance: Allowance, nowMs: number) {
    const { messagesPerS, messagesBurst, bytesPerS, bytesBurst } = allowance;
    this.#messages = new TokenBucket({ perS: messagesPerS, burst: messagesBurst }, nowMs);
    this.#bytes = new TokenBucket({ perS: bytesPerS, burst: bytesBurst }, nowMs);
  }

  takeMessage(bytes: number, nowMs: number): boolean {
    return (
      this.#messages.has(1, nowMs) &&
      this.#bytes.take(bytes, nowMs) &&
      this.#messages.take(1, nowMs)
    );
  }
}
