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
import { possessionCheck } from "./membership.ts";
import { isPut } from "./operations.ts";
import {
  type Authorization,
  isFault,
  type NamedSigned,
  type NamedTransaction,
  type Signed,
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
export function authorizationFlaw(signed: Signed): AuthorizationFlaw | undefined {
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

/**
 * Every signature of the transaction, in order: those of the authorizations, also those beyond a threshold, then the
 * possessions of the keys that it votes for. All must verify. None of a Fault:
 * whose keys signed its votes is a matter of the state, so they are checked when it is executed.
 */
export function signatureChecks(
  chainId: ChainId,
  named: NamedTransaction,
): readonly SignatureCheck[] {
  if (isFault(named)) return [];
  return [...authorizationChecks(chainId, named), ...possessionChecks(chainId, named.signed)];
}

function authorizationChecks(chainId: ChainId, named: NamedSigned): readonly SignatureCheck[] {
  const message = signedBytesOf(chainId, named);
  return named.signed.authorizations.flatMap(({ policy, signatures }) =>
    signatures.map(({ keyIndex, signature }) => {
      const key = policy.keys[keyIndex];
      assert(key !== undefined, "a decoded signature names a key of its policy");
      return { signature, message, publicKey: fromHex(key.publicKey) };
    }),
  );
}

function possessionChecks(chainId: ChainId, { transaction }: Signed): readonly SignatureCheck[] {
  return transaction.operations.flatMap(({ body }) =>
    isPut(body) ? [possessionCheck(chainId, body.change)] : [],
  );
}

/** How many signatures a transaction carries: what maxBlockSignatures counts. */
export function signatureCount(signed: SignedTransaction): number {
  if (signed.kind === "fault") return 2;
  let count = 0;
  for (const { signatures } of signed.authorizations) count += signatures.length;
  for (const { body } of signed.transaction.operations) if (isPut(body)) count += 1;
  return count;
}

/** Makes a Verified transaction: the authorizations are the right ones and every signature is valid. */
export function verifyTransaction(
  named: NamedSigned,
  options: { readonly verifier: Verifier; readonly chainId: ChainId },
): Verified<NamedSigned> | undefined {
  if (authorizationFlaw(named.signed) !== undefined) return undefined;
  const results = signatureChecks(options.chainId, named).map((check) =>
    options.verifier.verify(check.signature, check.message, check.publicKey),
  );
  return acceptChecked(named, results);
}

/** The same, given the results of exactly `signatureChecks`, in their order. */
export function acceptChecked(
  named: NamedSigned,
  results: readonly boolean[],
): Verified<NamedSigned> | undefined {
  if (authorizationFlaw(named.signed) !== undefined) return undefined;
  if (results.length !== signatureCount(named.signed)) return undefined;
  return results.every((isValid) => isValid === true) ? markVerified(named) : undefined;
}
