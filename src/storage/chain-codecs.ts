/**
 * The values of the chain's rows, and the seal on those that no hash of the protocol covers.
 *
 * | row | value |
 * | --- | --- |
 * | h | block id [32] |
 * | i | height u64 |
 * | t | height u64, index u32 |
 * | f | Certificate, seal |
 * | a | nonce Option<u64>, vector { index u32, roles u8 } ascending, seal |
 * | c | nothing: all of it is in the key |
 * | r | height u64, index u32 |
 * | v | vector<Validator> |
 * | n | the roots, 32 bytes each, smallest subtree first |
 * | m supply | u64, seal |
 * | m tip | height u64, id [32], transactions u64, frontier { size u64, vector<[32]> }, seal |
 * | m proof | Certificate, vector<Header>, seal |
 *
 * Values are BCS. Seal = the first 8 bytes of SHA-256(key ‖ value before the seal): a row that moved to another
 * key fails it too. `b` and `s` rows are covered by block ids and the state root, `h`, `i`, `t`, `r` and `c` by the
 * block, `v` by the validatorsHash of the headers, `n` by their historyRoot.
 * @module
 */
import { concatBytes, equalBytes } from "../base/bytes.ts";
import {
  type Codec,
  checked,
  decode,
  encode,
  fixed,
  index,
  option,
  struct,
  u8,
  u32,
  vector,
} from "../codec/codec.ts";
import { type Frontier, isFrontier } from "../crypto/merkle.ts";
import type { Hasher } from "../crypto/ports.ts";
import { type Header, headerCodec } from "../protocol/block.ts";
import { type BlockId, blockIdCodec, type Height, heightCodec } from "../protocol/ids.ts";
import { blockTransactionsMax } from "../protocol/limits.ts";
import { type Certificate, certificateCodec } from "../protocol/vote.ts";
import { StorageCorruption } from "./corruption.ts";

/** The form of all rows; a store of another form is refused. */
export const schemaVersion = 3;

/** A longer way from a block to the finalization that covers it does not occur: leaders stop long before. */
const coveringRowHeadersMax = 65_536;

const peaksMax = 53;
const sealBytes = 8;

export interface TransactionPosition {
  readonly height: Height;
  readonly index: number;
}

export interface TipRow {
  readonly height: Height;
  readonly id: BlockId;
  /** In all blocks up to the tip. */
  readonly transactions: number;
  /** Over the ids of the tip's own ancestors: its root is the tip's historyRoot. */
  readonly frontier: Frontier;
}

/** Why a block is final: its own finalization, or the headers that lead from it to a finalized block. */
export interface Finality {
  /** Of the last covering header, or of the block itself when there is none. */
  readonly certificate: Certificate;
  /** The headers right above the block, ascending. */
  readonly covering: readonly Header[];
}

/** What one block holds of one account. */
export interface AccountRow {
  /**
   * The account's nonce before this block: that of its first transaction as sender here, the others follow one by
   * one. Undefined in some rows of an earlier version of this program, never in new ones.
   */
  readonly nonce: number | undefined;
  readonly touches: readonly AccountTouch[];
}

export interface AccountTouch {
  /** Position of the transaction in the block. */
  readonly index: number;
  /** Sum of `roles` (protocol/account-roles.ts). */
  readonly roles: number;
}

export const schemaCodec: Codec<number> = u32;

export const positionCodec: Codec<TransactionPosition> = struct<TransactionPosition>({
  height: heightCodec,
  index: u32,
});

/** The same bytes as the codec writes, without a growing buffer: there is one for each transaction. */
export function encodePosition({ height, index }: TransactionPosition): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, height % 2 ** 32, true);
  view.setUint32(4, Math.floor(height / 2 ** 32), true);
  view.setUint32(8, index, true);
  return bytes;
}

const frontierCodec: Codec<Frontier> = checked(
  struct<Frontier>({ size: index(), peaks: vector(fixed(32), { lengthMax: peaksMax }) }),
  (frontier) => (isFrontier(frontier) ? undefined : "the peaks do not fit the size"),
);

export const tipCodec: Codec<TipRow> = struct<TipRow>({
  height: heightCodec,
  id: blockIdCodec,
  transactions: index(),
  frontier: frontierCodec,
});

export const finalityCodec: Codec<Finality> = struct<Finality>({
  certificate: certificateCodec,
  covering: vector(headerCodec, { lengthMax: coveringRowHeadersMax }),
});

export const accountRowCodec: Codec<AccountRow> = struct<AccountRow>({
  nonce: option(index()),
  touches: vector(struct<AccountTouch>({ index: u32, roles: u8 }), {
    lengthMin: 1,
    lengthMax: blockTransactionsMax,
  }),
});

const sealOf = (hasher: Hasher, key: Uint8Array, value: Uint8Array): Uint8Array =>
  hasher.sha256(concatBytes(key, value)).subarray(0, sealBytes);

export function encodeSealed<Value>(
  hasher: Hasher,
  codec: Codec<Value>,
  row: { readonly key: Uint8Array; readonly value: Value },
): Uint8Array {
  const encoded = encode(codec, row.value);
  return concatBytes(encoded, sealOf(hasher, row.key, encoded));
}

/** Throws StorageCorruption when the seal or the shape is wrong. */
export function decodeSealed<Value>(
  hasher: Hasher,
  codec: Codec<Value>,
  row: { readonly key: Uint8Array; readonly value: Uint8Array },
): Value {
  const end = row.value.length - sealBytes;
  const encoded = row.value.subarray(0, Math.max(0, end));
  if (end < 0 || !equalBytes(row.value.subarray(end), sealOf(hasher, row.key, encoded))) {
    throw new StorageCorruption(`the seal of ${rowName(row.key)} is wrong`);
  }
  return decodeRow(codec, { key: row.key, value: encoded });
}

/** Throws StorageCorruption when the shape is wrong. */
export function decodeRow<Value>(
  codec: Codec<Value>,
  row: { readonly key: Uint8Array; readonly value: Uint8Array },
): Value {
  const decoded = decode(codec, row.value);
  if (!decoded.ok) throw new StorageCorruption(`${rowName(row.key)}: ${decoded.reason.message}`);
  return decoded.value;
}

/** `row h 0000…`, for messages. */
export function rowName(key: Uint8Array): string {
  const [first = 0, ...rest] = key.subarray(0, 17);
  return `row ${String.fromCharCode(first)} ${rest.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
