/**
 * The examples of docs/protocol.md about policies and transactions.
 * @module
 */
import { bcs } from "@mysten/bcs";
import { domainHash, type KeyPair, signedBytes } from "./protocol-reference.ts";

const id = bcs.bytes(32);
const signature = bcs.bytes(64);

const Policy = bcs.struct("Policy", {
  threshold: bcs.u16(),
  keys: bcs.vector(bcs.struct("WeightedKey", { publicKey: id, weight: bcs.u8() })),
});

const Operation = bcs.struct("Operation", {
  from: bcs.option(id),
  body: bcs.enum("OperationBody", {
    Transfer: bcs.struct("Transfer", { to: id, asset: id, amount: bcs.u64() }),
  }),
});

const Transaction = bcs.struct("Transaction", {
  chain: bcs.bytes(4),
  sender: id,
  nonce: bcs.u64(),
  expiryMs: bcs.u64(),
  fee: bcs.u64(),
  memo: bcs.byteVector(),
  operations: bcs.vector(Operation),
});

const SignedTransaction = bcs.enum("SignedTransaction", {
  Signed: bcs.struct("Signed", {
    transaction: Transaction,
    authorizations: bcs.vector(
      bcs.struct("Authorization", {
        account: id,
        policy: Policy,
        signatures: bcs.vector(bcs.struct("PolicySignature", { keyIndex: bcs.u8(), signature })),
      }),
    ),
  }),
});

export const byBytes = (a: Uint8Array, b: Uint8Array): number => Buffer.compare(a, b);

/** BCS of a policy in which each of these keys has weight 1. */
export function policyOf(threshold: number, keys: readonly KeyPair[]): Uint8Array {
  const weighted = keys.map(({ publicKey }) => ({ publicKey, weight: 1 }));
  weighted.sort((a, b) => byBytes(a.publicKey, b.publicKey));
  return Policy.serialize({ threshold, keys: weighted }).toBytes();
}

export const accountOf = (policy: Uint8Array): Uint8Array =>
  domainHash("quorate/account/1", policy);

const singleKey = ({ publicKey }: KeyPair) => ({ threshold: 1, keys: [{ publicKey, weight: 1 }] });
/** The account of one key. */
export const singleKeyAccount = (key: KeyPair): Uint8Array =>
  accountOf(Policy.serialize(singleKey(key)).toBytes());

export interface TransactionExamples {
  readonly fee: bigint;
  readonly bytes: Uint8Array;
  readonly signing: Uint8Array;
  readonly signature: Uint8Array;
  readonly signed: Uint8Array;
}

/** A payment of native units whose fee is the least: baseFee and one unit for each byte. */
export function transactionExamples(options: {
  readonly chainId: Uint8Array;
  readonly payer: KeyPair;
  readonly to: Uint8Array;
  readonly amount: bigint;
  readonly expiryMs: number;
  readonly baseFee: bigint;
}): TransactionExamples {
  const { chainId, payer, to, amount, expiryMs, baseFee } = options;
  const sender = singleKeyAccount(payer);
  const make = (fee: bigint): TransactionExamples => {
    const transaction = {
      chain: chainId.slice(0, 4),
      sender,
      nonce: 0,
      expiryMs,
      fee,
      memo: new TextEncoder().encode("rent"),
      operations: [{ from: null, body: { Transfer: { to, asset: new Uint8Array(32), amount } } }],
    };
    const bytes = Transaction.serialize(transaction).toBytes();
    const signing = signedBytes("quorate/transaction/1", chainId, bytes);
    const signature = payer.sign(signing);
    const authorization = {
      account: sender,
      policy: singleKey(payer),
      signatures: [{ keyIndex: 0, signature }],
    };
    const signed = SignedTransaction.serialize({
      Signed: { transaction, authorizations: [authorization] },
    }).toBytes();
    return { fee, bytes, signing, signature, signed };
  };
  // The fee has a fixed width, so the size does not depend on it.
  const size = make(0n).signed.length;
  return make(baseFee + BigInt(size));
}
