/**
 * The genesis of a simulated network, with its keys: everything from the seed.
 * @module
 */

import { createNativeSigner, nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { toHex } from "../../../src/base/bytes.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import { chainIdOf, type Genesis } from "../../../src/protocol/genesis.ts";
import type { AccountId, ChainId, NodeId, PublicKey } from "../../../src/protocol/ids.ts";
import {
  parametersOf,
  parameterValues,
  standardParameters,
} from "../../../src/protocol/parameters.ts";
import { accountIdOf, type Policy, singleKeyPolicy } from "../../../src/protocol/policy.ts";
import type { Validator } from "../../../src/protocol/validator-set.ts";
import type { Random } from "./random.ts";

export interface Wallet {
  readonly signer: Signer;
  readonly policy: Policy;
  readonly account: AccountId;
}

export interface SimulatedGenesis {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  /** By number of the node, which is its place in the validator set. */
  readonly signers: readonly Signer[];
  readonly wallets: readonly Wallet[];
  readonly supply: bigint;
}

export const startWallMs: number = Date.UTC(2026, 0, 1);
const balance = 1_000_000_000n;
export const baseFee = 10n;

export function simulatedGenesis(
  random: Random,
  sizes: { readonly validators: number; readonly wallets: number },
): SimulatedGenesis {
  const signers = Array.from({ length: sizes.validators }, () =>
    createNativeSigner(seedOf(random)),
  );
  signers.sort((a, b) => (toHex(a.publicKey) < toHex(b.publicKey) ? -1 : 1));
  const wallets = Array.from({ length: sizes.wallets }, () => wallet(random));
  const validators = signers.map(
    ({ publicKey }, i): Validator => ({
      consensusKey: toHex(publicKey) as PublicKey,
      operator: wallet(random).account,
      name: `org-${i}`,
      endpoint: simulatedAddress(i),
    }),
  );
  const accounts = wallets
    .map(({ account }) => ({ account, balance }))
    .toSorted((a, b) => (a.account < b.account ? -1 : 1));
  const values = [...parameterValues(standardParameters)];
  values[1] = baseFee;
  const genesis: Genesis = {
    networkName: "simulated",
    addressPrefix: "quo",
    asset: { code: "QRT", decimals: 6 },
    timestampMs: startWallMs,
    parameters: parametersOf(values),
    validators,
    accounts,
    previous: undefined,
  };
  const chainId = chainIdOf(nativeHasher, genesis);
  return { genesis, chainId, signers, wallets, supply: balance * BigInt(wallets.length) };
}

export const simulatedAddress = (node: number): string => `node-${node}:27000`;

/** A node's TLS key is not simulated; its number stands for it. */
export const simulatedNodeId = (node: number): NodeId =>
  node.toString(16).padStart(64, "0") as NodeId;

export const numberOfNode = (nodeId: NodeId): number => Number.parseInt(nodeId, 16);

function wallet(random: Random): Wallet {
  const signer = createNativeSigner(seedOf(random));
  const policy = singleKeyPolicy(signer.publicKey);
  return { signer, policy, account: accountIdOf(nativeHasher, policy) };
}

export function seedOf(random: Random): Uint8Array {
  return Uint8Array.from({ length: 32 }, () => random.below(256));
}
