/**
 * Delivering a payment that could not be sent at first: known to be unsent, it may later be refused for good.
 * @module
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { HttpServer } from "../../node/http/server.ts";
import { createNobleSigner } from "../../src/crypto/ed25519.ts";
import { nativeAsset } from "../../src/protocol/ids.ts";
import { Accounts } from "../../wallet-cli/accounts/accounts.ts";
import { ownAccount } from "../../wallet-cli/keys/key-files.ts";
import type { Network } from "../../wallet-cli/network/network.ts";
import { Outbox } from "../../wallet-cli/outbox/outbox.ts";
import type { OutboxEntry } from "../../wallet-cli/outbox/outbox-entry.ts";
import { type Delivery, deliver } from "../../wallet-cli/sending/delivery.ts";
import { savedEntry } from "../../wallet-cli/sending/sending.ts";
import { settingsOf } from "../../wallet-cli/settings.ts";
import { Terminal } from "../../wallet-cli/terminal/terminal.ts";
import { PayingNode } from "./wallet/paying-node.ts";
import { addressOf, bob, serve } from "./wallet/twin-network.ts";

const payer = ownAccount("alice", createNobleSigner(new Uint8Array(32).fill(0xa1)), "own");
const terminal = new Terminal({ json: true, quiet: true, environment: {} });
let home = "";
let node: PayingNode;
let server: HttpServer;
let outbox: Outbox;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "quorate-delivery-"));
  node = await PayingNode.start(new Map()); // It refuses: alice has nothing.
  server = await serve(node);
  outbox = new Outbox({ home, chainId: node.chainId });
});

afterEach(async () => {
  await server.close();
  await rm(home, { recursive: true });
});

async function networkAt(url: string): Promise<Network> {
  const settings = settingsOf({ home }, {});
  const accounts = new Accounts(settings, { file: undefined, prefix: "quo" });
  const { chainId, genesis } = node;
  return { chainId, genesis, unit: genesis.asset, nodes: [url], accounts };
}

/** A URL where nobody listens any more. */
async function deadUrl(): Promise<string> {
  const gone = await serve(node);
  await gone.close();
  return gone.url;
}

async function signed(network: Network, amount = 1n): Promise<OutboxEntry> {
  const { account, policy, open } = payer;
  const from = addressOf(account);
  const authority = { account, policy, keyIndex: 0 };
  const body = { kind: "transfer", to: bob, asset: nativeAsset, amount } as const;
  const wanted = {
    wish: { sender: account, memo: "", operations: [{ from: undefined, body }] },
    ...{ fee: 0n, expiryMs: Date.now() + 60_000, summary: "1 to bob", facts: {} },
  };
  const options = { nonce: undefined, pendingNonce: 0, provenNonce: 0, isNew: false };
  return (await savedEntry({ network, outbox, authority, from, open }, wanted, options)).entry;
}

const of = (network: Network, entry: OutboxEntry): Delivery => ({
  settings: settingsOf({ home }, {}),
  network,
  outbox,
  terminal,
  id: entry.id,
  entry,
  isFresh: false,
  timeoutMs: 1_000,
  until: "settled",
  isPatient: false,
});

test("never sent, then refused by every node: refused, and kept as refused", async () => {
  const dead = await networkAt(await deadUrl());
  const entry = await signed(dead);
  const failed = deliver({ ...of(dead, entry), isFresh: true });
  await expect(failed).rejects.toMatchObject({ exit: 4, facts: { code: "no_node_reachable" } });
  const kept = await outbox.find(entry.id);
  expect(kept).toEqual({ ...entry, isUnsent: true });

  const refused = deliver(of(await networkAt(server.url), kept as OutboxEntry)).catch(
    (error) => error,
  );
  const failure = await refused;
  expect(failure).toMatchObject({ exit: 5, facts: { code: "insufficient_balance" } });
  // It has been sent now, and a node may have lied: it stays, but its nonce is free.
  expect(await outbox.find(entry.id)).toEqual({ ...entry, isRefused: true });
  expect(failure.facts.settle).toBeUndefined();
  expect((await signed(dead, 2n)).nonce).toBe(entry.nonce);
});

test("perhaps sent before, then refused by every node: unknown, and kept", async () => {
  const network = await networkAt(server.url);
  const entry = await signed(network);
  await expect(deliver(of(network, entry))).rejects.toMatchObject({ exit: 7 });
  expect(await outbox.find(entry.id)).toEqual(entry);
});

test("a nonce known to be used is not taken again from a node that lags", async () => {
  const network = await networkAt(server.url);
  const first = await signed(network);
  await outbox.settle(first, { isFinal: true });
  expect((await signed(network)).nonce).toBe(first.nonce + 1);
});

test("a nonce that a refused payment leaves is taken again", async () => {
  const network = await networkAt(server.url);
  const first = await signed(network);
  await outbox.settle(first, { isFinal: false });
  expect((await signed(network)).nonce).toBe(first.nonce);
});
