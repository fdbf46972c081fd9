/**
 * Keys, policies and transactions for tests of signing with several keys.
 * @module
 */
import { createNobleSigner } from "../../../src/crypto/ed25519.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import { type AccountId, type ChainId, nativeAsset } from "../../../src/protocol/ids.ts";
import type { Operation } from "../../../src/protocol/operations.ts";
import { accountIdOf, type Policy } from "../../../src/protocol/policy.ts";
import {
  type Authorization,
  type Transaction,
  transactionSigningBytes,
} from "../../../src/protocol/transaction.ts";
import { publicKeyOf, withSignature } from "../../../wallet-cli/cosigning/signatures.ts";
import {
  type PartialTransaction,
  partialTransaction,
} from "../../../wallet-cli/cosigning/transaction-file.ts";

export const chainId: ChainId = "ab".repeat(32) as ChainId;

export const signerOf = (byte: number): Signer => createNobleSigner(new Uint8Array(32).fill(byte));

/** Three keys in the order that policies have. */
export const signers: readonly [Signer, Signer, Signer] = [1, 2, 3]
  .map(signerOf)
  .toSorted((a, b) => (publicKeyOf(a) < publicKeyOf(b) ? -1 : 1)) as [Signer, Signer, Signer];

export function policyOf(
  threshold: number,
  members: readonly Signer[] = signers,
  weights: readonly number[] = [],
): Policy {
  return {
    threshold,
    keys: members.map((signer, i) => ({ publicKey: publicKeyOf(signer), weight: weights[i] ?? 1 })),
  };
}

/** Two of the three. */
export const team: Policy = policyOf(2);

export const accountOf = (policy: Policy): AccountId => accountIdOf(nobleHasher, policy);
export const someone: AccountId = "5e".repeat(32) as AccountId;

export const payment = (from?: AccountId, amount = 25n): Operation => ({
  from,
  body: { kind: "transfer", to: someone, asset: nativeAsset, amount },
});

export function transactionOf(
  sender: AccountId,
  operations: readonly Operation[] = [payment()],
): Transaction {
  return {
    chain: chainId.slice(0, 8),
    sender,
    nonce: 7,
    expiryMs: 2_000_000_000_000,
    fee: 3n,
    memo: new Uint8Array([1, 2]),
    operations,
  };
}

/** Unsigned, with the policies of these accounts. */
export function draft(
  policies: readonly Policy[],
  operations?: readonly Operation[],
): PartialTransaction {
  const accounts = policies.map(accountOf);
  const [sender = someone] = accounts;
  const authorizations = policies.map(
    (policy, i): Authorization => ({ account: accounts[i] ?? someone, policy, signatures: [] }),
  );
  return partialTransaction(chainId, transactionOf(sender, operations), authorizations);
}

export const signed = (partial: PartialTransaction, ...by: readonly Signer[]): PartialTransaction =>
  by.reduce((each, signer) => {
    const message = transactionSigningBytes(each.chainId, each.transaction);
    return withSignature(each, publicKeyOf(signer), signer.sign(message));
  }, partial);
