/**
 * The paying accounts of a benchmark, funded from the treasury by ordinary transactions of many transfers each.
 * @module
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadNativeCrypto } from "../node/adapters/native-crypto.ts";
import { fromHex } from "../src/base/bytes.ts";
import type { Signer } from "../src/crypto/ports.ts";
import { minimumFee } from "../src/protocol/fees.ts";
import { type AccountId, type ChainId, nativeAsset } from "../src/protocol/ids.ts";
import type { Operation } from "../src/protocol/operations.ts";
import type { Parameters } from "../src/protocol/parameters.ts";
import { accountIdOf, type Policy, singleKeyPolicy } from "../src/protocol/policy.ts";
import {
  chainTag,
  type NamedTransaction,
  nameTransaction,
  signWithSingleKey,
  type Transaction,
} from "../src/protocol/transaction.ts";

const { hasher, createSigner } = loadNativeCrypto();

export interface Payer {
  readonly signer: Signer;
  readonly policy: Policy;
  readonly account: AccountId;
  nonce: number;
}

export function payerOf(seed: Uint8Array): Payer {
  const signer = createSigner(seed);
  const policy = singleKeyPolicy(signer.publicKey);
  return { signer, policy, account: accountIdOf(hasher, policy), nonce: 0 };
}

export const newPayers = (count: number): readonly Payer[] =>
  Array.from({ length: count }, () => payerOf(randomBytes(32)));

export function treasuryOf(dir: string): Payer {
  const file = readFileSync(join(dir, "dev-keys", "treasury.json"), "utf8");
  const { seed } = JSON.parse(file) as { readonly seed: string };
  return payerOf(fromHex(seed));
}

export interface Terms {
  readonly chainId: ChainId;
  readonly parameters: Parameters;
}

/** The payer's next transaction. */
export function pay(
  payer: Payer,
  operations: readonly Operation[],
  terms: Terms,
): NamedTransaction {
  const { chainId, parameters } = terms;
  const draft: Transaction = {
    chain: chainTag(chainId),
    sender: payer.account,
    nonce: payer.nonce,
    expiryMs: Date.now() + 24 * 3_600_000,
    fee: 0n,
    memo: new Uint8Array(),
    operations,
  };
  const sign = (fee: bigint): NamedTransaction =>
    nameTransaction(
      hasher,
      chainId,
      signWithSingleKey(chainId, { ...draft, fee }, payer.policy, payer.signer),
    );
  // The size does not depend on the fee: u64 is 8 bytes.
  const size = transferBytes(operations.length);
  payer.nonce += 1;
  return sign(minimumFee(parameters, draft, size));
}

/** Bytes of a signed transaction with one key and so many transfers from the sender, all fields counted. */
function transferBytes(operations: number): number {
  const lengthPrefix = operations < 128 ? 1 : 2;
  const transaction = 4 + 32 + 8 + 8 + 8 + 1 + lengthPrefix + operations * (1 + 1 + 32 + 32 + 8);
  const authorization = 32 + (2 + 1 + 32 + 1) + (1 + 1 + 64);
  return 1 + transaction + 1 + authorization;
}

export const transferTo = (to: AccountId, amount: bigint): Operation => ({
  from: undefined,
  body: { kind: "transfer", to, asset: nativeAsset, amount },
});
