/**
 * The state: which entries there are, and the bytes of their keys and values. What a stateRoot commits to.
 *
 *   key = kind u8 ‖ BCS key           value
 *   0 account     account             nonce u64 · balance u64 · authHash [32] · flags u8
 *   1 balance     account · asset     u64, never 0
 *   2 asset       asset               issuer [32] · code · decimals u8 · name · maxSupply u64 · supply u64
 *   3 record      account · topic · key   version u64 · contentHash [32] · height u64
 *   4 validators                      previous · current · next, each vector<Validator>
 *   5 votes       operator            vector<StandingVote> 1..32, strictly ascending by BCS(subject)
 *   6 parameters                      current · next, each Parameters
 *   7 fault       consensusKey · epoch u64   height u64: where the key was proven faulty in that epoch
 *
 * An entry's path in the state tree is SHA-256(key).
 * An absent account reads as nonce 0, balance 0, flags 0 and its own id as authHash.
 * @module
 */
import { assert } from "../base/assert.ts";
import { fromHex, toHex } from "../base/bytes.ts";
import {
  type Codec,
  checked,
  decode,
  encode,
  index,
  struct,
  u8,
  u64,
  vector,
} from "../codec/codec.ts";
import type { Hasher } from "../crypto/ports.ts";
import { type AssetEntry, assetEntryCodec } from "./assets.ts";
import {
  type AccountId,
  type AssetId,
  type Digest,
  digestCodec,
  type Epoch,
  epochCodec,
  type Height,
  heightCodec,
  type PublicKey,
} from "./ids.ts";
import { validatorsMax } from "./limits.ts";
import { type StandingVote, standingVotesCodec } from "./membership.ts";
import { type Parameters, parametersCodec } from "./parameters.ts";
import {
  type RecordEntry,
  type RecordPlace,
  recordEntryCodec,
  recordPlaceCodec,
} from "./records.ts";
import {
  type Validator,
  validatorCodec,
  validatorsCodec,
  validatorsFlaw,
} from "./validator-set.ts";

declare const brand: unique symbol;
/** Lowercase hex of kind ‖ BCS key. */
export type StateKey = string & { readonly [brand]: "StateKey" };

/** One version of the state; undefined = no such entry. The bytes are shared: never write to them. */
export interface StateReader {
  read(key: StateKey): Uint8Array | undefined;
}

/** What one block does to the state; undefined removes the entry. */
export type StateChanges = ReadonlyMap<StateKey, Uint8Array | undefined>;

export const accountKey = (account: AccountId): StateKey => `00${account}` as StateKey;
export const balanceKey = (account: AccountId, asset: AssetId): StateKey =>
  `01${account}${asset}` as StateKey;
export const assetKey = (asset: AssetId): StateKey => `02${asset}` as StateKey;
/** Topic and key within their limits (asserted). */
export const recordKey = (account: AccountId, topic: string, key: string): StateKey =>
  `03${toHex(encode(recordPlaceCodec, { account, topic, key }))}` as StateKey;
export const validatorsKey: StateKey = "04" as StateKey;
export const votesKey = (operator: AccountId): StateKey => `05${operator}` as StateKey;
export const parametersKey: StateKey = "06" as StateKey;
export const faultKey = (consensusKey: PublicKey, epoch: Epoch): StateKey =>
  `07${consensusKey}${toHex(encode(epochCodec, epoch))}` as StateKey;

/** The key whose bytes these are, as a store holds them. */
export const stateKeyOf = (bytes: Uint8Array): StateKey => toHex(bytes) as StateKey;

/** The account of an account entry's key, or undefined for an entry of another kind. */
export function accountOfKey(key: StateKey): AccountId | undefined {
  return key.startsWith("00") && key.length === 66 ? (key.slice(2) as AccountId) : undefined;
}

/** The asset of an asset entry's key, or undefined for an entry of another kind. */
export function assetOfKey(key: StateKey): AssetId | undefined {
  return key.startsWith("02") && key.length === 66 ? (key.slice(2) as AssetId) : undefined;
}

/** Whose record it is and how it is called, from its entry's key; undefined for an entry of another kind. */
export function recordOfKey(key: StateKey): RecordPlace | undefined {
  if (!key.startsWith("03")) return undefined;
  const place = decode(recordPlaceCodec, fromHex(key.slice(2)));
  return place.ok ? place.value : undefined;
}

/** Whether the entry is of a kind that the next validators and parameters depend on: 4 to 7. */
export const isOfMembership = (key: StateKey): boolean => {
  const kind = key.charCodeAt(1);
  return key.startsWith("0") && kind >= 0x34 && kind <= 0x37;
};

/** Where the entry stands in the state tree: 32 bytes. */
export function statePath(hasher: Hasher, key: StateKey): Uint8Array {
  return hasher.sha256(fromHex(key));
}

/** Bit 0 of an account's flags: a payment to it must carry a memo. */
export const requireMemoFlag = 1;

export interface AccountEntry {
  readonly nonce: number;
  /** Native base units. */
  readonly balance: bigint;
  /** Hash of the policy that acts for it now. */
  readonly authHash: Digest;
  readonly flags: number;
}

