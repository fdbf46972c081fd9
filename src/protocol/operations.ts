/**
 * Operations: the steps of a transaction. A transaction applies all of its operations or none.
 *
 * Numbers 1 to 6 (CreateAsset, Mint, Burn, Record, SetPolicy, SetAccount) are reserved in docs/protocol.md; until they
 * exist they do not decode.
 * @module
 */
import { type Codec, option, struct, u8, u64, variant, variants } from "../codec/codec.ts";
import { type AccountId, type AssetId, accountIdCodec, assetIdCodec } from "./ids.ts";
import {
  type MembershipChange,
  membershipChangeCodec,
  operatorOf,
  type PutChange,
  type Subject,
} from "./membership.ts";

export interface Transfer {
  readonly kind: "transfer";
  readonly to: AccountId;
  readonly asset: AssetId;
  /** Base units, more than 0. */
  readonly amount: bigint;
}

/** An operator's wish for the validator set, counted once an epoch. */
export interface VoteMembership {
  readonly kind: "vote-membership";
  readonly change: MembershipChange;
}

/** An operator's wish for one of the parameters, counted once an epoch. */
export interface VoteParameter {
  readonly kind: "vote-parameter";
  /** The parameter's number: its position in parameterList. */
  readonly parameter: number;
  readonly value: bigint;
}

export type VoteBody = VoteMembership | VoteParameter;
export type OperationBody = Transfer | VoteBody;

export interface Operation {
  /** Who it acts for; undefined = the sender. Equal to the sender is refused, so there is one form. */
  readonly from: AccountId | undefined;
  readonly body: OperationBody;
}

/** Position in the enum on the wire, and in the parameter `operationFee`. */
export const operationNumber: Readonly<Record<OperationBody["kind"], number>> = {
  transfer: 0,
  "vote-membership": 7,
  "vote-parameter": 8,
};

/** Whether the operation is an operator's vote: free of fees, for operators alone. */
export const isVote = (body: OperationBody): body is VoteBody => body.kind !== "transfer";

/** Whether it brings a validator in, or a new key of one: it carries that key's signature. */
export const isPut = (
  body: OperationBody,
): body is VoteMembership & { readonly change: PutChange } =>
  body.kind === "vote-membership" && body.change.kind === "put";

/** What the vote is about. */
export const subjectOf = (body: VoteBody): Subject =>
  body.kind === "vote-parameter"
    ? { kind: "parameter", parameter: body.parameter }
    : { kind: "member", operator: operatorOf(body.change) };

const reserved = undefined;

export const operationBodyCodec: Codec<OperationBody> = variants<OperationBody>([
  variant<OperationBody, "transfer">(
    "transfer",
    struct<Omit<Transfer, "kind">>({ to: accountIdCodec, asset: assetIdCodec, amount: u64 }),
  ),
  reserved,
  reserved,
  reserved,
  reserved,
  reserved,
  reserved,
  variant<OperationBody, "vote-membership">(
    "vote-membership",
    struct<Omit<VoteMembership, "kind">>({ change: membershipChangeCodec }),
  ),
  variant<OperationBody, "vote-parameter">(
    "vote-parameter",
    struct<Omit<VoteParameter, "kind">>({ parameter: u8, value: u64 }),
  ),
]);

export const operationCodec: Codec<Operation> = struct<Operation>({
  from: option(accountIdCodec),
  body: operationBodyCodec,
});
