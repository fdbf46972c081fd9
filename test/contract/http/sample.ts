/**
 * A small network for tests: its genesis, two accounts, and transfers between them.
 * @module
 */
import { utf8 } from "../../../src/base/bytes.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import {
  type AccountId,
  type ChainId,
  nativeAsset,
  type PublicKey,
} from "../../../src/protocol/ids.ts";
import { standardParameters } from "../../../src/protocol/parameters.ts";
import { singleKeyPolicy } from "../../../src/protocol/policy.ts";
import {
  chainTag,
  type NamedTransaction,
  nameTransaction,
} from "../../../src/protocol/transaction.ts";

/** 32 bytes of one value, as an id. */
export const idOf = (byte: number): string => byte.toString(16).padStart(2, "0").repeat(32);

export const alice: AccountId = idOf(0xa1) as AccountId;
export const bob: AccountId = idOf(0xb0) as AccountId;

export const genesis: Genesis = {
  networkName: "testnet",
  addressPrefix: "quo",
  asset: { code: "QRT", decimals: 2 },
  timestampMs: 1_700_000_000_000,
  parameters: standardParameters,
  validators: [1, 2, 3, 4].map((n) => ({
    consensusKey: idOf(n) as PublicKey,
    operator: idOf(0x10 + n) as AccountId,
    name: `validator-${n}`,
    endpoint: `127.0.0.1:${27_000 + n}`,
  })),
  accounts: [{ account: alice, balance: 1_000_000n }],
  previous: undefined,
};

export interface TransferOptions {
  readonly nonce: number;
  readonly amount?: bigint;
  readonly memo?: Uint8Array;
  readonly chain?: string;
}

/** A transfer from alice to bob whose signature is 64 zero bytes. */
export function transferOf(chainId: ChainId, options: TransferOptions): NamedTransaction {
  const { nonce, amount = 2_500n, memo = utf8("hello"), chain = chainTag(chainId) } = options;
  return nameTransaction(nobleHasher, chainId, {
    kind: "signed",
    transaction: {
      chain,
      sender: alice,
      nonce,
      expiryMs: genesis.timestampMs + 900_000,
      fee: 10n,
      memo,
      operations: [
        { from: undefined, body: { kind: "transfer", to: bob, asset: nativeAsset, amount } },
      ],
    },
    authorizations: [
      {
        account: alice,
        policy: singleKeyPolicy(new Uint8Array(32).fill(7)),
        signatures: [{ keyIndex: 0, signature: new Uint8Array(64) }],
      },
    ],
  });
}
