/**
 * Profiles: the networks that this wallet uses, by name, each with its nodes and its genesis.
 *
 * `<home>/config.json` is `{ version: 1, profile, profiles: { NAME: { nodes: [URL], chainId? } } }`. `profile` is the
 * one in use. The chain id is pinned when a profile is used for the first time: later, nothing else is that network.
 * @module
 */
import { join } from "node:path";
import { type ChainId, isIdText } from "../../src/protocol/ids.ts";
import { CommandFailure, exitCodes, notFoundFailure, usageFailure } from "../failure.ts";
import { readIfExists, writeDurably } from "../files.ts";
import { asObject, type JsonObject, parseJsonObject, stringIn } from "../json-fields.ts";
import { isAccountName } from "../keys/key-files.ts";
import { withLock } from "../lock.ts";
import { nodesMax, nodeUrl, type Settings } from "../settings.ts";

export interface Profile {
  readonly name: string;
  /** Base URLs. */
  readonly nodes: readonly string[];
  /** Pinned; undefined before the first use. */
  readonly chainId: ChainId | undefined;
}

export interface Config {
  /** The profile in use; undefined: a network file, or flags. */
  readonly profile: string | undefined;
  /** By name, ascending. */
  readonly profiles: readonly Profile[];
}

export const profileStandard = "default";
const profilesMax = 100;
const nothing: Config = { profile: undefined, profiles: [] };

const configPath = (home: string): string => join(home, "config.json");

export async function loadConfig(home: string): Promise<Config> {
  const path = configPath(home);
  const text = await readIfExists(path);
  if (text === undefined) return nothing;
  const config = configIn(text);
  if (config !== undefined) return config;
  throw usageFailure(
    "config_malformed",
    `${path} is not a configuration of this wallet`,
    "Restore it from a backup, or move it away.",
  );
}

/** Changes the configuration under a lock. Durable when it returns. */
export async function changeConfig(
  home: string,
  change: (config: Config) => Config,
): Promise<Config> {
  return await withLock(join(home, "locks", "config"), async () => {
    const config = change(await loadConfig(home));
    if (config.profiles.length > profilesMax) {
      throw usageFailure("too_many_profiles", `there are ${profilesMax} profiles`, "Remove some.");
    }
    await writeDurably(configPath(home), formatConfig(config));
    return config;
  });
}

/** The configuration with this profile in the place of one of the same name. */
export function withProfile(config: Config, profile: Profile): Config {
  const others = config.profiles.filter(({ name }) => name !== profile.name);
  return {
    ...config,
    profiles: [...others, profile].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/**
 * The profile that this call uses: the named one; else, where no network file is named, the chosen one. Exit 3 when
 * it does not exist.
 */
export async function activeProfile(settings: Settings): Promise<Profile | undefined> {
  if (settings.networkFileNamed) return undefined;
  const config = await loadConfig(settings.home);
  const name = settings.profile ?? config.profile;
  if (name === undefined) return undefined;
  return requireProfile(config, name);
}

export function requireProfile(config: Config, name: string): Profile {
  const profile = config.profiles.find((each) => each.name === name);
  if (profile !== undefined) return profile;
  const names = config.profiles.map((each) => each.name).join(", ") || "(none)";
  throw notFoundFailure(
    "profile_unknown",
    `there is no profile "${name}"`,
    `Make it with: quorate-wallet nodes add URL --profile ${name}. There are: ${names}.`,
  );
}

/** Pins the network of a profile that has none yet; another process may have done so meanwhile. */
export async function pinChain(home: string, name: string, chainId: ChainId): Promise<void> {
  await changeConfig(home, (config) => {
    const profile = requireProfile(config, name);
    if (profile.chainId !== undefined) requirePinned(profile, chainId, "its nodes");
    return withProfile(config, { ...profile, chainId });
  });
}

/** Exit 8 unless the chain is the pinned one. `source` says who states it. */
export function requirePinned(profile: Profile, chainId: string, source: string): void {
  if (profile.chainId === undefined || profile.chainId === chainId) return;
  throw new CommandFailure(exitCodes.disagreement, {
    code: "genesis_changed",
    message: `profile "${profile.name}" is network ${profile.chainId}, but ${source} state ${chainId}`,
    fix: `Nothing was believed. If the network was really founded anew: quorate-wallet config set chain-id ${chainId} --profile ${profile.name}`,
  });
}

function configIn(text: string): Config | undefined {
  const object = parseJsonObject(text);
  const listed = object?.["version"] === 1 ? asObject(object["profiles"]) : undefined;
  if (object === undefined || listed === undefined) return undefined;
  const profiles: Profile[] = [];
  for (const [name, value] of Object.entries(listed)) {
    const profile = profileIn(name, asObject(value) ?? {});
    if (profile === undefined) return undefined;
    profiles.push(profile);
  }
  const sorted = profiles.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { profile: stringIn(object, "profile"), profiles: sorted };
}

function profileIn(name: string, object: JsonObject): Profile | undefined {
  const { nodes, chainId } = object;
  if (!isAccountName(name) || !Array.isArray(nodes) || nodes.length > nodesMax) return undefined;
  if (!nodes.every((node) => typeof node === "string")) return undefined;
  if (chainId === undefined) return { name, nodes: nodes.map(nodeUrl), chainId: undefined };
  if (typeof chainId !== "string" || !isIdText(chainId)) return undefined;
  return { name, nodes: nodes.map(nodeUrl), chainId: chainId as ChainId };
}

function formatConfig({ profile, profiles }: Config): string {
  const listed = Object.fromEntries(
    profiles.map(({ name, nodes, chainId }) => [
      name,
      chainId === undefined ? { nodes } : { nodes, chainId },
    ]),
  );
  const content = { version: 1, ...(profile === undefined ? {} : { profile }), profiles: listed };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
