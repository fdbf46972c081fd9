/**
 * The timers of the current view, made anew when a view is entered; no other view has any.
 *
 * They start when work or a proposal is first seen in the view, at the latest `idleIntervalMs` after entering: an idle
 * network is quiet, and a leader that sits on known transactions loses its view.
 * @module
 */
import type { ConsensusSettings } from "./settings.ts";

export interface Work {
  /** When there was or will be work, monotonic ms. */
  readonly sinceMs: number;
  /** The least time between the parent's proposal and the next. */
  readonly pacingMs: number;
}

const never: number = Number.POSITIVE_INFINITY;

export class ViewTimers {
  readonly #settings: ConsensusSettings;
  readonly #idleUntilMs: number;
  #work: Work | undefined;
  #startedMs: number | undefined;
  #leaderSilent = false;
  #retryAtMs = never;
  #resendAtMs = never;

  constructor(options: { readonly settings: ConsensusSettings; readonly enteredMs: number }) {
    this.#settings = options.settings;
    this.#idleUntilMs = options.enteredMs + options.settings.idleIntervalMs;
  }

  setWork(work: Work | undefined): void {
    this.#work = work;
  }

  /** When work, or the end of idling, comes. */
  get #stirsMs(): number {
    return Math.min(this.#idleUntilMs, this.#work?.sinceMs ?? never);
  }

  /** Starts what is due to start. `isSilent` judges the leader, once, at that moment. */
  advance(nowMs: number, hasProposal: boolean, isSilent: () => boolean): void {
    if (this.#startedMs === undefined && (hasProposal || nowMs >= this.#stirsMs)) {
      this.#startedMs = nowMs;
      this.#leaderSilent = isSilent();
    }
    if (!this.#hasWork(nowMs)) this.#resendAtMs = never;
    else if (this.#resendAtMs === never) this.repeatLater(nowMs);
  }

  /** Starts over: until now we were not allowed to vote. */
  restart(): void {
    this.#startedMs = undefined;
  }

  #hasWork(nowMs: number): boolean {
    return this.#work !== undefined && this.#work.sinceMs <= nowMs;
  }

  /** When the leader proposes on a parent first seen at `parentSeenMs`. */
  proposeAtMs(parentSeenMs: number | undefined): number {
    if (this.#work === undefined) return this.#idleUntilMs;
    const pacedMs = parentSeenMs === undefined ? 0 : parentSeenMs + this.#work.pacingMs;
    return Math.min(this.#idleUntilMs, Math.max(this.#work.sinceMs, pacedMs));
  }

  /** When the view is given up, and why. */
  giveUp(hasProposal: boolean): {
    readonly atMs: number;
    readonly reason: "leader-silent" | "leader-timeout" | "certification-timeout";
  } {
    const startedMs = this.#startedMs ?? never;
    if (hasProposal) {
      const atMs = startedMs + this.#settings.certificationTimeoutMs;
      return { atMs, reason: "certification-timeout" };
    }
    if (this.#leaderSilent) return { atMs: startedMs, reason: "leader-silent" };
    return { atMs: startedMs + this.#settings.leaderTimeoutMs, reason: "leader-timeout" };
  }

  get startsMs(): number {
    return this.#startedMs === undefined ? this.#stirsMs : never;
  }

  /** When a nullify that did not help is repeated. */
  get retryAtMs(): number {
    return this.#retryAtMs;
  }

  retryLater(nowMs: number): void {
    this.#retryAtMs = nowMs + this.#settings.retryIntervalMs;
  }

  /** When everything that others may lack is repeated. */
  get repeatAtMs(): number {
    return this.#resendAtMs;
  }

  repeatLater(nowMs: number): void {
    this.#resendAtMs = nowMs + this.#settings.retryIntervalMs;
  }
}
