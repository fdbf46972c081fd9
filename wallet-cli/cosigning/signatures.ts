/**
 * Signatures of a partial transaction: which are valid, what is missing, adding, merging, and the signed whole.
 *
 * A signature counts only after it was verified here; a file's word for it counts for nothing. The policies it counts
 * under are checked where a file is opened: policy-truth.ts.
 * @module
 */
import { toHex } from "../../src/base/bytes.ts";
import { fail, ok, type Result } from "../../src/base/result.ts";
import { nobleVerifier } from "../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { authorizingAccounts } from "../../src/protocol/authorization.ts";
import type { AccountId, PublicKey } from "../../src/protocol/ids.ts";
import {
  type Policy,
  policyHash,
  publicKeyBytes,
  type WeightedKey,
} from "../../src/protocol/policy.ts";
import {
  type Authorization,
  type NamedSigned,
  nameTransaction,
  type PolicySignature,
  type Signed,
  transactionSigningBytes,
} from "../../src/protocol/transaction.ts";
import { type PartialTransaction, partialTransaction } from "./transaction-file.ts";

/** One key of a policy and what it has said. */
export interface KeyStanding extends WeightedKey {
  readonly signature: "valid" | "bad" | "missing";
}

/** How far the consent of one account has come. */
export interface AccountStanding {
  readonly account: AccountId;
  /** As stated: policy-truth.ts says whether it is the account's. Undefined: nobody has, so nobody can sign for it. */
  readonly policy: Policy | undefined;
  readonly keys: readonly KeyStanding[];
  /** Of the valid signatures. */
  readonly weight: number;
  readonly isMet: boolean;
}

/** Every account that must consent, in the transaction's order. Verifies each signature: about 2 ms each. */
export function standingsOf(partial: PartialTransaction): readonly AccountStanding[] {
  const message = transactionSigningBytes(partial.chainId, partial.transaction);
  return authorizingAccounts(partial.transaction).map((account) => {
    const given = partial.authorizations.find((each) => each.account === account);
    if (given === undefined) {
      return { account, policy: undefined, keys: [], weight: 0, isMet: false };
    }
    const { policy, signatures } = given;
    const keys = policy.keys.map((key, keyIndex): KeyStanding => {
      const found = signatures.find((each) => each.keyIndex === keyIndex);
      if (found === undefined) return { ...key, signature: "missing" };
      const isValid = nobleVerifier.verify(found.signature, message, publicKeyBytes(key.publicKey));
      return { ...key, signature: isValid ? "valid" : "bad" };
    });
    const weight = weightOf(keys.filter(({ signature }) => signature === "valid"));
    return { account, policy, keys, weight, isMet: weight >= policy.threshold };
  });
}

export const weightOf = (keys: readonly { readonly weight: number }[]): number =>
  keys.reduce((sum, { weight }) => sum + weight, 0);

/** Keys whose signature in the file is not theirs over this transaction. */
export const badKeys = (standings: readonly AccountStanding[]): readonly PublicKey[] =>
  standings.flatMap(({ keys }) =>
    keys.flatMap(({ publicKey, signature }) => (signature === "bad" ? [publicKey] : [])),
  );

/** With the policy stated for an account that had none; an account that has one keeps it. */
export function withPolicy(
  partial: PartialTransaction,
  account: AccountId,
  policy: Policy,
): PartialTransaction {
  const order = authorizingAccounts(partial.transaction);
  const isThere = partial.authorizations.some((each) => each.account === account);
  if (isThere || !order.includes(account)) return partial;
  const authorizations = [...partial.authorizations, { account, policy, signatures: [] }].toSorted(
    (a, b) => order.indexOf(a.account) - order.indexOf(b.account),
  );
  return partialTransaction(partial.chainId, partial.transaction, authorizations);
}

/** With one key's signature for every account whose policy names that key; replaces none that is there. */
export function withSignature(
  partial: PartialTransaction,
  publicKey: PublicKey,
  signature: Uint8Array,
): PartialTransaction {
  const authorizations = partial.authorizations.map((authorization) => {
    const keyIndex = authorization.policy.keys.findIndex((key) => key.publicKey === publicKey);
    if (keyIndex < 0) return authorization;
    return {
      ...authorization,
      signatures: added(authorization.signatures, { keyIndex, signature }),
    };
  });
  return { ...partial, authorizations };
}

function added(
  signatures: readonly PolicySignature[],
  one: PolicySignature,
): readonly PolicySignature[] {
  if (signatures.some(({ keyIndex }) => keyIndex === one.keyIndex)) return signatures;
  return [...signatures, one].toSorted((a, b) => a.keyIndex - b.keyIndex);
}

export type MergeFlaw =
  | { readonly kind: "another-transaction" }
  | { readonly kind: "policies-differ"; readonly account: AccountId };

/** Both files' consent to one transaction; call it with checked signatures. Where both have a key's, the first stays. */
export function mergePartials(
  a: PartialTransaction,
  b: PartialTransaction,
): Result<PartialTransaction, MergeFlaw> {
  if (a.id !== b.id || a.chainId !== b.chainId) return fail({ kind: "another-transaction" });
  let merged = a;
  for (const { account, policy, signatures } of b.authorizations) {
    merged = withPolicy(merged, account, policy);
    const present = merged.authorizations.find((each) => each.account === account);
    if (present === undefined) continue;
    if (policyHash(nobleHasher, present.policy) !== policyHash(nobleHasher, policy)) {
      return fail({ kind: "policies-differ", account });
    }
    const all = signatures.reduce(added, present.signatures);
    merged = {
      ...merged,
      authorizations: merged.authorizations.map((each) =>
        each.account === account ? { ...each, signatures: all } : each,
      ),
    };
  }
  return ok(merged);
}

/**
 * The signed transaction, when every account's threshold is met. Signatures beyond the threshold are left out, the
 * lightest first, so that it is as small as the fee was computed for.
 */
export function signedWhole(partial: PartialTransaction): NamedSigned | undefined {
  const standings = standingsOf(partial);
  if (!standings.every(({ isMet }) => isMet) || badKeys(standings).length > 0) return undefined;
  const authorizations = partial.authorizations.map((authorization) => ({
    ...authorization,
    signatures: sufficient(authorization),
  }));
  const signed: Signed = { kind: "signed", transaction: partial.transaction, authorizations };
  return nameTransaction(nobleHasher, partial.chainId, signed);
}

function sufficient({ policy, signatures }: Authorization): readonly PolicySignature[] {
  const weight = ({ keyIndex }: PolicySignature): number => policy.keys[keyIndex]?.weight ?? 0;
  const chosen: PolicySignature[] = [];
  let sum = 0;
  for (const one of signatures.toSorted((a, b) => weight(b) - weight(a))) {
    if (sum >= policy.threshold) break;
    chosen.push(one);
    sum += weight(one);
  }
  return chosen.toSorted((a, b) => a.keyIndex - b.keyIndex);
}

/** The most signatures that `signedWhole` can leave in: what a fee by size must pay for. */
export function signaturesMost({ threshold, keys }: Policy): number {
  let sum = 0;
  let count = 0;
  for (const { weight } of keys.toSorted((a, b) => a.weight - b.weight)) {
    if (sum >= threshold) break;
    sum += weight;
    count += 1;
  }
  return count;
}

/** The key, as policies name it. */
export const publicKeyOf = (key: { readonly publicKey: Uint8Array }): PublicKey =>
  toHex(key.publicKey) as PublicKey;
