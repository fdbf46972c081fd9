/**
 * The file that a local network writes about itself: where its nodes are and which accounts it has funded.
 *
 * `{ chainId, nodes: [{name, http, p2p, pid, home}], accounts: [{name, address}] }`
 * @module
 */
import { isIdText } from "../../src/protocol/ids.ts";
import { usageFailure } from "../failure.ts";
import { readIfExists } from "../files.ts";
import { objectsIn, parseJsonObject, stringIn } from "../json-fields.ts";
import { isAccountName } from "../keys/key-files.ts";
import { nodeUrl, type Settings } from "../settings.ts";

export interface NetworkFile {
  readonly chainId: string;
  /** Base URLs, in the file's order. */
  readonly nodes: readonly string[];
  readonly accounts: readonly { readonly name: string; readonly address: string }[];
}

/** Undefined when there is none and nobody named one. */
export async function loadNetworkFile(settings: Settings): Promise<NetworkFile | undefined> {
  const text = await readIfExists(settings.networkFile);
  if (text === undefined) {
    if (!settings.networkFileNamed) return undefined;
    throw usageFailure(
      "network_file_absent",
      `there is no network file ${settings.networkFile}`,
      "Correct --network (or QUORATE_NETWORK), or start the network.",
    );
  }
  const parsed = parseNetworkFile(text);
  if (parsed !== undefined) return parsed;
  throw usageFailure(
    "network_file_malformed",
    `${settings.networkFile} is not a network file`,
    "Give another with --network, or start the network again.",
  );
}

function parseNetworkFile(text: string): NetworkFile | undefined {
  const object = parseJsonObject(text);
  if (object === undefined) return undefined;
  const chainId = stringIn(object, "chainId");
  const nodes = objectsIn(object, "nodes")?.map((node) => stringIn(node, "http"));
  const accounts = objectsIn(object, "accounts");
  if (chainId === undefined || !isIdText(chainId)) return undefined;
  if (nodes === undefined || accounts === undefined) return undefined;
  return {
    chainId,
    nodes: nodes.filter((url) => url !== undefined).map(nodeUrl),
    accounts: accounts.flatMap((account) => {
      const name = stringIn(account, "name");
      const address = stringIn(account, "address");
      if (name === undefined || address === undefined || !isAccountName(name)) return [];
      return [{ name, address }];
    }),
  };
}
