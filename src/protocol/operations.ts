/**
 * Operations: the steps of a transaction. A transaction applies all of its operations or none.
 *
 * Numbers 1 to 8 (CreateAsset, Mint, Burn, Record, SetPolicy, SetAccount, VoteMembership, VoteParameter) are
 * reserved in docs/protocol.md; until they exist they do not decode.
 * @module
 */
import { type Codec, option, struct, u64, variant, variants } from "../codec/codec.ts";
import { type AccountId, type AssetId, accountIdCodec, assetIdCodec } from "./ids.ts";

export interface Transfer {
  readonly kind: "transfer";
  readonly to: AccountId;
  readonly asset: AssetId;
  /** Base units, more than 0. */
  readonly amount: bigint;
}

export type OperationBody = Transfer;

export interface Operation {
  /** Who it acts for; undefined = the sender. Equal to the sender is refused, so there is one form. */
  readonly from: AccountId | undefined;
  readonly body: OperationBody;
}

/** Position in the enum on the wire, and in the parameter `operationFee`. */
export const operationNumber: Readonly<Record<OperationBody["kind"], number>> = { transfer: 0 };

export const operationBodyCodec: Codec<OperationBody> = variants<OperationBody>([
  variant<OperationBody, "transfer">(
    "transfer",
    struct<Omit<Transfer, "kind">>({ to: accountIdCodec, asset: assetIdCodec, amount: u64 }),
  ),
]);

export const operationCodec: Codec<Operation> = struct<Operation>({
  from: option(accountIdCodec),
  body: operationBodyCodec,
});
