/**
 * Votes of operators: what they can be about, how they stand in the state, and the proof that comes with a key.
 *
 *   MembershipChange  enum { 0 Put { validator, possession [64] }, 1 Remove { operator } }      in a VoteMembership
 *   Subject           enum { 0 Member { operator }, 1 Parameter { u8 } }                        what a vote is about
 *   StandingChange    enum { 0 Put { validator }, 1 Remove { operator }, 2 Parameter { u64 } }
 *   StandingVote      subject · change · height u64 · timestampMs u64                           in the state
 *
 * An operator has one vote on a subject: a later one replaces it. A possession is the new key's own signature over
 * domain ‖ 0 ‖ chainId ‖ BCS(Validator), so nobody can bring in a key that he does not hold.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fromHex, toHex } from "../base/bytes.ts";
import {
  type Codec,
  checked,
  encode,
  fixed,
  index,
  struct,
  u8,
  u64,
  variant,
  variants,
  vector,
} from "../codec/codec.ts";
import { signingBytes } from "../crypto/domains.ts";
import type { Signer } from "../crypto/ports.ts";
import { type AccountId, accountIdCodec, type ChainId } from "./ids.ts";
import { standingVotesMax } from "./limits.ts";
import { type Validator, validatorCodec } from "./validator-set.ts";

export interface PutChange {
  readonly kind: "put";
  /** Joins, or replaces the entry of the same operator. */
  readonly validator: Validator;
  /** 64 bytes: signature by validator.consensusKey. */
  readonly possession: Uint8Array;
}

export interface RemoveChange {
  readonly kind: "remove";
  readonly operator: AccountId;
}

/** What a VoteMembership wants. */
export type MembershipChange = PutChange | RemoveChange;

export const membershipChangeCodec: Codec<MembershipChange> = variants<MembershipChange>([
  variant<MembershipChange, "put">(
    "put",
    struct<Omit<PutChange, "kind">>({ validator: validatorCodec, possession: fixed(64) }),
  ),
  variant<MembershipChange, "remove">(
    "remove",
    struct<Omit<RemoveChange, "kind">>({ operator: accountIdCodec }),
  ),
]);

/** The operator whose entry the change is about. */
export const operatorOf = (change: MembershipChange): AccountId =>
  change.kind === "put" ? change.validator.operator : change.operator;

/** What a vote is about. */
export type Subject =
  | { readonly kind: "member"; readonly operator: AccountId }
  /** The parameter's number. */
  | { readonly kind: "parameter"; readonly parameter: number };

export const subjectCodec: Codec<Subject> = variants<Subject>([
  variant<Subject, "member">("member", struct({ operator: accountIdCodec })),
  variant<Subject, "parameter">("parameter", struct({ parameter: u8 })),
]);

/** BCS of the subject in hex: names it, and gives the order in which votes stand. */
export const subjectKey = (subject: Subject): string => toHex(encode(subjectCodec, subject));

/** A change as it stands in the state: its possession was checked when the vote was taken. */
export type StandingChange =
  | { readonly kind: "put"; readonly validator: Validator }
  | RemoveChange
  | { readonly kind: "parameter"; readonly value: bigint };

export const standingChangeCodec: Codec<StandingChange> = variants<StandingChange>([
  variant<StandingChange, "put">("put", struct({ validator: validatorCodec })),
  variant<StandingChange, "remove">("remove", struct({ operator: accountIdCodec })),
  variant<StandingChange, "parameter">("parameter", struct({ value: u64 })),
]);

export interface StandingVote {
  readonly subject: Subject;
  readonly change: StandingChange;
  /** Of the block that holds the vote. */
  readonly height: number;
  /** That block's time. */
  readonly timestampMs: number;
}

const standingVoteCodec: Codec<StandingVote> = struct<StandingVote>({
  subject: subjectCodec,
  change: standingChangeCodec,
  height: index(),
  timestampMs: index(),
});

/** The votes of one operator: one a subject, strictly ascending by BCS(subject). */
export const standingVotesCodec: Codec<readonly StandingVote[]> = checked(
  vector(standingVoteCodec, { lengthMin: 1, lengthMax: standingVotesMax }),
  (votes) => {
    let previous = "";
    for (const { subject } of votes) {
      const key = subjectKey(subject);
      if (key <= previous) return "votes are not strictly ascending by subject";
      previous = key;
    }
    return undefined;
  },
);

/** What the key of a validator signs to show that somebody holds it. */
export function possessionSigningBytes(chainId: ChainId, validator: Validator): Uint8Array {
  return signingBytes("quorate/validator/1", chainId, encode(validatorCodec, validator));
}

/** The possession of the validator's consensus key, whose signer this must be (asserted): 64 bytes. */
export function signPossession(chainId: ChainId, validator: Validator, signer: Signer): Uint8Array {
  assert(toHex(signer.publicKey) === validator.consensusKey, "a key shows only itself");
  return signer.sign(possessionSigningBytes(chainId, validator));
}

/** The signature that a Put carries, as a pool of verifying threads takes it. */
export function possessionCheck(
  chainId: ChainId,
  { validator, possession }: PutChange,
): {
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
} {
  return {
    signature: possession,
    message: possessionSigningBytes(chainId, validator),
    publicKey: fromHex(validator.consensusKey),
  };
}
