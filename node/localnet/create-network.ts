/**
 * Makes the files of a new local network: keys, genesis, homes, funded development accounts; and finds them again.
 *
 * genesis.json comes last, so a folder that has one has everything, and what an interrupted attempt left is made anew.
 * @module
 */
import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fromHex } from "../../src/base/bytes.ts";
import { formatDevKeyFile } from "../../src/keys/key-file.ts";
import { addressPrefixStandard, formatAddress } from "../../src/protocol/address.ts";
import { chainIdOf, formatGenesis, type Genesis } from "../../src/protocol/genesis.ts";
import type { AccountId, ChainId } from "../../src/protocol/ids.ts";
import { standardParameters } from "../../src/protocol/parameters.ts";
import { accountIdOf, singleKeyPolicy } from "../../src/protocol/policy.ts";
import { nativeHasher } from "../adapters/native-crypto.ts";
import { createNodeIdentity } from "../adapters/tls-identity.ts";
import { applyOptions, formatConfig, type NodeConfig, standardConfig } from "../config.ts";
import { faucetKeyFile } from "../faucet.ts";
import { createHome, loadConfig, loadGenesis } from "../home.ts";
import { type SecretKey, secretKeyOf } from "../validator-key.ts";
import {
  devKeyPath,
  epochLengthStandard,
  faucetName,
  httpPort,
  type Layout,
  localHost,
  nodeFolder,
  nodeName,
  nodesIn,
  operatorName,
  p2pPort,
} from "./layout.ts";

export interface NetworkFiles {
  readonly genesis: Genesis;
  readonly chainId: ChainId;
  readonly basePort: number;
  /** Those of the genesis, and those that were added. */
  readonly nodes: number;
  readonly accounts: readonly FundedAccount[];
}

export interface FundedAccount {
  readonly name: string;
  readonly address: string;
}

interface DevKey {
  readonly name: string;
  readonly key: SecretKey;
  readonly account: AccountId;
  readonly balance: bigint;
}

const asset = { code: "QRT", decimals: 6 };
const whole: bigint = 10n ** BigInt(asset.decimals);
const supply: bigint = 1_000_000_000n * whole;
const personBalance: bigint = 1_000_000n * whole;
const operatorBalance: bigint = 10_000n * whole;
/** Of each node's faucet: nobody's, for anyone to try with. */
const faucetBalance: bigint = 1_000_000n * whole;
const people = ["alice", "bob", "carol"];
/** Holds what the others do not. */
const treasury = "treasury";
const accountNames: readonly string[] = [...people, treasury];

/** Small fees, so that whoever builds on this network meets them. A transfer costs about 0.0004 QRT. */
const parameters = {
  ...standardParameters,
  baseFee: 100n,
  feePerByte: 1n,
  accountMinimum: 1_000n,
};

export const hasNetwork = (layout: Layout): boolean => existsSync(layout.genesis);

/** Makes all files of a new network, which must not be there yet. */
export async function createNetwork(
  layout: Layout,
  options: {
    readonly nodes: number;
    readonly basePort: number;
    /** Default: epochLengthStandard. */
    readonly epochLength?: number | undefined;
  },
): Promise<void> {
  const { nodes, basePort, epochLength = epochLengthStandard } = options;
  removeNetwork(layout);
  mkdirSync(layout.devKeys, { recursive: true, mode: 0o700 });
  const consensusKeys = Array.from({ length: nodes }, newKey).sort(byPublicKey);
  const operators = consensusKeys.map((_, i) => newDevKey(operatorName(i), operatorBalance));
  const persons = people.map((name) => newDevKey(name, personBalance));
  const faucets = consensusKeys.map((_, i) => newDevKey(faucetName(i), faucetBalance));
  const spent = [...operators, ...persons, ...faucets].reduce(
    (sum, { balance }) => sum + balance,
    0n,
  );
  const devKeys = [...persons, newDevKey(treasury, supply - spent), ...operators, ...faucets];
  const genesis: Genesis = {
    networkName: "local",
    addressPrefix: addressPrefixStandard,
    asset,
    timestampMs: Date.now(),
    parameters: { ...parameters, epochLength: BigInt(epochLength) },
    // Both lists ascend, so node i is validator i.
    validators: consensusKeys.map((key, i) => ({
      consensusKey: key.publicKey,
      operator: (operators[i] as DevKey).account,
      name: nodeName(i),
      endpoint: `${localHost}:${p2pPort(basePort, i)}`,
    })),
    accounts: devKeys
      .map(({ account, balance }) => ({ account, balance }))
      .sort((a, b) => (a.account < b.account ? -1 : 1)),
    previous: undefined,
  };
  for (const devKey of devKeys) saveDevKey(layout, devKey);
  for (const [index, validatorKey] of consensusKeys.entries()) {
    const config = nodeConfig({ index, nodes, basePort });
    const identity = await createNodeIdentity();
    await createHome(layout.nodeHome(index), {
      genesis,
      config,
      identity,
      validatorKeys: [validatorKey],
    });
    copyFileSync(
      devKeyPath(layout, faucetName(index)),
      join(layout.nodeHome(index), faucetKeyFile),
    );
  }
  writeFileSync(`${layout.genesis}.new`, formatGenesis(genesis));
  renameSync(`${layout.genesis}.new`, layout.genesis);
}

