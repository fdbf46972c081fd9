/**
 * Transactions, and the two names of one.
 *
 * SignedTransaction  enum { 0 Signed { transaction, authorizations }, 1 Fault { first: Vote, second: Vote } }
 * Transaction        chain [4] · sender [32] · nonce u64 · expiryMs u64 · fee u64 · memo bytes ≤ 256 · operations 1..64
 * Authorization      account [32] · policy · signatures vector { keyIndex u8, signature [64] }, keyIndex ascending
 *
 * The id = SHA-256(`quorate/transaction/1\0` ‖ chainId ‖ BCS(transaction)) does not cover signatures, and its
 * preimage is exactly the signed bytes. The content hash = SHA-256(0x00 ‖ BCS(SignedTransaction)) covers all of
 * it and is the leaf in a block's transactionsRoot. Remembering a check by id would let a copy with a bad
 * signature pass, or suppress the good one; everything between nodes goes by content hash.
 *
 * A Fault has no sender, nonce or fee, and nobody signs for it: it proves itself (fault.ts). Its id is its content hash.
 * @module
 */
import { toHex } from "../base/bytes.ts";
import { ok, type Result } from "../base/result.ts";
import {
  bytes,
  type Codec,
  checked,
  decode,
  encode,
  fixed,
  hex,
  index,
  struct,
  u8,
  u64,
  variant,
  variants,
  vector,
} from "../codec/codec.ts";
import type { DecodeError } from "../codec/reader.ts";
import { signingBytes } from "../crypto/domains.ts";
import { leafHash } from "../crypto/merkle.ts";
import type { Hasher, Signer } from "../crypto/ports.ts";
import { type Fault, faultFields } from "./fault.ts";
import {
  type AccountId,
  accountIdCodec,
  type ChainId,
  type ContentHash,
  type TransactionId,
} from "./ids.ts";
import { authorizationsMax, memoBytesMax, operationsMax, policyKeysMax } from "./limits.ts";
import { type Operation, operationCodec } from "./operations.ts";
import { type Policy, policyCodec } from "./policy.ts";

export interface Transaction {
  /** The first 4 bytes of the chain id, in hex: says `wrong_chain` where a signature could only say "bad". */
  readonly chain: string;
  readonly sender: AccountId;
  readonly nonce: number;
  /** Unix milliseconds: the last block time at which it may be included. */
  readonly expiryMs: number;
  /** Base units of the native asset. */
  readonly fee: bigint;
  readonly memo: Uint8Array;
  readonly operations: readonly Operation[];
}

export interface PolicySignature {
  readonly keyIndex: number;
  readonly signature: Uint8Array;
}

export interface Authorization {
  readonly account: AccountId;
  readonly policy: Policy;
  readonly signatures: readonly PolicySignature[];
}

/** A transaction with the consent of the accounts that it acts for. */
export interface Signed {
  readonly kind: "signed";
  readonly transaction: Transaction;
  readonly authorizations: readonly Authorization[];
}

/** Whatever a block may hold. */
export type SignedTransaction = Signed | Fault;

export const transactionCodec: Codec<Transaction> = struct<Transaction>({
  chain: hex(4),
  sender: accountIdCodec,
  nonce: index(),
  expiryMs: index(),
  fee: u64,
  memo: bytes({ lengthMax: memoBytesMax }),
  operations: vector(operationCodec, { lengthMin: 1, lengthMax: operationsMax }),
});

const authorizationCodec: Codec<Authorization> = checked(
  struct<Authorization>({
    account: accountIdCodec,
    policy: policyCodec,
    signatures: vector(struct<PolicySignature>({ keyIndex: u8, signature: fixed(64) }), {
      lengthMin: 1,
      lengthMax: policyKeysMax,
    }),
  }),
  ({ policy, signatures }) => {
    let previous = -1;
    for (const { keyIndex } of signatures) {
      if (keyIndex <= previous) return "signatures are not strictly ascending";
      if (keyIndex >= policy.keys.length) return "a signature names no key";
      previous = keyIndex;
    }
    return undefined;
  },
);

