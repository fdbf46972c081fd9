/**
 * The transaction file: one transaction on its way from signer to signer, with the signatures that it has so far.
 *
 *     { kind: "quorate-transaction", version: 1, chainId, transaction,
 *       authorizations: [{ account, policy: { threshold, keys: [{publicKey, weight}] },
 *                          signatures: [{keyIndex, signature}] }] }
 *
 * `transaction` is the hex of BCS(Transaction): what is signed, and the only statement of what it does. The id is
 * not in the file; whoever reads it computes it. `authorizations` are in the order of the signed transaction: the
 * sender's, then those of the other accounts that it acts for; one whose policy nobody has stated yet is missing.
 * A signature in a file is a claim: see signatures.ts.
 * @module
 */
import { parseHex, toHex } from "../../src/base/bytes.ts";
import { fail, ok, type Result } from "../../src/base/result.ts";
import { decode, encode } from "../../src/codec/codec.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { authorizingAccounts } from "../../src/protocol/authorization.ts";
import type { AccountId, ChainId, TransactionId } from "../../src/protocol/ids.ts";
import {
  type JsonReader,
  parseJson,
  readInteger,
  readObject,
  readText,
  refuse,
} from "../../src/protocol/json-shape.ts";
import {
  authorizationsMax,
  policyKeysMax,
  transactionBytesMax,
} from "../../src/protocol/limits.ts";
import type { Policy } from "../../src/protocol/policy.ts";
import {
  type Authorization,
  chainTag,
  type PolicySignature,
  type Transaction,
  transactionCodec,
  transactionSigningBytes,
} from "../../src/protocol/transaction.ts";
import { policyJson, readId, readListTo, readPolicy } from "../accounts/policy-json.ts";

/** A transaction with the consent given so far. Its authorizations may lack signatures, or be missing. */
export interface PartialTransaction {
  readonly chainId: ChainId;
  /** Computed, never read. */
  readonly id: TransactionId;
  readonly transaction: Transaction;
  /** In the order of `authorizingAccounts`; key indexes strictly ascending, each that of a key of the policy. */
  readonly authorizations: readonly Authorization[];
}

/** More than the largest transaction with all its signatures takes. */
export const transactionFileBytesMax: number = 512 * 1024;

const kind = "quorate-transaction";
const version = 1;
const signatureBytes = 64;

/** A partial transaction of these parts: names it. */
export function partialTransaction(
  chainId: ChainId,
  transaction: Transaction,
  authorizations: readonly Authorization[],
): PartialTransaction {
  const preimage = transactionSigningBytes(chainId, transaction);
  const id = toHex(nobleHasher.sha256(preimage)) as TransactionId;
  return { chainId, id, transaction, authorizations };
}

export function formatTransactionFile(partial: PartialTransaction): string {
  const { chainId, transaction, authorizations } = partial;
  const json = {
    kind,
    version,
    chainId,
    transaction: toHex(encode(transactionCodec, transaction)),
    authorizations: authorizations.map(({ account, policy, signatures }) => ({
      account,
      policy: policyJson(policy),
      signatures: signatures.map(({ keyIndex, signature }) => ({
        keyIndex,
        signature: toHex(signature),
      })),
    })),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/** The reason of a failure says what is wrong, and where. Says nothing about the signatures' validity. */
export function parseTransactionFile(text: string): Result<PartialTransaction, string> {
  if (text.length > transactionFileBytesMax) return fail("the file is too large");
  const parsed = parseJson(text, readFile);
  if (!parsed.ok) return parsed;
  const { chainId, transaction, authorizations } = parsed.value;
  if (transaction.chain !== chainTag(chainId)) {
    return fail("chainId: is not that of the transaction");
  }
  const misplaced = misplacedAuthorization(transaction, authorizations);
  if (misplaced !== undefined) return fail(misplaced);
  return ok(partialTransaction(chainId, transaction, authorizations));
}

interface FileFields {
  readonly kind: string;
  readonly version: number;
  readonly chainId: ChainId;
  readonly transaction: Transaction;
  readonly authorizations: readonly Authorization[];
}

const readKind: JsonReader<string> = (json, place) =>
  json === kind ? kind : refuse(place, `must be "${kind}"`);

const readVersion: JsonReader<number> = (json, place) =>
  readInteger(json, place) === version
    ? version
    : refuse(place, "is not one that this wallet reads");

const readTransaction: JsonReader<Transaction> = (json, place) => {
  const text = readText(json, place);
  if (text.length > 2 * transactionBytesMax) refuse(place, "is longer than a transaction can be");
  const bytes = parseHex(text) ?? refuse(place, "must be lowercase hex");
  const decoded = decode(transactionCodec, bytes);
  if (!decoded.ok) return refuse(place, `is not a transaction (${decoded.reason.message})`);
  const { sender, operations } = decoded.value;
  const named = operations.findIndex(({ from }) => from === sender);
  if (named >= 0) refuse(place, `operation ${named} names the sender`);
  return decoded.value;
};

const readSignature: JsonReader<Uint8Array> = (json, place) => {
  const bytes = parseHex(readText(json, place));
  return bytes?.length === signatureBytes
    ? bytes
    : refuse(place, "must be 128 lowercase hex digits");
};

interface AuthorizationFields {
  readonly account: AccountId;
  readonly policy: Policy;
  readonly signatures: readonly PolicySignature[];
}

const readAuthorizationFields = readObject<AuthorizationFields>({
  account: readId<AccountId>(),
  policy: readPolicy,
  signatures: readListTo(
    policyKeysMax,
    readObject<PolicySignature>({ keyIndex: readInteger, signature: readSignature }),
  ),
});

const readAuthorization: JsonReader<Authorization> = (json, place) => {
  const authorization = readAuthorizationFields(json, place);
  let previous = -1;
  for (const [i, { keyIndex }] of authorization.signatures.entries()) {
    const at = `${place}.signatures[${i}].keyIndex`;
    if (keyIndex <= previous) refuse(at, "is not above the one before");
    if (keyIndex >= authorization.policy.keys.length) refuse(at, "names no key of the policy");
    previous = keyIndex;
  }
  return authorization;
};

const readFile = readObject<FileFields>({
  kind: readKind,
  version: readVersion,
  chainId: readId<ChainId>(),
  transaction: readTransaction,
  authorizations: readListTo(authorizationsMax, readAuthorization),
});

/** Those given must be of accounts that the transaction acts for, each once, in their order. */
function misplacedAuthorization(
  transaction: Transaction,
  authorizations: readonly Authorization[],
): string | undefined {
  const order = authorizingAccounts(transaction);
  if (order.length > authorizationsMax) {
    return `transaction: acts for more than ${authorizationsMax} accounts`;
  }
  let previous = -1;
  for (const [i, { account }] of authorizations.entries()) {
    const position = order.indexOf(account);
    const at = `authorizations[${i}].account`;
    if (position < 0) return `${at}: the transaction does not act for it`;
    if (position <= previous) return `${at}: is out of order or there twice`;
    previous = position;
  }
  return undefined;
}
