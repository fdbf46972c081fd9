/**
 * The machine that the library runs on: its fetch, its clock, its dice. Node 20 and browsers have all of it.
 *
 * The only file of `src/` that touches any of them; whoever wants others (a test, a proxy) gives a Host of its own.
 * @module
 */
import type { Web } from "../api/asking.ts";
import type { Clock } from "../base/clock.ts";

export interface Host {
  readonly web: Web;
  readonly clock: Clock;
  /** So many bytes that nobody can guess. */
  readonly entropy: (count: number) => Uint8Array;
}

export const systemHost: Host = {
  web: {
    httpFetch: (url, request) => fetch(url, request),
    timeoutSignal: (ms) => AbortSignal.timeout(ms),
  },
  clock: {
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  },
  entropy: (count) => crypto.getRandomValues(new Uint8Array(count)),
};
