/**
 * What is noted of a saved payment: nothing brings one back that was settled meanwhile, and a refusal is not forgotten.
 * @module
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createNobleSigner } from "../../../src/crypto/ed25519.ts";
import { nativeAsset } from "../../../src/protocol/ids.ts";
import { ownAccount } from "../../../wallet-cli/keys/key-files.ts";
import { openNetwork } from "../../../wallet-cli/network/network.ts";
import { Outbox } from "../../../wallet-cli/outbox/outbox.ts";
import type { OutboxEntry } from "../../../wallet-cli/outbox/outbox-entry.ts";
import { type Delivery, deliver } from "../../../wallet-cli/sending/delivery.ts";
import { savedEntry } from "../../../wallet-cli/sending/sending.ts";
import { addressOf, bob, fundedWith, serve } from "../../integration/wallet/twin-network.ts";
import { WalletAtProxies } from "./wallet-at-proxies.ts";

const payer = ownAccount("alice", createNobleSigner(new Uint8Array(32).fill(0xa1)), "own");

let at: WalletAtProxies;
let outbox: Outbox;
beforeEach(async () => {
  at = await WalletAtProxies.start(1);
  outbox = new Outbox({ home: at.home, chainId: at.node.chainId });
});
afterEach(async () => await at.stop());

async function saved(amount: bigint, nonce?: number): Promise<OutboxEntry> {
  const network = await at.network();
  const { account, policy, open } = payer;
  const from = addressOf(account);
  const authority = { account, policy, keyIndex: 0 };
  const body = { kind: "transfer", to: bob, asset: nativeAsset, amount } as const;
  const wanted = {
    wish: { sender: account, memo: "", operations: [{ from: undefined, body }] },
    ...{ fee: 0n, expiryMs: Date.now() + 60_000, summary: "to bob", facts: {} },
  };
  const options = { nonce, pendingNonce: 0, provenNonce: 0, isNew: true };
  return (await savedEntry({ network, outbox, authority, from, open }, wanted, options)).entry;
}

async function delivery(entry: OutboxEntry, nodes?: readonly string[]): Promise<Delivery> {
  const { settings, terminal } = at.wallet(nodes === undefined ? {} : { nodes });
  const network = await openNetwork(settings);
  const { id } = entry;
  const how = { isFresh: false, timeoutMs: 1_000, until: "settled", isPatient: false } as const;
  return { settings, network, outbox, terminal, id, entry, ...how };
}

const remove = (entry: OutboxEntry): void => rmSync(join(at.home, "outbox", entry.id));

test("an entry that is there is changed, and the change is of what is in the file", async () => {
  const entry = await saved(1n);
  await outbox.change(entry, (now) => ({ ...now, isUnsent: true }));
  await outbox.change(entry, (now) => ({ ...now, isRefused: true }));
  expect(await outbox.find(entry.id)).toMatchObject({ isUnsent: true, isRefused: true });
});

test("an entry that was settled is not brought back by a change", async () => {
  const entry = await saved(1n);
  await outbox.settle(entry, { isFinal: true });
  expect(await outbox.change(entry, (now) => ({ ...now, isUnsent: true }))).toBeUndefined();
  expect(await outbox.entriesOf(entry.from)).toEqual([]);
});

test("settled by another process while it is sent, a refused payment stays gone", async () => {
  const entry = { ...(await saved(fundedWith + 1n)), isUnsent: true };
  at.proxy(0).onSubmission = () => remove(entry);
  await expect(deliver(await delivery(entry))).rejects.toMatchObject({ exit: 5 });
  expect(await outbox.entriesOf(entry.from)).toEqual([]);
});

test("a payment that every node refused is still known as refused when no node is reached", async () => {
  const entry = { ...(await saved(1n)), isRefused: true };
  await outbox.save(entry);
  const gone = await serve(at.node);
  await gone.close();
  await expect(deliver(await delivery(entry, [gone.url]))).rejects.toMatchObject({ exit: 4 });
  expect(await outbox.find(entry.id)).toMatchObject({ isUnsent: false, isRefused: true });
});

test("a payment that no node was reached for is still unsent", async () => {
  const entry = { ...(await saved(1n)), isUnsent: true };
  await outbox.save(entry);
  const gone = await serve(at.node);
  await gone.close();
  await expect(deliver(await delivery(entry, [gone.url]))).rejects.toMatchObject({ exit: 4 });
  expect(await outbox.find(entry.id)).toMatchObject({ isUnsent: true });
});
