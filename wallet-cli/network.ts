/**
 * The network as the wallet knows it: its genesis, checked by its hash, and where its nodes are.
 *
 * The genesis comes from --genesis, from the wallet's copy by chain id, or from a node. It is believed because
 * its hash is the chain id; the first two need no node, so a command starts fast.
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nobleHasher } from "../src/crypto/hash.ts";
import { addressPrefixStandard } from "../src/protocol/address.ts";
import { chainIdOf, type Genesis, parseGenesis } from "../src/protocol/genesis.ts";
import type { ChainId } from "../src/protocol/ids.ts";
import { Accounts } from "./accounts.ts";
import type { Unit } from "./amounts.ts";
import { CommandFailure, exitCodes, usageFailure } from "./failure.ts";
import { readIfExists, writeWhole } from "./files.ts";
import { loadNetworkFile, type NetworkFile } from "./network-file.ts";
import { askFirst } from "./nodes.ts";
import type { Settings } from "./settings.ts";

export interface Network {
  readonly chainId: ChainId;
  readonly genesis: Genesis;
  readonly unit: Unit;
  /** Base URLs, at least one. */
  readonly nodes: readonly string[];
  readonly accounts: Accounts;
}

interface KnownGenesis {
  readonly chainId: ChainId;
  readonly genesis: Genesis;
}

/** Everything a command that talks to nodes needs. */
export async function openNetwork(settings: Settings): Promise<Network> {
  const file = await loadNetworkFile(settings);
  const nodes = settings.nodes.length > 0 ? settings.nodes : (file?.nodes ?? []);
  if (nodes.length === 0) throw noNetwork(settings);
  const known =
    (await localGenesis(settings, file)) ?? (await genesisOfNode(settings, nodes, file));
  const { chainId, genesis } = known;
  const accounts = new Accounts(settings, { file, prefix: genesis.addressPrefix });
  return { chainId, genesis, unit: genesis.asset, nodes, accounts };
}

/** The accounts alone, without asking a node. `isKnown` false: the address prefix is the usual one, unchecked. */
export async function openAccounts(
  settings: Settings,
): Promise<{ readonly accounts: Accounts; readonly isKnown: boolean }> {
  const file = await loadNetworkFile(settings);
  const known = await localGenesis(settings, file);
  const prefix =
    known?.genesis.addressPrefix ?? prefixOf(file?.accounts[0]?.address) ?? addressPrefixStandard;
  const isKnown = known !== undefined || file !== undefined;
  return { accounts: new Accounts(settings, { file, prefix }), isKnown };
}

const prefixOf = (address: string | undefined): string | undefined =>
  /^([a-z]{1,10})1[a-z0-9]{58}$/.exec(address ?? "")?.[1];

const copyPath = (settings: Settings, chainId: string): string =>
  join(settings.home, "genesis", `${chainId}.json`);

async function localGenesis(
  settings: Settings,
  file: NetworkFile | undefined,
): Promise<KnownGenesis | undefined> {
  if (settings.genesisFile !== undefined) {
    const known = genesisIn(await textOfGenesisFile(settings.genesisFile));
    if (known === undefined) {
      throw usageFailure(
        "genesis_malformed",
        `${settings.genesisFile} is not a genesis file`,
        "Give the file that the network was founded with.",
      );
    }
    requireChain(known, file, settings.genesisFile);
    return known;
  }
  if (file === undefined) return undefined;
  const copy = await readIfExists(copyPath(settings, file.chainId));
  const known = copy === undefined ? undefined : genesisIn(copy);
  return known?.chainId === file.chainId ? known : undefined;
}

async function textOfGenesisFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageFailure("genesis_unreadable", reason, "Correct --genesis.");
  }
}

async function genesisOfNode(
  settings: Settings,
  nodes: readonly string[],
  file: NetworkFile | undefined,
): Promise<KnownGenesis> {
  const answer = await askFirst(nodes, (client) => client.genesis(), {
    timeoutMs: settings.timeoutMs,
  });
  const text = JSON.stringify(answer.genesis);
  const known = genesisIn(text);
  if (known === undefined || known.chainId !== answer.chainId) {
    throw new CommandFailure(exitCodes.disagreement, {
      code: "genesis_mismatch",
      message: "a node's genesis does not have the chain id that the node states",
      fix: "Do not trust it. Name other nodes with --node, or give --genesis FILE.",
    });
  }
  requireChain(known, file, "the nodes' genesis");
  await writeWhole(copyPath(settings, known.chainId), text);
  return known;
}

function genesisIn(text: string): KnownGenesis | undefined {
  const parsed = parseGenesis(text);
  if (!parsed.ok) return undefined;
  return { genesis: parsed.value, chainId: chainIdOf(nobleHasher, parsed.value) };
}

function requireChain(known: KnownGenesis, file: NetworkFile | undefined, source: string): void {
  if (file === undefined || file.chainId === known.chainId) return;
  throw new CommandFailure(exitCodes.disagreement, {
    code: "genesis_mismatch",
    message: `${source} is of network ${known.chainId}, the network file is of ${file.chainId}`,
    fix: "Use the --network, --node and --genesis of one network. After a reset, start it again.",
  });
}

function noNetwork(settings: Settings): CommandFailure {
  return usageFailure(
    "no_network",
    `no node is named, and there is no network file ${settings.networkFile}`,
    "Start a local network with npm start, or give --node URL or --network FILE.",
  );
}
