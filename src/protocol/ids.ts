/**
 * Branded numbers and digests, so a height can never be passed where a view is meant.
 *
 * A digest or key of 32 bytes is held as 64 lowercase hex digits: it compares with `===` and keys a Map.
 * @module
 */
import { type Codec, hex, index, u16 } from "../codec/codec.ts";

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** SHA-256 of the genesis: names the network. */
export type ChainId = Brand<string, "ChainId">;
export type BlockId = Brand<string, "BlockId">;
/** Names what a transaction does; does not cover signatures. For people, nonces and status. */
export type TransactionId = Brand<string, "TransactionId">;
/** Names a signed transaction's bytes. Every cache and every exchange between nodes uses this one. */
export type ContentHash = Brand<string, "ContentHash">;
export type AccountId = Brand<string, "AccountId">;
export type AssetId = Brand<string, "AssetId">;
/** Any other 32-byte digest: a root, an authHash. */
export type Digest = Brand<string, "Digest">;
/** An Ed25519 public key. */
export type PublicKey = Brand<string, "PublicKey">;
/** The public key of a node's TLS certificate. */
export type NodeId = Brand<string, "NodeId">;

/** Position of a block in the chain. Genesis is 0. */
export type Height = Brand<number, "Height">;
/** One attempt, by one leader, to extend the chain. Views outnumber heights. */
export type View = Brand<number, "View">;
/** A fixed number of heights with one validator set. */
export type Epoch = Brand<number, "Epoch">;
/** Position in the validator set, which ascends by consensus key. */
export type ValidatorIndex = Brand<number, "ValidatorIndex">;

export const height = (value: number): Height => value as Height;
export const view = (value: number): View => value as View;
export const epoch = (value: number): Epoch => value as Epoch;
export const validatorIndex = (value: number): ValidatorIndex => value as ValidatorIndex;

export const idBytes = 32;
const id = <Id extends string>(): Codec<Id> => hex<Id>(idBytes);

export const chainIdCodec: Codec<ChainId> = id();
export const blockIdCodec: Codec<BlockId> = id();
export const contentHashCodec: Codec<ContentHash> = id();
export const accountIdCodec: Codec<AccountId> = id();
export const assetIdCodec: Codec<AssetId> = id();
export const digestCodec: Codec<Digest> = id();
export const publicKeyCodec: Codec<PublicKey> = id();
export const nodeIdCodec: Codec<NodeId> = id();
export const heightCodec: Codec<Height> = index<Height>();
export const viewCodec: Codec<View> = index<View>();
export const epochCodec: Codec<Epoch> = index<Epoch>();
export const validatorIndexCodec: Codec<ValidatorIndex> = u16 as Codec<ValidatorIndex>;

const zeros = "0".repeat(2 * idBytes);
/** The asset that fees are paid in. */
export const nativeAsset: AssetId = zeros as AssetId;
/** The leader of the genesis block. */
export const noAccount: AccountId = zeros as AccountId;

const idText = /^[0-9a-f]{64}$/;
/** Whether a text is 64 lowercase hex digits: the check to make before branding outside input. */
export const isIdText = (text: string): boolean => idText.test(text);