/** What a folder's network is. Throws a Refusal when its files cannot be read. */
export function loadNetwork(layout: Layout): NetworkFiles {
  const genesis = loadGenesis(layout.genesis);
  return {
    genesis,
    chainId: chainIdOf(nativeHasher, genesis),
    basePort: loadConfig(join(layout.nodeHome(0), "config.toml")).p2p.port,
    nodes: nodesIn(layout),
    accounts: accountNames.map((name) => ({ name, address: devAddress(layout, name) })),
  };
}

/**
 * Gives the nodes of an existing network these ports, and each other's to dial. The ledger keeps naming the first ones;
 * peers are dialled on the new.
 */
export function moveNetwork(layout: Layout, nodes: number, basePort: number): void {
  for (let index = 0; index < nodes; index += 1) {
    const path = join(layout.nodeHome(index), "config.toml");
    const config = nodeConfig({ index, nodes, basePort }, loadConfig(path));
    writeFileSync(`${path}.new`, formatConfig(config));
    renameSync(`${path}.new`, path);
  }
}

/** Removes exactly what a network consists of; whatever else lies in the folder stays. */
export function removeNetwork(layout: Layout): void {
  for (const path of [layout.genesis, layout.networkFile, layout.devKeys]) {
    rmSync(path, { recursive: true, force: true });
  }
  if (!existsSync(layout.folder)) return;
  for (const name of readdirSync(layout.folder)) {
    if (nodeFolder.test(name)) rmSync(join(layout.folder, name), { recursive: true });
  }
}

/** The config of node `index`; whatever is no matter of ports is as in `base`. */
export function nodeConfig(
  options: { readonly index: number; readonly nodes: number; readonly basePort: number },
  base: NodeConfig = standardConfig,
): NodeConfig {
  const { index, nodes, basePort } = options;
  const endpoints = Array.from({ length: nodes }, (_, i) => `${localHost}:${p2pPort(basePort, i)}`);
  const own = endpoints[index] ?? "";
  const config = applyOptions(base, {
    network: { local: true },
    p2p: {
      host: localHost,
      port: p2pPort(basePort, index),
      advertise: own,
      peers: endpoints.filter((endpoint) => endpoint !== own),
    },
    http: { host: localHost, port: httpPort(basePort, index) },
  });
  if (!config.ok) throw new RangeError(config.reason);
  return config.value;
}

const newKey = (): SecretKey => secretKeyOf(new Uint8Array(randomBytes(32)));
const byPublicKey = (a: SecretKey, b: SecretKey): number => (a.publicKey < b.publicKey ? -1 : 1);

/** Makes the development key of one more operator. It owns nothing: votes cost nothing. */
export function addOperatorKey(layout: Layout, index: number): AccountId {
  const devKey = newDevKey(operatorName(index), 0n);
  saveDevKey(layout, devKey);
  return devKey.account;
}

function newDevKey(name: string, balance: bigint): DevKey {
  const key = newKey();
  const account = accountIdOf(nativeHasher, singleKeyPolicy(fromHex(key.publicKey)));
  return { name, key, account, balance };
}

function saveDevKey(layout: Layout, { name, key, account }: DevKey): void {
  const address = formatAddress(addressPrefixStandard, account);
  const text = formatDevKeyFile({ name, address, seed: key.seed });
  writeFileSync(devKeyPath(layout, name), text, { mode: 0o600 });
}

function devAddress(layout: Layout, name: string): string {
  const content: unknown = JSON.parse(readFileSync(devKeyPath(layout, name), "utf8"));
  return String((content as { readonly address: unknown }).address);
}
