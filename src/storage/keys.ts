/**
 * Every key of the ledger's store, in one list. Integers are big-endian, so that key order is height order.
 *
 * | prefix | then | value |
 * | --- | --- | --- |
 * | b | height u64, block id [32] | BCS(Block), written when the block is verified |
 * | h | height u64 | block id of the final block; written once |
 * | i | block id [32] | height |
 * | f | height u64 | the finalization of exactly this block, where one is held |
 * | t | first 16 bytes of a transaction id | height, index |
 * | a | account [32], 2^64 − 1 − height u64 | what the block holds of the account; newest first |
 * | c | content hash [32], height u64, index of the transaction u32, of the operation u8 | a record with this content |
 * | r | account [32], topic, key, each BCS; version u64 | height, index of the transaction that wrote the version |
 * | s | state kind u8 and key (protocol.md) | the value at the tip |
 * | v | height u64, the first with this set | the validators from there on; a row for each change |
 * | n | height u64, odd | roots of the complete subtrees of the history tree that end with this block |
 * | m | name in ASCII | schema, chain, supply, tip, proof |
 * @module
 */
import { assert } from "../base/assert.ts";
import { concatBytes, toHex, utf8, writeHex } from "../base/bytes.ts";
import {
  type AccountId,
  type BlockId,
  type Digest,
  type Height,
  height,
  idBytes,
} from "../protocol/ids.ts";
import type { RecordPlace } from "../protocol/records.ts";
import type { StateKey } from "../protocol/state.ts";
import type { KeyRange } from "./store.ts";

type Prefix =
  | "block"
  | "finalId"
  | "heightOfId"
  | "finalization"
  | "transaction"
  | "account"
  | "content"
  | "record"
  | "state"
  | "validators"
  | "history"
  | "meta";

const letter = (text: string): number => text.charCodeAt(0);

export const prefixes: Readonly<Record<Prefix, number>> = {
  block: letter("b"),
  finalId: letter("h"),
  heightOfId: letter("i"),
  finalization: letter("f"),
  transaction: letter("t"),
  account: letter("a"),
  content: letter("c"),
  record: letter("r"),
  state: letter("s"),
  validators: letter("v"),
  history: letter("n"),
  meta: letter("m"),
};

export const transactionPrefixBytes = 16;
const heightBytes = 8;
const wordMax = 0xffff_ffff;

function writeHeight(key: Uint8Array, offset: number, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, "a height is a safe integer");
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  view.setUint32(offset, Math.floor(value / 2 ** 32));
  view.setUint32(offset + 4, value % 2 ** 32);
}

function readHeight(key: Uint8Array, offset: number): number {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return view.getUint32(offset) * 2 ** 32 + view.getUint32(offset + 4);
}

function heightKey(prefix: number, value: number, tail = 0): Uint8Array {
  const key = new Uint8Array(1 + heightBytes + tail);
  key[0] = prefix;
  writeHeight(key, 1, value);
  return key;
}

function writeId(key: Uint8Array, offset: number, id: string): void {
  assert(id.length === 2 * idBytes && writeHex(id, key, offset), "an id is 32 bytes of hex");
}

export function blockKey(blockHeight: Height, id: BlockId): Uint8Array {
  const key = heightKey(prefixes.block, blockHeight, idBytes);
  writeId(key, 1 + heightBytes, id);
  return key;
}

/** The height and id that a `b` key names, or undefined for a key of another length. */
export function parseBlockKey(
  key: Uint8Array,
): { readonly height: Height; readonly id: BlockId } | undefined {
  if (key.length !== 1 + heightBytes + idBytes) return undefined;
  const id = toHex(key.subarray(1 + heightBytes)) as BlockId;
  return { height: height(readHeight(key, 1)), id };
}

export const finalIdKey = (value: Height): Uint8Array => heightKey(prefixes.finalId, value);
export const finalizationKey = (value: Height): Uint8Array =>
  heightKey(prefixes.finalization, value);
export const validatorsRowKey = (first: Height): Uint8Array =>
  heightKey(prefixes.validators, first);

