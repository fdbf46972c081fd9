/**
 * The JSON contract of membership: who votes now and next, what operators have voted for, and proven faults.
 *
 * Types only, like json.ts; membership-schemas.ts holds the same shapes as schemas.
 * @module
 */
import type { ParametersJson, TipJson } from "./json.ts";

/** One entry of a validator set. */
export interface MemberJson {
  readonly name: string;
  /** Address of the account that earns its fees and votes on membership. */
  readonly operator: string;
  readonly consensusKey: string;
  readonly endpoint: string;
}

export interface EpochJson {
  readonly number: number;
  /** Heights that it has. */
  readonly length: number;
  readonly lastHeight: number;
  /** After the block at this height its votes are counted; later ones are for the next epoch. */
  readonly countingHeight: number;
  /** Unix milliseconds, by how fast the last blocks came; null when none came yet. A guess. */
  readonly endsAboutMs: number | null;
}

export type ChangeJson =
  | {
      readonly kind: "put";
      readonly validator: MemberJson;
      /** The entry of the same operator now, which this one would replace. */
      readonly replaces: MemberJson | null;
      /** What its consensus key has signed, to be repeated in a vote; null where the block is not here any more. */
      readonly possession: string | null;
    }
  | { readonly kind: "remove"; readonly operator: string; readonly name: string | null }
  | {
      readonly kind: "parameter";
      readonly name: string;
      readonly value: string;
      readonly current: string;
    };

export interface VoteJson {
  /** Who voted. */
  readonly operator: string;
  /** Its validator's name. */
  readonly name: string;
  readonly height: number;
  readonly timestampMs: number;
  /** After this block time it counts no more. */
  readonly expiresMs: number;
  /** Whether it counts at the tip. */
  readonly counts: boolean;
}

/** The node that a Put would make a validator, as the answering node sees it. */
export interface CandidateJson {
  /** Linked to the answering node, with that consensus key proven or the one that it is to replace. */
  readonly linked: boolean;
  /** Its final height, or null when it is not linked. */
  readonly finalHeight: number | null;
  /** Linked, and its final height is within 2 of the tip. */
  readonly synced: boolean;
}

/** Equal votes for one change. */
export interface StandingChangeJson {
  readonly change: ChangeJson;
  /** Oldest first. */
  readonly votes: readonly VoteJson[];
  /** How many of them count. */
  readonly counted: number;
  /** For a Put, else null. */
  readonly candidate: CandidateJson | null;
}

export interface MembershipJson {
  readonly tip: TipJson & { readonly timestampMs: number };
  readonly epoch: EpochJson;
  /** Equal votes that a change needs. */
  readonly quorum: number;
  readonly current: readonly MemberJson[];
  /** Equal to `current` until the votes of the epoch are counted. */
  readonly next: readonly MemberJson[];
  /** What is voted for, the most votes first. */
  readonly changes: readonly StandingChangeJson[];
}

export interface ParametersNowJson {
  readonly current: ParametersJson;
  /** From `nextHeight` on. */
  readonly next: ParametersJson;
  /** The first height of the next epoch. */
  readonly nextHeight: number;
  readonly tip: TipJson;
}

/** A validator that was proven to have signed two votes of which no honest one signs both. */
export interface FaultJson {
  readonly consensusKey: string;
  /** Its name in the newest set that has it, or null when no set around the tip has it. */
  readonly name: string | null;
  /** In which it did so. */
  readonly epoch: number;
  /** Of the block that holds the proof. */
  readonly height: number;
}
