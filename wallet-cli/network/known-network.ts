/**
 * The network as far as it is known without asking anybody: enough to say in words what a transaction does.
 *
 * Its genesis comes from --genesis, or from the wallet's own copy; it is believed because its hash is the chain id.
 * Where neither is there and a node is named, the node is asked for it, as every other command does.
 * @module
 */
import { join } from "node:path";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { chainIdOf, type Genesis, parseGenesis } from "../../src/protocol/genesis.ts";
import type { ChainId } from "../../src/protocol/ids.ts";
import { Accounts } from "../accounts/accounts.ts";
import { usageFailure } from "../failure.ts";
import { readInput } from "../file-input.ts";
import { readIfExists } from "../files.ts";
import type { Settings } from "../settings.ts";
import { type Network, openNetwork } from "./network.ts";
import { loadNetworkFile, type NetworkFile } from "./network-file.ts";
import { activeProfile } from "./profiles.ts";

export interface KnownNetwork {
  /** `nodes` is empty when none is named, or when the command was told to stay offline. */
  readonly network: Network;
  readonly isOnline: boolean;
}

export interface KnownOptions {
  /** Ask no node for anything. */
  readonly offline?: boolean | undefined;
  /** The network that a file is of; any other is refused. */
  readonly chainId?: ChainId | undefined;
}

/** A genesis of a hundred thousand accounts has about so much. */
const genesisBytesMax = 32 * 1024 * 1024;

export async function knownNetwork(
  settings: Settings,
  options: KnownOptions = {},
): Promise<KnownNetwork> {
  const place = await placeOf(settings);
  const isOnline = options.offline !== true && place.nodes.length > 0;
  const local = await localNetwork(settings, place, options);
  const network = isOnline ? await openNetwork(settings) : (local ?? refuseUnknown(options));
  if (options.chainId !== undefined && network.chainId !== options.chainId) {
    if (local?.chainId === options.chainId) return { network: local, isOnline: false };
    throw usageFailure(
      "another_network",
      `this is of network ${options.chainId}, the wallet's is ${network.chainId}`,
      "Give the --genesis, and the --node or --network, of the network that it is of.",
    );
  }
  return { network, isOnline };
}

/** The chain id that the profile or the network file in use states; undefined where there is neither. */
export async function chainInUse(settings: Settings): Promise<string | undefined> {
  return (await placeOf(settings)).chainId;
}

/** What needs the ledger's word is not done without it: exit 2. */
export function requireOnline({ isOnline }: KnownNetwork): void {
  if (isOnline) return;
  throw usageFailure(
    "no_network",
    "no node of its network is named, and this cannot be done without one",
    "Give --node URL or --network FILE, of the network that it is of.",
  );
}

interface Place {
  /** Undefined where a profile is used. */
  readonly file: NetworkFile | undefined;
  readonly nodes: readonly string[];
  readonly chainId: string | undefined;
}

async function placeOf(settings: Settings): Promise<Place> {
  const profile = await activeProfile(settings);
  const file = profile === undefined ? await loadNetworkFile(settings) : undefined;
  const nodes = settings.nodes.length > 0 ? settings.nodes : (profile ?? file)?.nodes;
  return { file, nodes: nodes ?? [], chainId: (profile ?? file)?.chainId };
}

/** From --genesis, else from the copy of the chain that is asked for, else from that of the network in use. */
async function localNetwork(
  settings: Settings,
  { file, chainId: standing }: Place,
  { chainId }: KnownOptions,
): Promise<Network | undefined> {
  const known =
    settings.genesisFile === undefined
      ? await copyOf(settings, chainId ?? standing)
      : genesisIn(await readInput(settings.genesisFile, genesisBytesMax));
  if (known === undefined) {
    if (settings.genesisFile === undefined) return undefined;
    throw usageFailure(
      "genesis_malformed",
      `${settings.genesisFile} is not a genesis file`,
      "Give the file that the network was founded with.",
    );
  }
  const { genesis } = known;
  const ownFile = file?.chainId === known.chainId ? file : undefined;
  const accounts = new Accounts(settings, { file: ownFile, prefix: genesis.addressPrefix });
  return { chainId: known.chainId, genesis, unit: genesis.asset, nodes: [], accounts };
}

interface KnownGenesis {
  readonly chainId: ChainId;
  readonly genesis: Genesis;
}

async function copyOf(
  settings: Settings,
  chainId: string | undefined,
): Promise<KnownGenesis | undefined> {
  if (chainId === undefined) return undefined;
  const text = await readIfExists(join(settings.home, "genesis", `${chainId}.json`));
  const known = text === undefined ? undefined : genesisIn(text);
  return known?.chainId === chainId ? known : undefined;
}

function genesisIn(text: string): KnownGenesis | undefined {
  const parsed = parseGenesis(text);
  if (!parsed.ok) return undefined;
  return { genesis: parsed.value, chainId: chainIdOf(nobleHasher, parsed.value) };
}

function refuseUnknown({ chainId }: KnownOptions): never {
  const which = chainId === undefined ? "" : ` ${chainId}`;
  throw usageFailure(
    "network_unknown",
    `the genesis of the network${which} is not known here`,
    "Give it with --genesis FILE: addresses and amounts cannot be shown without it.",
  );
}
