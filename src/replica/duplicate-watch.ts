/**
 * Whether something else runs with this node's key: a copied home, or our own last run, whose links are not yet dead.
 *
 * Any peer can claim it, so one claim means nothing: a validator that fell silent on the word of f liars could be
 * silenced by them for ever, and all validators with it. More than f validators' addresses must say so.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { faultyMax, type ValidatorSet } from "../protocol/validator-set.ts";

/** How long a claim counts: longer than the dialer ever waits between two attempts, so a living twin keeps it up. */
const claimMs = 15_000;

export class DuplicateWatch {
  readonly #clock: Clock;
  #endpoints: ReadonlySet<string> = new Set();
  #claimsNeeded = 1;
  /** Monotonic ms of the last claim by address. Bounded by the validators. */
  readonly #claims = new Map<string, number>();

  constructor(options: { readonly clock: Clock; readonly validators: ValidatorSet }) {
    this.#clock = options.clock;
    this.setValidators(options.validators);
  }

  /** Another epoch has begun. */
  setValidators({ validators }: ValidatorSet): void {
    this.#endpoints = new Set(validators.map(({ endpoint }) => endpoint));
    this.#claimsNeeded = faultyMax(validators.length) + 1;
  }

  claimed(address: string): void {
    if (this.#endpoints.has(address)) this.#claims.set(address, this.#clock.monotonicMs());
  }

  get isDuplicate(): boolean {
    const sinceMs = this.#clock.monotonicMs() - claimMs;
    const current = [...this.#claims.values()].filter((atMs) => atMs >= sinceMs);
    return current.length >= this.#claimsNeeded;
  }
}
