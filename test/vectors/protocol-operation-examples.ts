/**
 * The examples of docs/protocol.md about operations 1 to 6: a transaction with all of them, then a swap between two
 * parties, and what both leave in the state.
 * @module
 */
import { bcs } from "@mysten/bcs";
import { domainHash, join, type KeyPair, sha256, signedBytes } from "./protocol-reference.ts";
import { byBytes, singleKeyAccount } from "./protocol-transaction-examples.ts";

const id = bcs.bytes(32);
const Policy = bcs.struct("Policy", {
  threshold: bcs.u16(),
  keys: bcs.vector(bcs.struct("WeightedKey", { publicKey: id, weight: bcs.u8() })),
});
const Transaction = bcs.struct("Transaction", {
  chain: bcs.bytes(4),
  sender: id,
  nonce: bcs.u64(),
  expiryMs: bcs.u64(),
  fee: bcs.u64(),
  memo: bcs.byteVector(),
  operations: bcs.vector(
    bcs.struct("Operation", {
      from: bcs.option(id),
      body: bcs.enum("OperationBody", {
        Transfer: bcs.struct("Transfer", { to: id, asset: id, amount: bcs.u64() }),
        CreateAsset: bcs.struct("CreateAsset", {
          code: bcs.string(),
          decimals: bcs.u8(),
          name: bcs.string(),
          maxSupply: bcs.u64(),
        }),
        Mint: bcs.struct("Mint", { asset: id, to: id, amount: bcs.u64() }),
        Burn: bcs.struct("Burn", { asset: id, amount: bcs.u64() }),
        Record: bcs.struct("Record", {
          topic: bcs.string(),
          key: bcs.string(),
          version: bcs.u64(),
          contentHash: id,
          data: bcs.byteVector(),
        }),
        SetPolicy: bcs.struct("SetPolicy", { policy: Policy }),
        SetAccount: bcs.struct("SetAccount", { requireMemo: bcs.bool() }),
      }),
    }),
  ),
});
const SignedTransaction = bcs.enum("SignedTransaction", {
  Signed: bcs.struct("Signed", {
    transaction: Transaction,
    authorizations: bcs.vector(
      bcs.struct("Authorization", {
        account: id,
        policy: Policy,
        signatures: bcs.vector(
          bcs.struct("PolicySignature", { keyIndex: bcs.u8(), signature: bcs.bytes(64) }),
        ),
      }),
    ),
  }),
});
const AssetEntry = bcs.struct("AssetEntry", {
  issuer: id,
  code: bcs.string(),
  decimals: bcs.u8(),
  name: bcs.string(),
  maxSupply: bcs.u64(),
  supply: bcs.u64(),
});
const RecordPlace = bcs.struct("RecordPlace", {
  account: id,
  topic: bcs.string(),
  key: bcs.string(),
});
const RecordEntry = bcs.struct("RecordEntry", {
  version: bcs.u64(),
  contentHash: id,
  height: bcs.u64(),
});
const AccountEntry = bcs.struct("AccountEntry", {
  nonce: bcs.u64(),
  balance: bcs.u64(),
  authHash: id,
  flags: bcs.u8(),
});

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const policyOf = (threshold: number, keys: readonly KeyPair[]) => ({
  threshold,
  keys: keys
    .map(({ publicKey }) => ({ publicKey, weight: 1 }))
    .sort((a, b) => byBytes(a.publicKey, b.publicKey)),
});
const authHash = (policy: ReturnType<typeof policyOf>): Uint8Array =>
  domainHash("quorate/account/1", Policy.serialize(policy).toBytes());

interface Party {
  readonly account: Uint8Array;
  readonly policy: ReturnType<typeof policyOf>;
  readonly signers: readonly KeyPair[];
}

const single = (key: KeyPair): Party => ({
  account: singleKeyAccount(key),
  policy: policyOf(1, [key]),
  signers: [key],
});

type TransactionInput = typeof Transaction.$inferInput;
type OneOf<List> = List extends Iterable<infer One> ? One : never;
type Body = OneOf<TransactionInput["operations"]>["body"];

