/**
 * The JSON contract of operations; see json.ts. `from` is always told: the account that the operation acts for.
 * @module
 */

export interface TransferJson {
  readonly kind: "transfer";
  readonly from: string;
  readonly to: string;
  readonly asset: string;
  readonly amount: string;
  readonly display: string;
}

export interface ValidatorEntryJson {
  readonly consensusKey: string;
  readonly operator: string;
  readonly name: string;
  readonly endpoint: string;
}

/** `asset` is the id of what it creates. `maxSupply`: base units, "0" for no limit. */
export interface CreateAssetJson {
  readonly kind: "create-asset";
  /** The issuer. */
  readonly from: string;
  readonly asset: string;
  readonly code: string;
  readonly decimals: number;
  readonly name: string;
  readonly maxSupply: string;
}

export interface MintJson {
  readonly kind: "mint";
  /** The issuer. */
  readonly from: string;
  readonly asset: string;
  readonly to: string;
  readonly amount: string;
  readonly display: string;
}

export interface BurnJson {
  readonly kind: "burn";
  readonly from: string;
  readonly asset: string;
  readonly amount: string;
  readonly display: string;
}

export interface RecordJson {
  readonly kind: "record";
  readonly from: string;
  readonly topic: string;
  readonly key: string;
  readonly version: number;
  readonly contentHash: string;
  /** `text` is the data as text where it is printable UTF-8. */
  readonly data: { readonly hex: string; readonly text: string | null };
}

export interface PolicyJson {
  readonly threshold: number;
  readonly keys: readonly { readonly publicKey: string; readonly weight: number }[];
}

/** `authHash` is the policy's hash: what the account says of it from then on. */
export interface SetPolicyJson {
  readonly kind: "set-policy";
  readonly from: string;
  readonly policy: PolicyJson;
  readonly authHash: string;
}

export interface SetAccountJson {
  readonly kind: "set-account";
  readonly from: string;
  readonly requireMemo: boolean;
}

/** An operator's vote on the validator set. */
export interface VoteMembershipJson {
  readonly kind: "vote-membership";
  /** Whose vote it is. */
  readonly from: string;
  readonly change:
    | { readonly kind: "put"; readonly validator: ValidatorEntryJson }
    | { readonly kind: "remove"; readonly operator: string };
}

/** An operator's vote on a parameter. */
export interface VoteParameterJson {
  readonly kind: "vote-parameter";
  readonly from: string;
  readonly parameter: number;
  readonly name: string | null;
  readonly value: string;
}

export type OperationJson =
  | TransferJson
  | CreateAssetJson
  | MintJson
  | BurnJson
  | RecordJson
  | SetPolicyJson
  | SetAccountJson
  | VoteMembershipJson
  | VoteParameterJson;
