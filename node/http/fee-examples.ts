/**
 * What common transactions must pay at least: each is made with one signature, so that its size is the true one.
 * @module
 */
import type { FeeExampleJson } from "../../src/api/fee-json.ts";
import { encode } from "../../src/codec/codec.ts";
import { minimumFee } from "../../src/protocol/fees.ts";
import {
  type AccountId,
  type AssetId,
  type Digest,
  idBytes,
  nativeAsset,
} from "../../src/protocol/ids.ts";
import type { OperationBody } from "../../src/protocol/operations.ts";
import type { Parameters } from "../../src/protocol/parameters.ts";
import { singleKeyPolicy } from "../../src/protocol/policy.ts";
import { type Signed, signedTransactionCodec } from "../../src/protocol/transaction.ts";

export interface FeeExample {
  readonly kind: FeeExampleJson["kind"];
  readonly title: string;
  readonly bytes: number;
  /** Native base units. */
  readonly fee: bigint;
}

const memoBytes = 32;
const nameBytes = 8;
/** No id of anything: only its length counts. */
const anyId: string = "01".repeat(idBytes);
const words = "x".repeat(nameBytes);

const toAnyone = { kind: "transfer", to: anyId as AccountId, amount: 1n } as const;

const wishes: readonly {
  readonly kind: FeeExample["kind"];
  readonly title: string;
  readonly body: OperationBody;
  readonly memo?: number;
}[] = [
  {
    kind: "payment",
    title: "a payment of the native asset",
    body: { ...toAnyone, asset: nativeAsset },
  },
  {
    kind: "payment-with-memo",
    title: `a payment of the native asset with a memo of ${memoBytes} bytes`,
    body: { ...toAnyone, asset: nativeAsset },
    memo: memoBytes,
  },
  {
    kind: "asset-payment",
    title: "a payment of another asset",
    body: { ...toAnyone, asset: anyId as AssetId },
  },
  {
    kind: "create-asset",
    title: `a new asset with a name of ${nameBytes} bytes`,
    body: { kind: "create-asset", code: "ABC", decimals: 2, name: words, maxSupply: 0n },
  },
  {
    kind: "record",
    title: `a record without data, its topic and key of ${nameBytes} bytes each`,
    body: {
      kind: "record",
      topic: words,
      key: words,
      version: 1,
      contentHash: anyId as Digest,
      data: new Uint8Array(0),
    },
  },
];

/** The simple payment first. */
export function feeExamples(parameters: Parameters): readonly FeeExample[] {
  return wishes.map(({ kind, title, body, memo = 0 }) => {
    const signed = sample(body, memo);
    const { length } = encode(signedTransactionCodec, signed);
    return { kind, title, bytes: length, fee: minimumFee(parameters, signed.transaction, length) };
  });
}

function sample(body: OperationBody, memo: number): Signed {
  const sender = anyId as AccountId;
  return {
    kind: "signed",
    transaction: {
      chain: "00000000",
      sender,
      nonce: 0,
      expiryMs: 0,
      fee: 0n,
      memo: new Uint8Array(memo),
      operations: [{ from: undefined, body }],
    },
    authorizations: [
      {
        account: sender,
        policy: singleKeyPolicy(new Uint8Array(32)),
        signatures: [{ keyIndex: 0, signature: new Uint8Array(64) }],
      },
    ],
  };
}