/** Only odd heights have one: the history tree numbers its leaves by height. */
export const historyRowKey = (value: Height): Uint8Array => heightKey(prefixes.history, value);

/** The height of an `h`, `f`, `v` or `n` key. */
export const parseHeightKey = (key: Uint8Array): Height => height(readHeight(key, 1));

export function heightOfIdKey(id: BlockId): Uint8Array {
  const key = new Uint8Array(1 + idBytes);
  key[0] = prefixes.heightOfId;
  writeId(key, 1, id);
  return key;
}

export function transactionKey(id: string): Uint8Array {
  const key = new Uint8Array(1 + transactionPrefixBytes);
  key[0] = prefixes.transaction;
  assert(writeHex(id.slice(0, 2 * transactionPrefixBytes), key, 1), "an id is lowercase hex");
  return key;
}

export function accountKey(account: AccountId, blockHeight: Height): Uint8Array {
  const key = new Uint8Array(1 + idBytes + heightBytes);
  key[0] = prefixes.account;
  writeId(key, 1, account);
  writeHeight(key, 1 + idBytes, blockHeight);
  for (let i = 1 + idBytes; i < key.length; i += 1) key[i] = 0xff - (key[i] ?? 0);
  return key;
}

/** The height of an `a` key. */
export function parseAccountKeyHeight(key: Uint8Array): Height {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const high = wordMax - view.getUint32(1 + idBytes);
  return height(high * 2 ** 32 + (wordMax - view.getUint32(1 + idBytes + 4)));
}

/** The place as its state key has it, written at once: there is one key for each record in a block. */
export function recordVersionKey(
  { account, topic, key }: RecordPlace,
  version: number,
): Uint8Array {
  const [topicBytes, keyBytes] = [utf8(topic), utf8(key)];
  const keyAt = 1 + idBytes + 1 + topicBytes.length;
  const versionAt = keyAt + 1 + keyBytes.length;
  assert(topicBytes.length < 128 && keyBytes.length < 128, "a short text has one byte of length");
  const row = new Uint8Array(versionAt + heightBytes);
  row[0] = prefixes.record;
  writeId(row, 1, account);
  row[1 + idBytes] = topicBytes.length;
  row.set(topicBytes, 2 + idBytes);
  row[keyAt] = keyBytes.length;
  row.set(keyBytes, keyAt + 1);
  writeHeight(row, versionAt, version);
  return row;
}

/** Where a record operation stands: ascending as the ledger has them. */
export interface OperationPosition {
  readonly height: Height;
  /** Of the transaction in its block. */
  readonly index: number;
  /** Of the operation in its transaction. */
  readonly operation: number;
}

export function contentKey(contentHash: Digest, position: OperationPosition): Uint8Array {
  const key = new Uint8Array(1 + idBytes + heightBytes + 5);
  key[0] = prefixes.content;
  writeId(key, 1, contentHash);
  writeHeight(key, 1 + idBytes, position.height);
  const view = new DataView(key.buffer);
  view.setUint32(1 + idBytes + heightBytes, position.index);
  key[key.length - 1] = position.operation;
  return key;
}

/** The position of a `c` key. */
export function parseContentKey(key: Uint8Array): OperationPosition {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return {
    height: height(readHeight(key, 1 + idBytes)),
    index: view.getUint32(1 + idBytes + heightBytes),
    operation: key[key.length - 1] ?? 0,
  };
}

/** The `c` rows of a content from a position to a height, both inclusive. */
export function contentRange(
  contentHash: Digest,
  span: { readonly from: OperationPosition; readonly to: Height; readonly limit: number },
): KeyRange {
  const { from, to, limit } = span;
  const end = contentKey(contentHash, { height: height(to + 1), index: 0, operation: 0 });
  return { from: contentKey(contentHash, from), to: end, limit };
}

/** The `c` rows of a content before a position, the last ones first. */
export function contentRangeBefore(
  contentHash: Digest,
  span: { readonly before: OperationPosition; readonly limit: number },
): KeyRange {
  const from = contentKey(contentHash, { height: height(0), index: 0, operation: 0 });
  return { from, to: contentKey(contentHash, span.before), limit: span.limit, reverse: true };
}

