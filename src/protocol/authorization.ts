/**
 * Who must have signed a transaction, and whether they did.
 *
 * The authorizations are exactly those of the sender, first, and of each other account that an operation acts
 * for, ascending; so the same consent has one form. A transaction carries the policies themselves: checking its
 * signatures needs no state. That each policy is its account's own is the ledger's check (`policy_mismatch`).
 * @module
 */
import { assert } from "../base/assert.ts";
import { fromHex } from "../base/bytes.ts";
import type { Verifier } from "../crypto/ports.ts";
import type { AccountId, ChainId } from "./ids.ts";
import {
  type Authorization,
  type NamedTransaction,
  type SignedTransaction,
  signedBytesOf,
  type Transaction,
} from "./transaction.ts";
import { markVerified, type Verified } from "./verified.ts";

export type AuthorizationFlaw =
  | "malformed"
  | "authorization_missing"
  | "authorization_surplus"
  | "threshold_not_met";

/** The accounts that must authorize: the sender, then the distinct others that operations act for, ascending. */
export function authorizingAccounts(transaction: Transaction): readonly AccountId[] {
  const { sender, operations } = transaction;
  let others: Set<AccountId> | undefined;
  for (const { from } of operations) {
    if (from === undefined || from === sender) continue;
    others ??= new Set();
    others.add(from);
  }
  return others === undefined ? [sender] : [sender, ...[...others].toSorted()];
}

/**
 * What is wrong with the authorizations apart from the signatures' own validity. `malformed`: an operation names
 * the sender as `from`, which has the shorter form of naming nobody.
 */
export function authorizationFlaw(signed: SignedTransaction): AuthorizationFlaw | undefined {
  const { transaction, authorizations } = signed;
  const { sender, operations } = transaction;
  if (operations.some(({ from }) => from === sender)) return "malformed";
  const expected = authorizingAccounts(transaction);
  if (!inOrder(expected, authorizations)) {
    const given = new Set(authorizations.map(({ account }) => account));
    const isComplete = expected.every((account) => given.has(account));
    return isComplete ? "authorization_surplus" : "authorization_missing";
  }
  return authorizations.every(meetsThreshold) ? undefined : "threshold_not_met";
}

function inOrder(
  expected: readonly AccountId[],
  authorizations: readonly Authorization[],
): boolean {
  return (
    expected.length === authorizations.length &&
    authorizations.every(({ account }, position) => account === expected[position])
  );
}

function meetsThreshold({ policy, signatures }: Authorization): boolean {
  let weight = 0;
  for (const { keyIndex } of signatures) weight += policy.keys[keyIndex]?.weight ?? 0;
  return weight >= policy.threshold;
}

/** One signature to check: what a pool of verifying threads is given. */
export interface SignatureCheck {
  readonly signature: Uint8Array;
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** Every signature of the transaction, in order. All must verify, also those beyond the threshold. */
export function signatureChecks(
  chainId: ChainId,
  named: NamedTransaction,
): readonly SignatureCheck[] {
  const message = signedBytesOf(chainId, named);
  return named.signed.authorizations.flatMap(({ policy, signatures }) =>
    signatures.map(({ keyIndex, signature }) => {
      const key = policy.keys[keyIndex];
      assert(key !== undefined, "a decoded signature names a key of its policy");
      return { signature, message, publicKey: fromHex(key.publicKey) };
    }),
  );
}

/** How many signatures a transaction carries: what maxBlockSignatures counts. */
export function signatureCount(signed: SignedTransaction): number {
  let count = 0;
  for (const { signatures } of signed.authorizations) count += signatures.length;
  return count;
}

/** Makes a Verified transaction: the authorizations are the right ones and every signature is valid. */
export function verifyTransaction(
  named: NamedTransaction,
  options: { readonly verifier: Verifier; readonly chainId: ChainId },
): Verified<NamedTransaction> | undefined {
  if (authorizationFlaw(named.signed) !== undefined) return undefined;
  const results = signatureChecks(options.chainId, named).map((check) =>
    options.verifier.verify(check.signature, check.message, check.publicKey),
  );
  return acceptChecked(named, results);
}

/** The same, given the results of exactly `signatureChecks`, in their order. */
export function acceptChecked(
  named: NamedTransaction,
  results: readonly boolean[],
): Verified<NamedTransaction> | undefined {
  if (authorizationFlaw(named.signed) !== undefined) return undefined;
  if (results.length !== signatureCount(named.signed)) return undefined;
  return results.every((isValid) => isValid === true) ? markVerified(named) : undefined;
}