export interface OperationExamplesOptions {
  readonly chainId: Uint8Array;
  readonly issuer: KeyPair;
  readonly buyer: KeyPair;
  readonly third: KeyPair;
  /** Of the issuer, after one payment. */
  readonly balance: bigint;
  readonly expiryMs: number;
  readonly baseFee: bigint;
  readonly height: number;
}

/** By label. `issuer` has sent one transaction before; the fee of both is the least. */
export function operationExamples(
  options: OperationExamplesOptions,
): Readonly<Record<string, Uint8Array>> {
  const { chainId, issuer, buyer, third, balance, expiryMs, baseFee, height } = options;
  const own = single(issuer);
  const other = single(buyer);
  const several = policyOf(2, [issuer, buyer, third]);
  const asset = domainHash(
    "quorate/asset/1",
    own.account,
    bcs.string().serialize("GOLD").toBytes(),
  );
  const contentHash = sha256(utf8("an invoice"));
  const place = { account: own.account, topic: "invoices", key: "2026/17" };
  const terms = { code: "GOLD", decimals: 2, name: "Gold, grams", maxSupply: 1_000_000 };

  const make = (
    rest: Pick<TransactionInput, "nonce" | "memo" | "operations">,
    parties: readonly Party[],
  ) => {
    const sign = (fee: bigint) => {
      const sender = own.account;
      const transaction = { chain: chainId.slice(0, 4), sender, expiryMs, fee, ...rest };
      const payload = Transaction.serialize(transaction).toBytes();
      const message = signedBytes("quorate/transaction/1", chainId, payload);
      const authorizations = parties.map(({ account, policy, signers }) => ({
        account,
        policy,
        signatures: policy.keys.flatMap(({ publicKey }, keyIndex) => {
          const signer = signers.find((key) => byBytes(key.publicKey, publicKey) === 0);
          return signer === undefined ? [] : [{ keyIndex, signature: signer.sign(message) }];
        }),
      }));
      const signed = SignedTransaction.serialize({ Signed: { transaction, authorizations } });
      return { fee, bytes: signed.toBytes() };
    };
    return sign(baseFee + BigInt(sign(0n).bytes.length));
  };
  const step = (body: Body, from: Uint8Array | null = null) => ({ from, body });

  const all = make(
    {
      nonce: 1,
      memo: [],
      operations: [
        step({ CreateAsset: terms }),
        step({ Mint: { asset, to: own.account, amount: 50_000 } }),
        step({ Burn: { asset, amount: 1_000 } }),
        step({
          Record: {
            topic: place.topic,
            key: place.key,
            version: 1,
            contentHash,
            data: utf8("paid"),
          },
        }),
        step({ SetPolicy: { policy: several } }),
        step({ SetAccount: { requireMemo: true } }),
      ],
    },
    [own],
  );
  const native = new Uint8Array(32);
  const swap = make(
    {
      nonce: 2,
      memo: utf8("gold"),
      operations: [
        step({ Transfer: { to: other.account, asset, amount: 10_000 } }),
        step({ Transfer: { to: own.account, asset: native, amount: 7_000_000 } }, other.account),
      ],
    },
    [{ account: own.account, policy: several, signers: [issuer, third] }, other],
  );
  const account = {
    nonce: 3,
    balance: balance - all.fee - swap.fee + 7_000_000n,
    authHash: authHash(several),
    flags: 1,
  };
  const entry = { issuer: own.account, ...terms, supply: 49_000 };
  return {
    "asset-id": asset,
    "operations-transaction": all.bytes,
    "swap-transaction": swap.bytes,
    "asset-state-key": join(Uint8Array.of(2), asset),
    "asset-state-value": AssetEntry.serialize(entry).toBytes(),
    "balance-state-key": join(Uint8Array.of(1), other.account, asset),
    "balance-state-value": bcs.u64().serialize(10_000).toBytes(),
    "record-state-key": join(Uint8Array.of(3), RecordPlace.serialize(place).toBytes()),
    "record-state-value": RecordEntry.serialize({ version: 1, contentHash, height }).toBytes(),
    "issuer-state-value": AccountEntry.serialize(account).toBytes(),
  };
}
