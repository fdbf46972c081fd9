/**
 * `quorate-wallet config show|set`: which networks this wallet knows, and which one it uses.
 * @module
 */
import { type ChainId, isIdText } from "../../src/protocol/ids.ts";
import { usageFailure } from "../failure.ts";
import {
  activeProfile,
  type Config,
  changeConfig,
  loadConfig,
  requireProfile,
  withProfile,
} from "../network/profiles.ts";
import { formatTable } from "../terminal/table.ts";
import type { Report } from "../terminal/terminal.ts";
import type { Wallet } from "../wallet.ts";

export async function showConfig({ settings }: Wallet): Promise<Report> {
  return configReport(settings.home, await loadConfig(settings.home));
}

/** `none` as a value takes the setting away. */
export async function setConfig(wallet: Wallet, key: string, value: string): Promise<Report> {
  const { settings } = wallet;
  if (key === "profile") {
    const config = await changeConfig(settings.home, (before) =>
      value === "none"
        ? { ...before, profile: undefined }
        : { ...before, profile: requireProfile(before, value).name },
    );
    return configReport(settings.home, config);
  }
  if (key === "chain-id") return await pinAnother(wallet, value);
  throw usageFailure(
    "setting_unknown",
    `there is no setting "${key}"`,
    "Settings: profile NAME|none, chain-id ID|none. Nodes: quorate-wallet nodes add URL.",
  );
}

async function pinAnother({ settings, terminal }: Wallet, value: string): Promise<Report> {
  const profile = await activeProfile(settings);
  if (profile === undefined) {
    throw usageFailure("no_profile", "no profile is in use", "Name one with --profile.");
  }
  if (value !== "none" && !isIdText(value)) {
    throw usageFailure("bad_chain_id", `"${value}" is not a chain id`, "It has 64 hex digits.");
  }
  const chainId = value === "none" ? undefined : (value as ChainId);
  const config = await changeConfig(settings.home, (before) =>
    withProfile(before, { ...requireProfile(before, profile.name), chainId }),
  );
  const then =
    chainId === undefined ? "the network that its nodes serve next" : "that network only";
  terminal.note(`"${profile.name}" now means ${then}.`);
  return configReport(settings.home, config);
}

function configReport(home: string, { profile, profiles }: Config): Report {
  const items = profiles.map(({ name, nodes, chainId }) => ({
    name,
    chainId: chainId ?? null,
    nodes,
  }));
  const rows = profiles.map(({ name, nodes, chainId }) => [
    name === profile ? "*" : "",
    name,
    chainId ?? "(not pinned yet)",
    nodes.join(" "),
  ]);
  const inUse = profile ?? "(none: a network file, or --node)";
  const text = [`home     ${home}`, `profile  ${inUse}`, formatTable(rows)].join("\n").trimEnd();
  return { data: { home, profile: profile ?? null, profiles: items }, text };
}