export const signedTransactionCodec: Codec<SignedTransaction> = variants<SignedTransaction>([
  variant<SignedTransaction, "signed">(
    "signed",
    struct<Omit<Signed, "kind">>({
      transaction: transactionCodec,
      authorizations: vector(authorizationCodec, { lengthMin: 1, lengthMax: authorizationsMax }),
    }),
  ),
  variant<SignedTransaction, "fault">("fault", faultFields),
]);

interface Named<Content extends SignedTransaction> {
  readonly bytes: Uint8Array;
  readonly id: TransactionId;
  readonly contentHash: ContentHash;
  readonly signed: Content;
}
export type NamedSigned = Named<Signed>;
export type NamedFault = Named<Fault>;

/** A signed transaction with its bytes and both names: what travels between the stages. */
export type NamedTransaction = NamedSigned | NamedFault;

export const isFault = (named: NamedTransaction): named is NamedFault =>
  named.signed.kind === "fault";
export const isSigned = (named: NamedTransaction): named is NamedSigned =>
  named.signed.kind === "signed";

export function contentHashOf(hasher: Hasher, bytes: Uint8Array): ContentHash {
  return toHex(leafHash(hasher, bytes)) as ContentHash;
}

/** The exact bytes that every authorization signs; the id is their SHA-256. */
export function transactionSigningBytes(chainId: ChainId, transaction: Transaction): Uint8Array {
  return signingBytes("quorate/transaction/1", chainId, encode(transactionCodec, transaction));
}

/** The same, cut out of a signed transaction's own bytes: nothing is encoded again. */
export function signedBytesOf(
  chainId: ChainId,
  { bytes: encoded, signed }: Pick<NamedSigned, "bytes" | "signed">,
): Uint8Array {
  const end = encoded.length - authorizationsBytes(signed.authorizations);
  return signingBytes("quorate/transaction/1", chainId, encoded.subarray(1, end));
}

/** Size of the encoded authorizations. Every length in them is below 128, so each takes one byte. */
function authorizationsBytes(authorizations: readonly Authorization[]): number {
  let size = 1;
  for (const { policy, signatures } of authorizations) {
    size += 32 + (2 + 1 + policy.keys.length * (32 + 1)) + (1 + signatures.length * (1 + 64));
  }
  return size;
}

/** Decodes and names a signed transaction, whose content hash the caller may know. Says nothing about its signatures. */
export function openTransaction(
  hasher: Hasher,
  chainId: ChainId,
  encoded: Uint8Array,
  contentHash?: ContentHash,
): Result<NamedTransaction, DecodeError> {
  const decoded = decode(signedTransactionCodec, encoded);
  if (!decoded.ok) return decoded;
  return ok(nameTransaction(hasher, chainId, decoded.value, encoded, contentHash));
}

/** Names a transaction whose encoding is known: `encoded` must be its encoding, and `contentHash` that one's. */
export function nameTransaction<Content extends SignedTransaction>(
  hasher: Hasher,
  chainId: ChainId,
  signed: Content,
  encoded?: Uint8Array,
  contentHash?: ContentHash,
): Content extends SignedTransaction ? Named<Content> : never;
export function nameTransaction(
  hasher: Hasher,
  chainId: ChainId,
  signed: SignedTransaction,
  encoded: Uint8Array = encode(signedTransactionCodec, signed),
  contentHash: ContentHash = contentHashOf(hasher, encoded),
): NamedTransaction {
  if (signed.kind === "fault") {
    return { bytes: encoded, id: contentHash as string as TransactionId, contentHash, signed };
  }
  const preimage = signedBytesOf(chainId, { bytes: encoded, signed });
  return {
    bytes: encoded,
    id: toHex(hasher.sha256(preimage)) as TransactionId,
    contentHash,
    signed,
  };
}

/** The first 4 bytes of a chain id, as a transaction carries them. */
export const chainTag = (chainId: ChainId): string => chainId.slice(0, 8);

/** Signs with one key for an account whose policy is that key alone. */
export function signWithSingleKey(
  chainId: ChainId,
  transaction: Transaction,
  policy: Policy,
  signer: Signer,
): Signed {
  const signature = signer.sign(transactionSigningBytes(chainId, transaction));
  return {
    kind: "signed",
    transaction,
    authorizations: [
      { account: transaction.sender, policy, signatures: [{ keyIndex: 0, signature }] },
    ],
  };
}
