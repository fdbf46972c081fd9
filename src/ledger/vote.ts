/**
 * A vote: an operator's wish becomes an entry of the state, where it stands until it is counted, replaced or too old.
 * @module
 */
import { encode } from "../codec/codec.ts";
import type { AccountId } from "../protocol/ids.ts";
import { standingVotesMax } from "../protocol/limits.ts";
import {
  type StandingChange,
  type StandingVote,
  standingVotesCodec,
  subjectKey,
} from "../protocol/membership.ts";
import { subjectOf, type VoteBody } from "../protocol/operations.ts";
import { readValidators, readVotes, votesKey } from "../protocol/state.ts";
import type { TransactionErrorCode } from "../protocol/transaction-errors.ts";
import type { WorkingState } from "./working-state.ts";

/** Of the block that holds the vote. */
export interface VotePlace {
  readonly height: number;
  readonly timestampMs: number;
}

/** Applies it to the running transaction, or says why not. Bounds and possession were checked before. */
export function applyVote(
  state: WorkingState,
  operator: AccountId,
  body: VoteBody,
  { height, timestampMs }: VotePlace,
): TransactionErrorCode | undefined {
  const { current } = readValidators(state.entries);
  if (!current.some((validator) => validator.operator === operator)) return "not_a_validator";
  const subject = subjectOf(body);
  const name = subjectKey(subject);
  const others = readVotes(state.entries, operator).filter(
    (vote) => subjectKey(vote.subject) !== name,
  );
  if (others.length >= standingVotesMax) return "too_many_votes";
  const vote = { subject, change: standingChange(body), height, timestampMs };
  writeVotes(state, operator, [...others, vote].toSorted(bySubject));
  return undefined;
}

/** Writes the operator's votes, ascending by subject; none removes the entry. */
export function writeVotes(
  state: WorkingState,
  operator: AccountId,
  votes: readonly StandingVote[],
): void {
  const value = votes.length === 0 ? undefined : encode(standingVotesCodec, votes);
  state.setEntry(votesKey(operator), value);
}

function standingChange(body: VoteBody): StandingChange {
  if (body.kind === "vote-parameter") return { kind: "parameter", value: body.value };
  const { change } = body;
  return change.kind === "put" ? { kind: "put", validator: change.validator } : change;
}

const bySubject = (a: StandingVote, b: StandingVote): number =>
  subjectKey(a.subject) < subjectKey(b.subject) ? -1 : 1;
