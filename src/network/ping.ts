/**
 * Is the peer still there, and how far away? A Ping every two seconds; three without an answer and it is gone.
 *
 * Pings also carry where we stand, so peers know each other's progress without asking.
 * @module
 */
import type { Cancel, Clock } from "../base/clock.ts";
import type { Message, Standing } from "../protocol/message.ts";
import type { NetworkLimits } from "./limits.ts";

export type PingLimits = Pick<NetworkLimits, "pingEveryMs" | "pingsMissedMax" | "probeTimeoutMs">;

export interface PingDependencies {
  readonly clock: Clock;
  readonly standing: () => Standing;
  readonly send: (message: Message) => void;
  /** Called once: the peer does not answer. */
  readonly dead: () => void;
}

const tokenMax = 0xffff_ffff;
/** Weight of a new measurement in the running latency. */
const newest = 0.25;

export class Pinger {
  readonly #limits: PingLimits;
  readonly #d: PingDependencies;
  /** Sent and unanswered: token → when. At most pingsMissedMax and one probe. */
  readonly #unanswered = new Map<number, number>();
  #token = 0;
  #latencyMs: number | undefined;
  #cancel: Cancel | undefined;
  #cancelProbe: Cancel | undefined;

  constructor(limits: PingLimits, dependencies: PingDependencies) {
    this.#limits = limits;
    this.#d = dependencies;
  }

  /** Round trip, smoothed; undefined before the first answer. */
  get latencyMs(): number | undefined {
    return this.#latencyMs;
  }

  start(): void {
    this.#tick();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancelProbe?.();
    this.#cancel = undefined;
    this.#cancelProbe = undefined;
    this.#unanswered.clear();
  }

  /** An answer, to whichever ping it belongs. Unknown tokens are ignored: they may be late. */
  answered(token: number): void {
    const sentAtMs = this.#unanswered.get(token);
    if (sentAtMs === undefined) return;
    this.#unanswered.clear(); // Frames are in order: whoever answers this one is alive.
    this.#cancelProbe?.();
    this.#cancelProbe = undefined;
    const roundTripMs = this.#d.clock.monotonicMs() - sentAtMs;
    this.#latencyMs =
      this.#latencyMs === undefined
        ? roundTripMs
        : this.#latencyMs + newest * (roundTripMs - this.#latencyMs);
  }

  /** Asks at once, because someone says that this peer is elsewhere; no answer soon, and it is gone. */
  probe(): void {
    if (this.#cancelProbe !== undefined || this.#cancel === undefined) return;
    this.#ping();
    this.#cancelProbe = this.#d.clock.after(this.#limits.probeTimeoutMs, () => this.#die());
  }

  #tick(): void {
    if (this.#unanswered.size >= this.#limits.pingsMissedMax) {
      this.#die();
      return;
    }
    this.#cancel = this.#d.clock.after(this.#limits.pingEveryMs, () => this.#tick());
    this.#ping();
  }

  #ping(): void {
    this.#token = this.#token === tokenMax ? 0 : this.#token + 1;
    this.#unanswered.set(this.#token, this.#d.clock.monotonicMs());
    this.#d.send({ kind: "ping", token: this.#token, ...this.#d.standing() });
  }

  #die(): void {
    this.stop();
    this.#d.dead();
  }
}
