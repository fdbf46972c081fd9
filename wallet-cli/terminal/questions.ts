/**
 * What both kinds of prompts share: how a question is put, and how it ends when a person wants out.
 * @module
 */
import { usageFailure } from "../failure.ts";

export interface TextOptions {
  /** Taken when nothing is typed. */
  readonly standard?: string;
  /** A sentence about what is wrong with it, or undefined. */
  readonly flaw?: (text: string) => string | undefined;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** Ctrl-C, or the terminal has gone. */
export function cancelled(): never {
  throw usageFailure("cancelled", "cancelled: nothing was done", "Run it again.");
}
