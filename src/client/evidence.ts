/**
 * Evidence: a node's own words, kept as they came, for whoever has to talk to its operator.
 * @module
 */

/** What a node answered, as it came over the wire. */
export interface RawAnswer {
  readonly url: string;
  /** HTTP status. */
  readonly status: number;
  /** At most `rawBodyMax` characters of the body. */
  readonly body: string;
  readonly isCut: boolean;
}

export interface Evidence {
  readonly kind: "quorate-evidence";
  readonly version: 1;
  readonly chainId: string;
  /** Base URL of the node, or of two that contradict each other. */
  readonly nodes: readonly string[];
  readonly code: string;
  readonly message: string;
  /** When it was found, Unix milliseconds. */
  readonly foundMs: number;
  readonly answers: readonly RawAnswer[];
}

/** Kept of one answer: as much as is ever read of one, so that a proof of a fork is whole. A store may keep less of others. */
export const rawBodyMax: number = 32 * 1024 * 1024;
