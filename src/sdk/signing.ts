/**
 * From a transaction to its signed bytes.
 * @module
 */
import { nobleHasher } from "../crypto/hash.ts";
import { authorizingAccounts } from "../protocol/authorization.ts";
import type { AccountId, ChainId, TransactionId } from "../protocol/ids.ts";
import type { Policy } from "../protocol/policy.ts";
import {
  type Authorization,
  nameTransaction,
  type Transaction,
  transactionSigningBytes,
} from "../protocol/transaction.ts";
import { QuorateError } from "./failure.ts";
import type { Key } from "./keys.ts";

/** What can be submitted. */
export interface SignedTransactionBytes {
  /** Known before it is sent; names what it does. */
  readonly id: TransactionId;
  readonly transaction: Transaction;
  /** BCS(SignedTransaction). Keep it until there is an outcome: sending it again is harmless. */
  readonly bytes: Uint8Array;
}

/** An account of several keys: its policy, and those of the keys that are here, in any order. */
export interface Signatory {
  readonly account: AccountId;
  readonly policy: Policy;
  readonly keys: readonly Key[];
}

/** Signs for every account that the transaction acts for. Throws `key_missing`. */
export function signTransaction(
  chainId: ChainId,
  transaction: Transaction,
  by: readonly (Key | Signatory)[],
): SignedTransactionBytes {
  const message = transactionSigningBytes(chainId, transaction);
  const authorizations = authorizingAccounts(transaction).map((account): Authorization => {
    const signatory = by.find((one) => one.account === account);
    if (signatory === undefined) {
      throw new QuorateError("key_missing", `no key is given for account ${account}`);
    }
    return authorize(signatory, message);
  });
  const signed = { kind: "signed", transaction, authorizations } as const;
  const { id, bytes } = nameTransaction(nobleHasher, chainId, signed);
  return { id, transaction, bytes };
}

function authorize(signatory: Key | Signatory, message: Uint8Array): Authorization {
  const { account, policy } = signatory;
  const keys = "keys" in signatory ? signatory.keys : [signatory];
  const signers = new Map(keys.map(({ policy: own, signer }) => [own.keys[0]?.publicKey, signer]));
  const signatures = policy.keys.flatMap(({ publicKey }, keyIndex) => {
    const signer = signers.get(publicKey);
    return signer === undefined ? [] : [{ keyIndex, signature: signer.sign(message) }];
  });
  return { account, policy, signatures };
}
