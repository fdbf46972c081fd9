/**
 * Counting: what the standing votes make of the validator set and the parameters of the next epoch.
 *
 * A change counts with a quorum of equal votes of current operators, each at most 30 days old. Changes apply in the
 * order in which they got their quorum; how many validators may come and go at once is bounded, so that any quorum
 * of the old set and any of the new one share honest validators. What does not fit waits for the next count.
 * @module
 */
import { toHex } from "../base/bytes.ts";
import { encode } from "../codec/codec.ts";
import type { AccountId, PublicKey } from "../protocol/ids.ts";
import { validatorsMax, voteAgeMsMax } from "../protocol/limits.ts";
import {
  type StandingChange,
  type StandingVote,
  type Subject,
  standingChangeCodec,
  subjectKey,
} from "../protocol/membership.ts";
import { type Parameters, parameterVoteFlaw, withParameter } from "../protocol/parameters.ts";
import { faultyMax, quorumOf, sameValidator, type Validator } from "../protocol/validator-set.ts";

export interface Ballot {
  /** The set of this epoch. */
  readonly validators: readonly Validator[];
  /** Of this epoch. */
  readonly parameters: Parameters;
  /** All that stand. */
  readonly votes: ReadonlyMap<AccountId, readonly StandingVote[]>;
  /** Whether a key is to be left out for what it did. */
  readonly isFaulty: (consensusKey: PublicKey) => boolean;
  /** Of the block after which is counted. */
  readonly timestampMs: number;
}

export interface CountResult {
  /** The set of the next epoch, ascending by consensus key; `validators` itself if nothing changes. */
  readonly validators: readonly Validator[];
  /** Of the next epoch; `parameters` itself if nothing changes. */
  readonly parameters: Parameters;
  /** What of each operator's votes goes on standing, in the same order. */
  readonly kept: ReadonlyMap<AccountId, readonly StandingVote[]>;
}

export function countVotes(ballot: Ballot): CountResult {
  const { votes, timestampMs } = ballot;
  const draft = new Draft(ballot);
  for (const { subject, change } of decidedChanges(ballot)) draft.apply(subject, change);
  const validators = draft.validatorsWithout(ballot.isFaulty);
  const operators = new Set(validators.map(({ operator }) => operator));
  const stays = ({ subject, change, timestampMs: votedMs }: StandingVote): boolean =>
    !isDead(votedMs, timestampMs) && draft.wouldChange(subject, change);
  const kept = new Map<AccountId, readonly StandingVote[]>();
  for (const [operator, standing] of votes) {
    kept.set(operator, operators.has(operator) ? standing.filter(stays) : []);
  }
  return { validators, parameters: draft.parameters, kept };
}

const isDead = (votedMs: number, nowMs: number): boolean => nowMs > votedMs + voteAgeMsMax;

interface Tally {
  readonly subject: Subject;
  readonly change: StandingChange;
  readonly heights: number[];
}

/** The changes that a quorum wants, in the order in which they apply. */
function decidedChanges({ validators, votes, timestampMs }: Ballot): readonly Tally[] {
  const quorum = quorumOf(validators.length);
  const tallies = new Map<string, Tally>();
  for (const { operator } of validators) {
    for (const { subject, change, height, timestampMs: votedMs } of votes.get(operator) ?? []) {
      if (isDead(votedMs, timestampMs)) continue;
      const key = subjectKey(subject) + toHex(encode(standingChangeCodec, change));
      const tally = tallies.get(key);
      if (tally !== undefined) tally.heights.push(height);
      else tallies.set(key, { subject, change, heights: [height] });
    }
  }
  const decided: { readonly key: string; readonly place: number; readonly tally: Tally }[] = [];
  for (const [key, tally] of tallies) {
    const place = tally.heights.toSorted((a, b) => a - b)[quorum - 1];
    if (place !== undefined) decided.push({ key, place, tally });
  }
  return decided
    .toSorted((a, b) => a.place - b.place || (a.key < b.key ? -1 : 1))
    .map(({ tally }) => tally);
}

/** The next epoch's set and parameters while the changes are applied to them. */
class Draft {
  readonly #before: readonly Validator[];
  readonly #byOperator: Map<AccountId, Validator>;
  /** Additions and removals that may still be made. */
  #moves: number;
  #isChanged = false;
  #parameters: Parameters;

  constructor({ validators, parameters }: Ballot) {
    this.#before = validators;
    this.#byOperator = new Map(validators.map((validator) => [validator.operator, validator]));
    this.#moves = Math.max(1, faultyMax(validators.length));
    this.#parameters = parameters;
  }

  get parameters(): Parameters {
    return this.#parameters;
  }

  /** Whether the change says anything else than what is so already, and can still be made. */
  wouldChange(subject: Subject, change: StandingChange): boolean {
    if (subject.kind === "parameter") {
      const { parameter } = subject;
      if (change.kind !== "parameter") return false;
      if (parameterVoteFlaw(this.#parameters, parameter, change.value) !== undefined) return false;
      return withParameter(this.#parameters, parameter, change.value) !== this.#parameters;
    }
    const entry = this.#byOperator.get(subject.operator);
    if (change.kind === "remove") return entry !== undefined;
    return (
      change.kind === "put" && (entry === undefined || !sameValidator(entry, change.validator))
    );
  }

  /** Makes the change unless it has no effect, or does not fit into this count. */
  apply(subject: Subject, change: StandingChange): void {
    if (!this.wouldChange(subject, change)) return;
    if (subject.kind === "parameter") {
      if (change.kind !== "parameter") return;
      this.#parameters = withParameter(this.#parameters, subject.parameter, change.value);
    } else if (change.kind === "put") this.#put(change.validator);
    else this.#remove(subject.operator);
  }

  #put(validator: Validator): void {
    const { operator, consensusKey } = validator;
    for (const other of this.#byOperator.values()) {
      if (other.consensusKey === consensusKey && other.operator !== operator) return;
    }
    const isNew = !this.#byOperator.has(operator);
    if (isNew && (this.#moves === 0 || this.#byOperator.size >= validatorsMax)) return;
    if (isNew) this.#moves -= 1;
    this.#byOperator.set(operator, validator);
    this.#isChanged = true;
  }

  #remove(operator: AccountId): void {
    if (this.#moves === 0 || this.#byOperator.size === 1) return;
    this.#moves -= 1;
    this.#byOperator.delete(operator);
    this.#isChanged = true;
  }

  /** The set without the faulty keys, unless nobody would be left. */
  validatorsWithout(isFaulty: (consensusKey: PublicKey) => boolean): readonly Validator[] {
    const all = [...this.#byOperator.values()];
    const honest = all.filter(({ consensusKey }) => !isFaulty(consensusKey));
    const kept = honest.length === 0 ? all : honest;
    if (!this.#isChanged && kept.length === all.length) return this.#before;
    return kept.toSorted((a, b) => (a.consensusKey < b.consensusKey ? -1 : 1));
  }
}
