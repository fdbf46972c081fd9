/**
 * Blocks and headers. A block's id is the hash of its header, which commits to everything else.
 *
 * Header  version u16 · height u64 · epoch u64 · view u64 · parent [32] · timestampMs u64 · leader [32] ·
 *         transactionCount u32 · transactionsRoot [32] · stateRoot [32] · historyRoot [32] · validatorsHash [32] ·
 *         nextValidatorsHash [32]   (262 bytes)
 * Block   header · transactions vector<SignedTransaction>
 *
 * stateRoot is the state after this block. historyRoot is the RFC 9162 root over the ids of the block's own ancestors,
 * heights 0 to height − 1.
 * @module
 */
import { fromHex, toHex } from "../base/bytes.ts";
import { ok, type Result } from "../base/result.ts";
import { type Codec, decode, encode, index, struct, u16, u32, vector } from "../codec/codec.ts";
import type { DecodeError } from "../codec/reader.ts";
import { hashWithDomain } from "../crypto/hash.ts";
import { merkleRoot } from "../crypto/merkle.ts";
import type { Hasher } from "../crypto/ports.ts";
import {
  type AccountId,
  accountIdCodec,
  type BlockId,
  blockIdCodec,
  type ChainId,
  type ContentHash,
  type Digest,
  digestCodec,
  type Epoch,
  epochCodec,
  type Height,
  heightCodec,
  type View,
  viewCodec,
} from "./ids.ts";
import { blockTransactionsMax } from "./limits.ts";
import {
  type NamedTransaction,
  nameTransaction,
  type SignedTransaction,
  signedTransactionCodec,
} from "./transaction.ts";

export interface Header {
  readonly version: number;
  readonly height: Height;
  readonly epoch: Epoch;
  readonly view: View;
  readonly parent: BlockId;
  /** Unix milliseconds; more than the parent's. */
  readonly timestampMs: number;
  readonly leader: AccountId;
  readonly transactionCount: number;
  readonly transactionsRoot: Digest;
  readonly stateRoot: Digest;
  readonly historyRoot: Digest;
  readonly validatorsHash: Digest;
  readonly nextValidatorsHash: Digest;
}

export const headerCodec: Codec<Header> = struct<Header>({
  version: u16,
  height: heightCodec,
  epoch: epochCodec,
  view: viewCodec,
  parent: blockIdCodec,
  timestampMs: index(),
  leader: accountIdCodec,
  transactionCount: u32,
  transactionsRoot: digestCodec,
  stateRoot: digestCodec,
  historyRoot: digestCodec,
  validatorsHash: digestCodec,
  nextValidatorsHash: digestCodec,
});

export interface Block {
  readonly id: BlockId;
  readonly header: Header;
  readonly transactions: readonly NamedTransaction[];
}

/** SHA-256(`quorate/block/1\0` ‖ BCS(header)). */
export function blockIdOf(hasher: Hasher, header: Header): BlockId {
  return toHex(hashWithDomain(hasher, "quorate/block/1", encode(headerCodec, header))) as BlockId;
}

/** RFC 9162 root over the transactions in order; content hashes are its leaves. */
export function transactionsRootOf(hasher: Hasher, hashes: readonly ContentHash[]): Digest {
  return toHex(merkleRoot(hasher, hashes.map(fromHex))) as Digest;
}

interface TransactionBytes {
  readonly signed: SignedTransaction;
  readonly bytes: Uint8Array;
}

/** Keeps each transaction's own bytes beside its value, so that naming it encodes nothing again. */
const transactionWithBytes: Codec<TransactionBytes> = {
  read(reader) {
    const start = reader.offset;
    const signed = signedTransactionCodec.read(reader);
    return { signed, bytes: reader.since(start).slice() };
  },
  write: (writer, { bytes }) => writer.fixed(bytes),
};

interface BlockParts {
  readonly header: Header;
  readonly transactions: readonly TransactionBytes[];
}

const blockCodec: Codec<BlockParts> = struct<BlockParts>({
  header: headerCodec,
  transactions: vector(transactionWithBytes, { lengthMax: blockTransactionsMax }),
});

export function encodeBlock(block: Block): Uint8Array {
  return encode(blockCodec, block);
}

/**
 * Decodes a block and names it and its transactions. Says only that these are the bytes of a block: whether the
 * header commits to these transactions is `bodyMatches`, whether it is valid is the ledger's to say.
 */
export function openBlock(
  hasher: Hasher,
  chainId: ChainId,
  encoded: Uint8Array,
): Result<Block, DecodeError> {
  const decoded = decode(blockCodec, encoded);
  if (!decoded.ok) return decoded;
  const { header, transactions } = decoded.value;
  return ok({
    id: blockIdOf(hasher, header),
    header,
    transactions: transactions.map(({ signed, bytes }) =>
      nameTransaction(hasher, chainId, signed, bytes),
    ),
  });
}

/** Whether the header's count and root are those of these content hashes. */
export function bodyMatches(
  hasher: Hasher,
  header: Header,
  hashes: readonly ContentHash[],
): boolean {
  return (
    header.transactionCount === hashes.length &&
    header.transactionsRoot === transactionsRootOf(hasher, hashes)
  );
}