export interface Account extends AccountEntry {
  /** False: no entry is written yet. */
  readonly exists: boolean;
}

export const accountEntryCodec: Codec<AccountEntry> = checked(
  struct<AccountEntry>({ nonce: index(), balance: u64, authHash: digestCodec, flags: u8 }),
  ({ flags }) => (flags > requireMemoFlag ? "unknown account flags" : undefined),
);

/** The validator sets of the epochs around a block. */
export interface ValidatorsEntry {
  /** Empty in the first epoch. */
  readonly previous: readonly Validator[];
  readonly current: readonly Validator[];
  readonly next: readonly Validator[];
}

export const validatorsEntryCodec: Codec<ValidatorsEntry> = struct<ValidatorsEntry>({
  previous: checked(vector(validatorCodec, { lengthMax: validatorsMax }), validatorsFlaw),
  current: validatorsCodec,
  next: validatorsCodec,
});

export interface ParametersEntry {
  readonly current: Parameters;
  readonly next: Parameters;
}

export const parametersEntryCodec: Codec<ParametersEntry> = struct<ParametersEntry>({
  current: parametersCodec,
  next: parametersCodec,
});

/** The account as it reads; never written counts as empty, with its id as authHash. */
export function readAccount(state: StateReader, account: AccountId): Account {
  const value = state.read(accountKey(account));
  if (value === undefined) {
    const authHash = account as string as Digest;
    return { exists: false, nonce: 0, balance: 0n, authHash, flags: 0 };
  }
  const known = decodedAccounts.get(value);
  if (known !== undefined) return known;
  const { nonce, balance, authHash, flags } = stored(accountEntryCodec, value);
  const decoded = { exists: true, nonce, balance, authHash, flags };
  decodedAccounts.set(value, decoded);
  return decoded;
}

/** A value's bytes never change and are read many times: once for each rule that looks at the account. */
const decodedAccounts = new WeakMap<Uint8Array, Account>();

/** What the account holds of an asset other than the native one, in base units. */
export function readBalance(state: StateReader, account: AccountId, asset: AssetId): bigint {
  const value = state.read(balanceKey(account, asset));
  return value === undefined ? 0n : stored(u64, value);
}

/** The asset as it stands, or undefined: nobody has created it. The native asset has no entry. */
export function readAsset(state: StateReader, asset: AssetId): AssetEntry | undefined {
  const value = state.read(assetKey(asset));
  return value === undefined ? undefined : readOnce(assetEntryCodec, decodedAssets, value);
}

/** The record's current version, or undefined: none is written. */
export function readRecord(
  state: StateReader,
  account: AccountId,
  topic: string,
  key: string,
): RecordEntry | undefined {
  const value = state.read(recordKey(account, topic, key));
  return value === undefined ? undefined : stored(recordEntryCodec, value);
}

export function readValidators(state: StateReader): ValidatorsEntry {
  return readOnce(validatorsEntryCodec, decodedValidators, present(state, validatorsKey));
}

export function readParameters(state: StateReader): ParametersEntry {
  return readOnce(parametersEntryCodec, decodedParameters, present(state, parametersKey));
}

/** The operator's standing votes, ascending by BCS(subject); none when it never voted. */
export function readVotes(state: StateReader, operator: AccountId): readonly StandingVote[] {
  const value = state.read(votesKey(operator));
  return value === undefined ? [] : readOnce(standingVotesCodec, decodedVotes, value);
}

/** What these bytes say. They never change, so a value that is read for each block is decoded once. */
function readOnce<Value>(
  codec: Codec<Value>,
  decodedValues: WeakMap<Uint8Array, Value>,
  value: Uint8Array,
): Value {
  const known = decodedValues.get(value);
  if (known !== undefined) return known;
  const decoded = stored(codec, value);
  decodedValues.set(value, decoded);
  return decoded;
}

const decodedAssets = new WeakMap<Uint8Array, AssetEntry>();
const decodedValidators = new WeakMap<Uint8Array, ValidatorsEntry>();
const decodedParameters = new WeakMap<Uint8Array, ParametersEntry>();
const decodedVotes = new WeakMap<Uint8Array, readonly StandingVote[]>();

/** The height of the block with the key's fault of that epoch, or undefined when none is known. */
export function readFault(
  state: StateReader,
  consensusKey: PublicKey,
  epoch: Epoch,
): Height | undefined {
  const value = state.read(faultKey(consensusKey, epoch));
  return value === undefined ? undefined : stored(heightCodec, value);
}

export function encodeAccount({ nonce, balance, authHash, flags }: AccountEntry): Uint8Array {
  return encode(accountEntryCodec, { nonce, balance, authHash, flags });
}

function present(state: StateReader, key: StateKey): Uint8Array {
  const value = state.read(key);
  assert(value !== undefined, "every state holds its validators and parameters");
  return value;
}

/** State values were written by us and checked against the root: one that does not decode is a bug. */
function stored<Value>(codec: Codec<Value>, bytes: Uint8Array): Value {
  const decoded = decode(codec, bytes);
  assert(decoded.ok, "a state value decodes");
  return decoded.value;
}
