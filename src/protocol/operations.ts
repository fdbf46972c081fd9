/**
 * Operations: the steps of a transaction. A transaction applies all of its operations or none.
 *
 *   0 Transfer         to [32] · asset [32] · amount u64
 *   1 CreateAsset      code text 1..12 · decimals u8 · name text ≤ 64 · maxSupply u64
 *   2 Mint             asset [32] · to [32] · amount u64
 *   3 Burn             asset [32] · amount u64
 *   4 Record           topic text 1..64 · key text 1..64 · version u64 · contentHash [32] · data bytes ≤ 1024
 *   5 SetPolicy        policy
 *   6 SetAccount       requireMemo bool
 *   7 VoteMembership   change
 *   8 VoteParameter    parameter u8 · value u64
 * @module
 */
import {
  bool,
  bytes,
  type Codec,
  index,
  option,
  struct,
  u8,
  u64,
  variant,
  variants,
} from "../codec/codec.ts";
import { type AssetTerms, assetTermsFields } from "./assets.ts";
import {
  type AccountId,
  type AssetId,
  accountIdCodec,
  assetIdCodec,
  type Digest,
  digestCodec,
} from "./ids.ts";
import { recordDataBytesMax } from "./limits.ts";
import {
  type MembershipChange,
  membershipChangeCodec,
  operatorOf,
  type PutChange,
  type Subject,
} from "./membership.ts";
import { type Policy, policyCodec } from "./policy.ts";
import { recordNameCodec, recordTopicCodec } from "./records.ts";

export interface Transfer {
  readonly kind: "transfer";
  readonly to: AccountId;
  readonly asset: AssetId;
  /** Base units, more than 0. */
  readonly amount: bigint;
}

/** The account becomes the issuer of a new asset, whose id assetIdOf gives. */
export interface CreateAsset extends AssetTerms {
  readonly kind: "create-asset";
}

/** The issuer makes new units of its asset. */
export interface Mint {
  readonly kind: "mint";
  readonly asset: AssetId;
  readonly to: AccountId;
  /** Base units, more than 0. */
  readonly amount: bigint;
}

/** A holder makes its own units vanish. */
export interface Burn {
  readonly kind: "burn";
  readonly asset: AssetId;
  /** Base units, more than 0. */
  readonly amount: bigint;
}

/** The account writes the next version of a record of its own. */
export interface WriteRecord {
  readonly kind: "record";
  readonly topic: string;
  readonly key: string;
  /** The current version + 1; 1 for the first. */
  readonly version: number;
  readonly contentHash: Digest;
  /** At most 1024 bytes. */
  readonly data: Uint8Array;
}

/** Another policy acts for the account from the next transaction on; its id stays. */
export interface SetPolicy {
  readonly kind: "set-policy";
  readonly policy: Policy;
}

export interface SetAccount {
  readonly kind: "set-account";
  /** Whether payments to the account must carry a memo. */
  readonly requireMemo: boolean;
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
export type OperationBody =
  | Transfer
  | CreateAsset
  | Mint
  | Burn
  | WriteRecord
  | SetPolicy
  | SetAccount
  | VoteBody;

export interface Operation {
  /** Who it acts for; undefined = the sender. Equal to the sender is refused, so there is one form. */
  readonly from: AccountId | undefined;
  readonly body: OperationBody;
}

/** Position in the enum on the wire, and in the parameter `operationFee`. */
export const operationNumber: Readonly<Record<OperationBody["kind"], number>> = {
  transfer: 0,
  "create-asset": 1,
  mint: 2,
  burn: 3,
  record: 4,
  "set-policy": 5,
  "set-account": 6,
  "vote-membership": 7,
  "vote-parameter": 8,
};

/** Whether the operation is an operator's vote: free of fees, for operators alone. */
export const isVote = (body: OperationBody): body is VoteBody =>
  body.kind === "vote-membership" || body.kind === "vote-parameter";

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

export const operationBodyCodec: Codec<OperationBody> = variants<OperationBody>([
  variant<OperationBody, "transfer">(
    "transfer",
    struct<Omit<Transfer, "kind">>({ to: accountIdCodec, asset: assetIdCodec, amount: u64 }),
  ),
  variant<OperationBody, "create-asset">("create-asset", struct<AssetTerms>(assetTermsFields)),
  variant<OperationBody, "mint">(
    "mint",
    struct<Omit<Mint, "kind">>({ asset: assetIdCodec, to: accountIdCodec, amount: u64 }),
  ),
  variant<OperationBody, "burn">(
    "burn",
    struct<Omit<Burn, "kind">>({ asset: assetIdCodec, amount: u64 }),
  ),
  variant<OperationBody, "record">(
    "record",
    struct<Omit<WriteRecord, "kind">>({
      topic: recordTopicCodec,
      key: recordNameCodec,
      version: index(),
      contentHash: digestCodec,
      data: bytes({ lengthMax: recordDataBytesMax }),
    }),
  ),
  variant<OperationBody, "set-policy">(
    "set-policy",
    struct<Omit<SetPolicy, "kind">>({ policy: policyCodec }),
  ),
  variant<OperationBody, "set-account">(
    "set-account",
    struct<Omit<SetAccount, "kind">>({ requireMemo: bool }),
  ),
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
