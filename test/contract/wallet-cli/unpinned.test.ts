/**
 * A network that only a node names: it can be looked at, and nothing is signed for it without a person's own yes.
 * @module
 */
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { trustIn } from "../../../wallet-cli/ledger/ledger-entries.ts";
import { openNetwork } from "../../../wallet-cli/network/network.ts";
import { changeConfig, withProfile } from "../../../wallet-cli/network/profiles.ts";
import { requireConsent } from "../../../wallet-cli/sending/acting.ts";
import type { Wallet } from "../../../wallet-cli/wallet.ts";
import { WalletAtProxies } from "./wallet-at-proxies.ts";

let at: WalletAtProxies;
beforeEach(async () => {
  at = await WalletAtProxies.start(1);
});
afterEach(async () => await at.stop());

async function consent(wallet: Wallet): Promise<void> {
  const network = await openNetwork(wallet.settings);
  await trustIn(wallet, network);
  await requireConsent(wallet, network, "25 QRT to bob", "Sign and send?");
}

const told = (): string => at.terminal.notes.join("\n");

test("by --node alone: the chain id is said, and --yes does not sign", async () => {
  await expect(consent(at.wallet({ genesis: undefined }))).rejects.toMatchObject({
    exit: 2,
    facts: { code: "network_unpinned", fix: expect.stringContaining("--genesis") },
  });
  expect(told()).toContain(at.node.chainId);
  expect(told()).toContain(at.proxy(0).url);
});

test("with --genesis it signs, and nothing is said", async () => {
  await consent(at.wallet({ genesis: join(at.home, "genesis.json") }));
  expect(told()).toBe("25 QRT to bob");
});

test("a profile pins its network by its first use, and signs", async () => {
  const profile = { name: "default", nodes: [at.proxy(0).url], chainId: undefined };
  await changeConfig(at.home, (config) => ({
    ...withProfile(config, profile),
    profile: profile.name,
  }));
  await consent(at.wallet({ genesis: undefined }));
  expect(told()).toBe("25 QRT to bob");
});
