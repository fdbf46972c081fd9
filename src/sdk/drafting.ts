/**
 * What a transaction is to be, and what the ledger must say so that it can be made: who signs it, and with which policy.
 * @module
 */
import type { ProvenEntries } from "../client/proven-state.ts";
import { encode } from "../codec/codec.ts";
import { nobleHasher } from "../crypto/hash.ts";
import { authorizingAccounts } from "../protocol/authorization.ts";
import type { Operation } from "../protocol/operations.ts";
import { policyHash } from "../protocol/policy.ts";
import { accountKey, parametersKey, readAccount, type StateKey } from "../protocol/state.ts";
import { signedTransactionCodec, type Transaction } from "../protocol/transaction.ts";
import { QuorateError } from "./failure.ts";
import type { Key } from "./keys.ts";
import type { Signatory } from "./signing.ts";

export interface Draft {
  readonly sender: Key | Signatory;
  /** Others that operations act for, so that the size is known: those who sign too. */
  readonly others?: readonly (Key | Signatory)[];
  /** 1 to 64; all apply, or none does. */
  readonly operations: readonly Operation[];
  readonly memo?: string;
  /** Default 15 minutes. Later than that it can never be applied. */
  readonly expiresInMs?: number;
  /** Base units; left out: the least that the network takes. */
  readonly fee?: bigint;
  /** Left out: the account's next, as nodes say it. */
  readonly nonce?: number;
}

const signatureBytes = 64;

const signatoriesOf = ({ sender, others = [] }: Draft): readonly (Key | Signatory)[] => [
  sender,
  ...others,
];

/** The parameters, and the accounts of all who sign: in one proof, so that all is of one block. */
export const keysOf = (draft: Draft): readonly StateKey[] => [
  ...new Set([parametersKey, ...signatoriesOf(draft).map(({ account }) => accountKey(account))]),
];

/** Throws `policy_mismatch` where somebody's keys are not those that act for the account: no node would take it. */
export function requirePolicies(entries: ProvenEntries, draft: Draft): void {
  for (const { account, policy } of signatoriesOf(draft)) {
    if (policyHash(nobleHasher, policy) === readAccount(entries, account).authHash) continue;
    throw new QuorateError(
      "policy_mismatch",
      `the keys given for account ${account} are not those that act for it now`,
    );
  }
}

/** Bytes of it when everybody has signed. */
export function sizeOf(transaction: Transaction, { sender, others = [] }: Draft): number {
  const signature = new Uint8Array(signatureBytes);
  const authorizations = authorizingAccounts(transaction).map((account) => {
    const by = [sender, ...others].find((one) => one.account === account);
    if (by === undefined) {
      throw new QuorateError("key_missing", `who signs for ${account} is not among the others`);
    }
    const count = "keys" in by ? by.keys.length : 1;
    const signatures = Array.from({ length: count }, (_, keyIndex) => ({ keyIndex, signature }));
    return { account, policy: by.policy, signatures };
  });
  return encode(signedTransactionCodec, { kind: "signed", transaction, authorizations }).length;
}
