/**
 * The genesis of a simulated network, with its keys: everything from the seed.
 * @module
 */
import { createNativeSigner, nativeHasher } from "../../../node/adapters/native-crypto.ts";
import { toHex } from "../../../src/base/bytes.ts";
import type { Signer } from "../../../src/crypto/ports.ts";
import type { CarriedState } from "../../../src/ledger/carried-state.ts";
import { chainIdOf, type Genesis, type Predecessor } from "../../../src/protocol/genesis.ts";
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
  /** By number of the node: the validators of the genesis, each at its place in the set, then the spares. */
  readonly signers: readonly Signer[];
  /** The wallet of each node's operator: funded, and the one that votes on membership. In the order of the signers. */
  readonly operators: readonly Wallet[];
  /** What a validator set says, or would say, of each node. In the order of the signers. */
  readonly candidates: readonly Validator[];
  /** Those that pay. */
  readonly wallets: readonly Wallet[];
  readonly supply: bigint;
  /** What the predecessor leaves, where the genesis has one. */
  readonly carried: CarriedState | undefined;
}

/** The ledger that a network goes on from, with the same nodes and wallets. */
export interface Ancestor {
  readonly predecessor: Predecessor;
  readonly carried: CarriedState;
}

export interface NetworkSizes {
  readonly validators: number;
  readonly wallets: number;
  /** Nodes that are no validators at the genesis, but have a key and an operator. */
  readonly spare?: number;
  readonly epochLength?: number;
  readonly ancestor?: Ancestor;
}

export const startWallMs: number = Date.UTC(2026, 0, 1);
const balance = 1_000_000_000n;
export const baseFee = 10n;
const baseFeeNumber = 1;
const epochLengthNumber = 16;

export function simulatedGenesis(random: Random, sizes: NetworkSizes): SimulatedGenesis {
  const { spare = 0, epochLength, ancestor } = sizes;
  const signersOf = (count: number): Signer[] =>
    Array.from({ length: count }, () => createNativeSigner(seedOf(random)));
  const byKey = (a: Signer, b: Signer): number =>
    toHex(a.publicKey) < toHex(b.publicKey) ? -1 : 1;
  const walletsOf = (count: number): Wallet[] =>
    Array.from({ length: count }, () => wallet(random));
  const members = signersOf(sizes.validators).sort(byKey);
  const wallets = walletsOf(sizes.wallets);
  const memberOperators = walletsOf(sizes.validators);
  const signers = [...members, ...signersOf(spare)];
  const operators = [...memberOperators, ...walletsOf(spare)];
  const candidates = signers.map((signer, i) => candidateOf(signer, operators[i], i));
  const accounts = [...wallets, ...operators]
    .map(({ account }) => ({ account, balance }))
    .toSorted((a, b) => (a.account < b.account ? -1 : 1));
  const values = [...parameterValues(standardParameters)];
  values[baseFeeNumber] = baseFee;
  if (epochLength !== undefined) values[epochLengthNumber] = BigInt(epochLength);
  const genesis: Genesis = {
    networkName: "simulated",
    addressPrefix: "quo",
    asset: { code: "QRT", decimals: 6 },
    timestampMs: startWallMs,
    parameters: parametersOf(values),
    validators: candidates.slice(0, sizes.validators),
    accounts: ancestor === undefined ? accounts : [],
    previous: ancestor?.predecessor,
  };
  const chainId = chainIdOf(nativeHasher, genesis);
  const supply = balance * BigInt(accounts.length);
  const carried = ancestor?.carried;
  return { genesis, chainId, signers, operators, candidates, wallets, supply, carried };
}

/** What a validator set says of a node with this key. */
export function candidateOf(
  signer: Signer,
  operator: Wallet | undefined,
  number: number,
): Validator {
  if (operator === undefined) throw new RangeError("every node has an operator");
  return {
    consensusKey: toHex(signer.publicKey) as PublicKey,
    operator: operator.account,
    name: `org-${number}`,
    endpoint: simulatedAddress(number),
  };
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
