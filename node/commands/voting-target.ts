/**
 * In which network a command votes, by which nodes, and with whose key.
 * @module
 */
import { dirname, join } from "node:path";
import { askNode } from "../../src/api/asking.ts";
import { chainIdOf, parseGenesis } from "../../src/protocol/genesis.ts";
import type { ChainId } from "../../src/protocol/ids.ts";
import { nativeHasher } from "../adapters/native-crypto.ts";
import type { NodeConfig } from "../config.ts";
import { loadHome, operatorKeyFile } from "../home.ts";
import { devKeyPath, operatorName } from "../localnet/layout.ts";
import { loadOperatorKey, type OperatorKey } from "../operator-key.ts";
import { exitCodes, Refusal } from "../refusal.ts";
import { noAnswer, type VotingNetwork, web } from "../vote-casting.ts";
import { networkFileOf, networkFilePath, nodesOf } from "./query-targets.ts";

export interface TargetFlags {
  readonly node?: readonly string[];
  readonly network?: string;
  readonly home?: string;
  /** Seconds. */
  readonly timeout: number;
}

export interface KeyFlags extends Pick<TargetFlags, "network" | "home"> {
  readonly key?: string;
  readonly as?: number;
}

const askMsMax = 5_000;

/** The home's network, or the one that the nodes serve and whose genesis has the hash that they state. */
export async function votingNetwork(flags: TargetFlags): Promise<VotingNetwork> {
  const timeoutMs = flags.timeout * 1_000;
  if (flags.home !== undefined) {
    const { config, chainId, genesis } = await loadHome(flags.home);
    const nodes = nodesOf(flags.node ?? [nodeOfHome(config)], undefined);
    return { nodes, chainId, addressPrefix: genesis.addressPrefix, timeoutMs };
  }
  const file = networkFileOf(flags.network);
  const nodes = nodesOf(flags.node, file);
  const known = await genesisOf(nodes, Math.min(timeoutMs, askMsMax));
  if (flags.node === undefined && file?.chainId !== undefined && file.chainId !== known.chainId) {
    throw new Refusal({
      code: "wrong_chain",
      message: `the nodes serve ${known.chainId}, the network file is of ${file.chainId}`,
      fix: "Start the network of that file, or name the right file with --network.",
      exitCode: exitCodes.disagreement,
    });
  }
  return { nodes, ...known, timeoutMs };
}

/** Base URL of the home's own node, from this machine. */
export const nodeOfHome = ({ http }: NodeConfig): string =>
  `http://${ownHost(http.host)}:${http.port}`;

const ownHost = (host: string): string => {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
};

async function genesisOf(
  nodes: readonly string[],
  timeoutMs: number,
): Promise<{ readonly chainId: ChainId; readonly addressPrefix: string }> {
  const heard = await Promise.all(
    nodes.map((node) => askNode(web, node, (client) => client.genesis(), { timeoutMs })),
  );
  const answer = heard.find(({ result }) => result.ok)?.result;
  if (answer?.ok !== true) throw noAnswer(heard);
  const parsed = parseGenesis(JSON.stringify(answer.value.genesis));
  const chainId = parsed.ok ? chainIdOf(nativeHasher, parsed.value) : undefined;
  if (!parsed.ok || chainId === undefined || chainId !== answer.value.chainId) {
    throw new Refusal({
      code: "genesis_mismatch",
      message: "a node's genesis does not have the chain id that the node states",
      fix: "Do not trust it: name other nodes with --node, or give --home.",
      exitCode: exitCodes.disagreement,
    });
  }
  return { chainId, addressPrefix: parsed.value.addressPrefix };
}

/** The key that signs: --key, else that of --as in a local network, else the home's. */
export function votingKey(flags: KeyFlags): OperatorKey {
  if (flags.key !== undefined) return loadOperatorKey(flags.key);
  if (flags.as !== undefined) {
    return loadOperatorKey(devOperatorPath(networkFilePath(flags.network), flags.as));
  }
  if (flags.home !== undefined) return loadOperatorKey(join(flags.home, operatorKeyFile));
  throw new Refusal({
    code: "key_not_given",
    message: "a vote is signed with an operator's key, and none is named",
    fix: "Give --key FILE or --home DIR; on a local network --as N votes as the operator of node N.",
  });
}

/** The development key of a local network's operator. */
const devOperatorPath = (networkFile: string, index: number): string =>
  devKeyPath({ devKeys: join(dirname(networkFile), "dev-keys") }, operatorName(index));
