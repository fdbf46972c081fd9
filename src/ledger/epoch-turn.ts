/**
 * What the turn of an epoch does to the state: the count of the votes shortly before its end, and the hand-over before
 * the first transaction of the next one. Both read nothing but the state of the block's own ancestors.
 * @module
 */
import { encode } from "../codec/codec.ts";
import { countingHeight, epochOf, isHandOver } from "../protocol/epochs.ts";
import { type Epoch, epoch, type PublicKey } from "../protocol/ids.ts";
import type { StandingVote } from "../protocol/membership.ts";
import { type Parameters, sameParameters } from "../protocol/parameters.ts";
import {
  isOfMembership,
  type ParametersEntry,
  parametersEntryCodec,
  parametersKey,
  readFault,
  readParameters,
  readValidators,
  readVotes,
  type StateChanges,
  type StateReader,
  type ValidatorsEntry,
  validatorsEntryCodec,
  validatorsKey,
} from "../protocol/state.ts";
import { sameValidators, type Validator } from "../protocol/validator-set.ts";
import { type CountResult, countVotes } from "./membership-count.ts";
import { writeVotes } from "./vote.ts";
import type { WorkingState } from "./working-state.ts";

/** What holds in a block: the sets and parameters after its hand-over, if it has one. */
export interface EpochEntries {
  readonly validators: ValidatorsEntry;
  readonly parameters: ParametersEntry;
}

/** The entries under which the transactions of the block at this height apply, given the state after its parent. */
export function entriesFor(parent: StateReader, height: number): EpochEntries {
  const validators = readValidators(parent);
  const parameters = readParameters(parent);
  if (!isHandOver(height, lengthOf(parameters))) return { validators, parameters };
  return {
    validators: { previous: validators.current, current: validators.next, next: validators.next },
    parameters: { current: parameters.next, next: parameters.next },
  };
}

/** Writes these entries where they are not what the state holds. */
export function handOver(state: WorkingState, { validators, parameters }: EpochEntries): void {
  writeValidators(state, validators);
  writeParameters(state, parameters);
}

/** Counts the votes if this is the block for it. To be called after everything else in the block. */
export function countAtDeadline(
  state: WorkingState,
  block: { readonly height: number; readonly timestampMs: number },
): void {
  const reader = state.entries;
  const entries = { validators: readValidators(reader), parameters: readParameters(reader) };
  const length = lengthOf(entries.parameters);
  const of = epochOf(block.height, length);
  if (block.height !== countingHeight(of, length)) return;
  const { previous, current } = entries.validators;
  const votes = standingVotes(reader, entries.validators);
  const { timestampMs } = block;
  const counted = count(reader, entries.parameters.current, current, { votes, of, timestampMs });
  writeValidators(state, { previous, current, next: counted.validators });
  writeParameters(state, { current: entries.parameters.current, next: counted.parameters });
  for (const [operator, kept] of counted.kept) {
    if (kept.length !== votes.get(operator)?.length) writeVotes(state, operator, kept);
  }
}

/**
 * Whether the set or the parameters are about to change: in the next epoch, or by the next count if it were held with
 * this block's time. Then there is work for views without any transaction.
 */
export function isChangePending(
  state: StateReader,
  block: { readonly height: number; readonly timestampMs: number },
): boolean {
  const validators = readValidators(state);
  const parameters = readParameters(state);
  if (!sameValidators(validators.current, validators.next)) return true;
  if (!sameParameters(parameters.current, parameters.next)) return true;
  const of = nextCount(block.height, lengthOf(parameters));
  const votes = standingVotes(state, validators);
  const { timestampMs } = block;
  const { current } = validators;
  const counted = count(state, parameters.current, current, { votes, of, timestampMs });
  return (
    !sameValidators(counted.validators, current) ||
    !sameParameters(counted.parameters, parameters.current)
  );
}

/**
 * Whether a block of this height with these changes leaves nothing pending, given that its parent did not. Votes only
 * grow old with time, and where no decided change has an effect, none has one when some of them are gone.
 */
export function staysCalm(height: number, epochLength: number, changes: StateChanges): boolean {
  if (nextCount(height, epochLength) !== nextCount(height - 1, epochLength)) return false;
  for (const key of changes.keys()) if (isOfMembership(key)) return false;
  return true;
}

/** The epoch whose count comes next after the block at this height. */
function nextCount(height: number, length: number): Epoch {
  const now = epochOf(height, length);
  return height < countingHeight(now, length) ? now : epoch(now + 1);
}

function count(
  state: StateReader,
  parameters: Parameters,
  validators: readonly Validator[],
  ballot: {
    readonly votes: ReadonlyMap<Validator["operator"], readonly StandingVote[]>;
    readonly of: Epoch;
    readonly timestampMs: number;
  },
): CountResult {
  const { votes, of, timestampMs } = ballot;
  const isFaulty = faultySince(state, of, Number(parameters.epochLength));
  return countVotes({ validators, parameters, votes, isFaulty, timestampMs });
}

/** Every vote that stands: only operators of these sets can have any, all others' were deleted at the last count. */
function standingVotes(
  state: StateReader,
  { previous, current }: ValidatorsEntry,
): ReadonlyMap<Validator["operator"], readonly StandingVote[]> {
  const votes = new Map<Validator["operator"], readonly StandingVote[]>();
  for (const { operator } of [...previous, ...current]) {
    if (votes.has(operator)) continue;
    const standing = readVotes(state, operator);
    if (standing.length > 0) votes.set(operator, standing);
  }
  return votes;
}

/**
 * Whether a key has a fault that this epoch's count must look at: one of this epoch or the one before, or one of the
 * epoch before that which came to light only after the last count.
 */
function faultySince(
  state: StateReader,
  of: Epoch,
  length: number,
): (consensusKey: PublicKey) => boolean {
  return (consensusKey) => {
    if (readFault(state, consensusKey, of) !== undefined) return true;
    if (of === 0) return false;
    if (readFault(state, consensusKey, epoch(of - 1)) !== undefined) return true;
    if (of === 1) return false;
    const recorded = readFault(state, consensusKey, epoch(of - 2));
    return recorded !== undefined && recorded > countingHeight(of - 1, length);
  };
}

function writeValidators(state: WorkingState, next: ValidatorsEntry): void {
  const held = readValidators(state.entries);
  const isSame =
    sameValidators(held.previous, next.previous) &&
    sameValidators(held.current, next.current) &&
    sameValidators(held.next, next.next);
  if (!isSame) state.setEntry(validatorsKey, encode(validatorsEntryCodec, next));
}

function writeParameters(state: WorkingState, next: ParametersEntry): void {
  const held = readParameters(state.entries);
  const isSame = sameParameters(held.current, next.current) && sameParameters(held.next, next.next);
  if (!isSame) state.setEntry(parametersKey, encode(parametersEntryCodec, next));
}

const lengthOf = ({ current }: ParametersEntry): number => Number(current.epochLength);
