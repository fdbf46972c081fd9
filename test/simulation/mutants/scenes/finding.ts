/**
 * What a scene can find: something that must never happen, and of which sort it is.
 * @module
 */

export type FindingKind =
  /** Two blocks final, or certifiable, that exclude each other (S1 to S3). */
  | "fork"
  /** One honest key signs two votes that exclude each other, or casts the same vote anew. */
  | "double vote"
  /** An epoch has other validators than its ledger's votes say. */
  | "wrong set"
  /** A vote that the rules forbid even where no fork follows from it. */
  | "forbidden vote"
  /** An honest validator takes or passes on a certificate that no quorum signed. */
  | "false certificate"
  /** An honest validator is accused, or a fault goes unseen. */
  | "wrong blame"
  /** What is wanted does not happen within the stated time. */
  | "stall"
  /** The code ends itself. */
  | "crash";

/** The gravest first: what a run is reported as. */
export const findingKinds: readonly FindingKind[] = [
  "fork",
  "double vote",
  "wrong set",
  "false certificate",
  "forbidden vote",
  "wrong blame",
  "crash",
  "stall",
];

export interface Finding {
  readonly kind: FindingKind;
  readonly message: string;
}

/** Ends a scene at once; everything that was found before counts. */
export class SceneOver extends Error {
  readonly finding: Finding;

  constructor(kind: FindingKind, message: string) {
    super(`${kind}: ${message}`);
    this.finding = { kind, message };
  }
}

export interface Found {
  /** In the order of finding; nothing is found in a run of code that is right. */
  readonly findings: readonly Finding[];
  /** How many seeds were tried; 1 for a script. */
  readonly seeds: number;
}

export interface Scene {
  /** A sentence. */
  readonly name: string;
  readonly run: () => Promise<Found>;
}