/** @param stateKey hex of kind ‖ BCS(key): the preimage of its path in the state tree. */
export function stateKey(stateKey: string): Uint8Array {
  const key = new Uint8Array(1 + stateKey.length / 2);
  key[0] = prefixes.state;
  assert(writeHex(stateKey, key, 1), "a state key is lowercase hex");
  return key;
}

/** State rows of one kind. */
export const stateRange = (kind: number, limit: number): KeyRange => ({
  from: Uint8Array.of(prefixes.state, kind),
  to: Uint8Array.of(prefixes.state, kind + 1),
  limit,
});

/** State rows whose key (hex of kind ‖ BCS(key)) has a beginning, from a key on. */
export function stateRangeFrom(
  beginning: string,
  span: { readonly from: StateKey | undefined; readonly limit: number },
): KeyRange {
  const first = stateKey(beginning);
  const { from, limit } = span;
  const isInside = from !== undefined && from > beginning;
  return { from: isInside ? stateKey(from) : first, to: keyBeyond(first), limit };
}

/** State rows whose key has a beginning, before a key, the last ones first. */
export function stateRangeBefore(
  beginning: string,
  span: { readonly before: StateKey; readonly limit: number },
): KeyRange {
  const { before, limit } = span;
  const [from, to] = [stateKey(beginning), stateKey(before)];
  return { from, to, limit, reverse: true };
}

/** kind ‖ BCS(key) of an `s` key. */
export const parseStateKey = (key: Uint8Array): Uint8Array => key.subarray(1);

const metaKey = (name: string): Uint8Array => concatBytes(Uint8Array.of(prefixes.meta), utf8(name));

/** u32: what the rows look like. */
export const schemaKey: Uint8Array = metaKey("schema");
export const chainKey: Uint8Array = metaKey("chain");
/** Native units that there are. */
export const supplyKey: Uint8Array = metaKey("supply");
export const tipKey: Uint8Array = metaKey("tip");
/** Headers that lead from committed blocks without a finalization of their own to one that has it. */
export const proofKey: Uint8Array = metaKey("proof");

/** The rows of one prefix. */
export function rangeOf(prefix: number, limit: number): KeyRange {
  return { from: Uint8Array.of(prefix), to: Uint8Array.of(prefix + 1), limit };
}

/** Rows keyed by height with from ≤ height < to. */
export function heightRange(
  prefix: number,
  span: { readonly from: Height; readonly to: Height; readonly limit: number },
): KeyRange {
  const { from, to, limit } = span;
  return { from: heightKey(prefix, from), to: heightKey(prefix, to), limit };
}

/** An account's rows from a height downwards, newest first. */
export function accountRange(account: AccountId, newest: Height, limit: number): KeyRange {
  const to = new Uint8Array([...accountKey(account, height(0)), 0]);
  return { from: accountKey(account, newest), to, limit };
}

/** An account's rows above a height and up to another, oldest first. */
export function accountRangeAbove(
  account: AccountId,
  span: { readonly above: Height; readonly upTo: Height; readonly limit: number },
): KeyRange {
  const { above, upTo, limit } = span;
  const [from, to] = [accountKey(account, upTo), accountKey(account, above)];
  return { from, to, limit, reverse: true };
}

/** The first key after all that begin with these bytes, whose first one is a prefix letter. */
function keyBeyond(beginning: Uint8Array): Uint8Array {
  let length = beginning.length;
  while (beginning[length - 1] === 0xff) length -= 1;
  const key = beginning.slice(0, length);
  key[length - 1] = (key[length - 1] ?? 0) + 1;
  return key;
}

/** The first key after this one. */
export const keyAfter = (key: Uint8Array): Uint8Array => concatBytes(key, Uint8Array.of(0));

/** All rows there are. */
export const everyKey: KeyRange = { from: new Uint8Array(0), to: Uint8Array.of(0xff), limit: 1 };
