/**
 * The network as the wallet knows it: its genesis, checked by its hash, and where its nodes are.
 *
 * The genesis comes from --genesis, from the wallet's copy by chain id, or from a node. It is believed because
 * its hash is the chain id; the first two need no node, so a command starts fast. Which chain id: that of the network
 * file or of the profile, where it is pinned on first use.
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { addressPrefixStandard } from "../../src/protocol/address.ts";
import {
  chainIdOf,
  formatGenesis,
  type Genesis,
  parseGenesis,
} from "../../src/protocol/genesis.ts";
import type { ChainId } from "../../src/protocol/ids.ts";
import { Accounts } from "../accounts/accounts.ts";
import type { Unit } from "../amounts.ts";
import { CommandFailure, exitCodes, usageFailure } from "../failure.ts";
import { readIfExists, writeWhole } from "../files.ts";
import type { Settings } from "../settings.ts";
import { loadNetworkFile, type NetworkFile } from "./network-file.ts";
import { askAll, askFirst } from "./nodes.ts";
import { activeProfile, type Profile, pinChain, requirePinned } from "./profiles.ts";

export interface Network {
  readonly chainId: ChainId;
  readonly genesis: Genesis;
  readonly unit: Unit;
  /** Base URLs, at least one. */
  readonly nodes: readonly string[];
  readonly accounts: Accounts;
  /** Which network it is was said by a node and by nobody else: no profile, no network file, no --genesis. */
  readonly isUnpinned?: boolean;
}

/** Nodes that are this much later than the first are not waited for. */
const graceMs = 250;

interface KnownGenesis {
  readonly chainId: ChainId;
  readonly genesis: Genesis;
}

/** Which network is meant, before anything is asked. */
interface Place {
  /** Undefined where a profile is used. */
  readonly file: NetworkFile | undefined;
  readonly profile: Profile | undefined;
  readonly nodes: readonly string[];
}

/** Everything a command that talks to nodes needs. */
export async function openNetwork(settings: Settings): Promise<Network> {
  const place = await placeOf(settings);
  const { file, profile, nodes } = place;
  if (nodes.length === 0) throw noNetwork(settings, profile);
  const local = await localGenesis(settings, place);
  const known = local ?? (await genesisOfNode(settings, place));
  const { chainId, genesis } = known;
  if (profile !== undefined && local !== undefined) await requireSameChain(settings, place);
  if (profile !== undefined && profile.chainId === undefined) {
    await writeWhole(copyPath(settings, chainId), formatGenesis(genesis));
    await pinChain(settings.home, profile.name, chainId);
  }
  const accounts = new Accounts(settings, { file, prefix: genesis.addressPrefix });
  const isUnpinned = (settings.genesisFile ?? profile ?? file) === undefined;
  return { chainId, genesis, unit: genesis.asset, nodes, accounts, isUnpinned };
}

/** The accounts alone, without asking a node. `isKnown` false: the address prefix is the usual one, unchecked. */
export async function openAccounts(
  settings: Settings,
): Promise<{ readonly accounts: Accounts; readonly isKnown: boolean }> {
  const place = await placeOf(settings);
  const known = await localGenesis(settings, place);
  const { file } = place;
  const prefix =
    known?.genesis.addressPrefix ?? prefixOf(file?.accounts[0]?.address) ?? addressPrefixStandard;
  const isKnown = known !== undefined || file !== undefined;
  return { accounts: new Accounts(settings, { file, prefix }), isKnown };
}

async function placeOf(settings: Settings): Promise<Place> {
  const profile = await activeProfile(settings);
  const file = profile === undefined ? await loadNetworkFile(settings) : undefined;
  const nodes = settings.nodes.length > 0 ? settings.nodes : (profile ?? file)?.nodes;
  return { file, profile, nodes: nodes ?? [] };
}

/** Exit 8 when the nodes of a profile serve another network than it has been until now. */
async function requireSameChain(settings: Settings, { profile, nodes }: Place): Promise<void> {
  if (profile?.chainId === undefined) return;
  const options = { timeoutMs: settings.timeoutMs, graceMs };
  const heard = await askAll(nodes, (client) => client.status(), options);
  const stated = heard.flatMap(({ result }) => (result.ok ? [result.value.chainId] : []));
  // One that serves another network may be wrong or lie; only when none serves ours, ours is gone.
  const [other] = stated;
  if (other !== undefined && !stated.includes(profile.chainId)) {
    requirePinned(profile, other, "its nodes");
  }
}

const prefixOf = (address: string | undefined): string | undefined =>
  /^([a-z]{1,10})1[a-z0-9]{58}$/.exec(address ?? "")?.[1];

const copyPath = (settings: Settings, chainId: string): string =>
  join(settings.home, "genesis", `${chainId}.json`);

async function localGenesis(settings: Settings, place: Place): Promise<KnownGenesis | undefined> {
  if (settings.genesisFile !== undefined) {
    const known = genesisIn(await textOfGenesisFile(settings.genesisFile));
    if (known === undefined) {
      throw usageFailure(
        "genesis_malformed",
        `${settings.genesisFile} is not a genesis file`,
        "Give the file that the network was founded with.",
      );
    }
    requireChain(known, place, settings.genesisFile);
    return known;
  }
  const chainId = (place.profile ?? place.file)?.chainId;
  if (chainId === undefined) return undefined;
  const copy = await readIfExists(copyPath(settings, chainId));
  const known = copy === undefined ? undefined : genesisIn(copy);
  return known?.chainId === chainId ? known : undefined;
}

async function textOfGenesisFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usageFailure("genesis_unreadable", reason, "Correct --genesis.");
  }
}

async function genesisOfNode(settings: Settings, place: Place): Promise<KnownGenesis> {
  const answer = await askFirst(place.nodes, (client) => client.genesis(), {
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
  requireChain(known, place, "the nodes' genesis");
  await writeWhole(copyPath(settings, known.chainId), text);
  return known;
}

function genesisIn(text: string): KnownGenesis | undefined {
  const parsed = parseGenesis(text);
  if (!parsed.ok) return undefined;
  return { genesis: parsed.value, chainId: chainIdOf(nobleHasher, parsed.value) };
}

function requireChain(
  known: KnownGenesis,
  { file, profile }: Pick<Place, "file" | "profile">,
  source: string,
): void {
  if (profile !== undefined) requirePinned(profile, known.chainId, source);
  if (file === undefined || file.chainId === known.chainId) return;
  throw new CommandFailure(exitCodes.disagreement, {
    code: "genesis_mismatch",
    message: `${source} is of network ${known.chainId}, the network file is of ${file.chainId}`,
    fix: "Use the --network, --node and --genesis of one network. After a reset, start it again.",
  });
}

function noNetwork(settings: Settings, profile: Profile | undefined): CommandFailure {
  if (profile !== undefined) {
    return usageFailure(
      "no_network",
      `profile "${profile.name}" has no nodes`,
      `Add one with: quorate-wallet nodes add URL --profile ${profile.name}`,
    );
  }
  return usageFailure(
    "no_network",
    `no node is named, and there is no network file ${settings.networkFile}`,
    "Start a local network with npm start, or give --node URL or --network FILE.",
  );
}
