/**
 * `quorate-wallet nodes add|remove|list`: the nodes of a profile.
 * @module
 */
import { notFoundFailure, usageFailure } from "../failure.ts";
import { isAccountName } from "../keys/key-files.ts";
import { ask } from "../network/nodes.ts";
import {
  activeProfile,
  type Config,
  changeConfig,
  loadConfig,
  type Profile,
  profileStandard,
  requirePinned,
  requireProfile,
  withProfile,
} from "../network/profiles.ts";
import { nodesMax, nodeUrl } from "../settings.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

/** The node is asked for its network, so that one of another network is not added; a silent one is. */
export async function addNode({ settings, terminal }: Wallet, text: string): Promise<Report> {
  const url = nodeUrl(text);
  const name = settings.profile ?? (await loadConfig(settings.home)).profile ?? profileStandard;
  if (!isAccountName(name)) {
    throw usageFailure(
      "bad_name",
      `"${name}" is not a name for a profile`,
      "Use a-z, 0-9, - and _.",
    );
  }
  const { timeoutMs } = settings;
  const { result } = await ask(url, (client) => client.status(), { timeoutMs });
  const stated = result.ok ? result.value.chainId : undefined;
  if (stated === undefined) terminal.note("It does not answer now. It was added all the same.");
  const config = await changeConfig(settings.home, (before) => {
    const profile = profileOrNew(before, name);
    if (stated !== undefined) requirePinned(profile, stated, `${url} does`);
    if (profile.nodes.length >= nodesMax) {
      throw usageFailure("too_many_nodes", `at most ${nodesMax} nodes`, "Remove one first.");
    }
    const nodes = [...new Set([...profile.nodes, url])];
    return { ...withProfile(before, { ...profile, nodes }), profile: before.profile ?? name };
  });
  if (config.profile !== name) {
    terminal.note(`Choose it with: quorate-wallet config set profile ${name}`);
  }
  return nodesReport(requireProfile(config, name));
}

const profileOrNew = (config: Config, name: string): Profile =>
  config.profiles.find((profile) => profile.name === name) ?? {
    name,
    nodes: [],
    chainId: undefined,
  };

export async function removeNode({ settings }: Wallet, text: string): Promise<Report> {
  const url = nodeUrl(text);
  const { name } = await requireActive(settings);
  const config = await changeConfig(settings.home, (before) => {
    const profile = requireProfile(before, name);
    const nodes = profile.nodes.filter((node) => node !== url);
    if (nodes.length < profile.nodes.length) return withProfile(before, { ...profile, nodes });
    throw notFoundFailure("node_unknown", `"${url}" is no node of "${name}"`, "See: nodes list");
  });
  return nodesReport(requireProfile(config, name));
}

export async function listNodes({ settings }: Wallet): Promise<Report> {
  return nodesReport(await requireActive(settings));
}

async function requireActive(settings: Wallet["settings"]): Promise<Profile> {
  const profile = await activeProfile(settings);
  if (profile !== undefined) return profile;
  throw notFoundFailure(
    "profile_unknown",
    "no profile is in use: the nodes are those of a network file or of --node",
    "Begin one with: quorate-wallet nodes add URL",
  );
}

function nodesReport({ name, nodes, chainId }: Profile): Report {
  return { data: { profile: name, chainId: chainId ?? null, nodes }, text: nodes.join("\n") };
}
