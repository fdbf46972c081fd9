/**
 * Transactions that commands build on: a lie is named, and where two histories are proven the command ends.
 * @module
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { HttpServer } from "../../../node/http/server.ts";
import { fetchReceipt } from "../../../wallet-cli/commands/receipt.ts";
import { provenTransaction, trustIn } from "../../../wallet-cli/ledger/ledger-entries.ts";
import { openNetwork } from "../../../wallet-cli/network/network.ts";
import { openTrust } from "../../../wallet-cli/trust/trust.ts";
import type { Wallet } from "../../../wallet-cli/wallet.ts";
import { PayingNode } from "../../integration/wallet/paying-node.ts";
import { alice, fundedWith, serve } from "../../integration/wallet/twin-network.ts";
import { WalletAtProxies } from "./wallet-at-proxies.ts";

let at: WalletAtProxies;
const servers: HttpServer[] = [];
beforeEach(async () => {
  at = await WalletAtProxies.start(2);
});
afterEach(async () => {
  await at.stop();
  await Promise.all(servers.splice(0).map(async (server) => await server.close()));
});

/** A node of the same genesis with another history, in which a payment of this id is final. */
async function elsewhere(): Promise<{ readonly id: string; readonly url: string }> {
  const other = await PayingNode.start(new Map([[alice, fundedWith]]));
  const payment = other.transfer(0, "elsewhere");
  await other.makeBlock([payment]);
  const server = await serve(other);
  servers.push(server);
  return { id: payment.id, url: server.url };
}

/** From now on the wallet remembers the history of the honest nodes. */
async function remember(): Promise<void> {
  const wallet = at.wallet();
  await (await trustIn(wallet, await openNetwork(wallet.settings))).parameters();
}

async function wallets(nodes: readonly string[]): Promise<Wallet> {
  await remember();
  return at.wallet({ nodes });
}

const fork = { exit: 8, facts: { code: "fork_proven" } };

async function forksKept(): Promise<number> {
  const names = await readdir(join(at.home, "evidence"));
  return names.filter((name) => name.includes("-fork-")).length;
}

test("final in another history: nothing is built on it, and both proofs are kept", async () => {
  const { id, url } = await elsewhere();
  const wallet = await wallets([url]);
  const network = await openNetwork(wallet.settings);
  await expect(provenTransaction(wallet, network, id)).rejects.toMatchObject(fork);
  expect(await forksKept()).toBe(1);
});

test("a row of a batch that is final in another history ends the batch", async () => {
  const { id, url } = await elsewhere();
  const wallet = await wallets([url]);
  const trust = await openTrust(wallet, await openNetwork(wallet.settings));
  await expect(trust.finalHeight(url, id)).rejects.toMatchObject(fork);
  expect(await forksKept()).toBe(1);
});

test("a receipt of another history than the one that was seen is not written", async () => {
  const { id, url } = await elsewhere();
  await expect(fetchReceipt(await wallets([url]), id, {})).rejects.toMatchObject(fork);
});

test("a receipt that does not show the checkpoint is not written", async () => {
  const payment = at.node.transfer(0, "here");
  await at.node.makeBlock([payment]);
  const wallet = at.wallet({ checkpoint: `1:${"ab".repeat(32)}` });
  await expect(fetchReceipt(wallet, payment.id, {})).rejects.toMatchObject({ exit: 8 });
});

test("a receipt of the history that was seen is written, also after later blocks", async () => {
  const payment = at.node.transfer(0, "here");
  await at.node.makeBlock([payment]);
  for (let blocks = 0; blocks < 3; blocks += 1) await at.node.makeBlock();
  await remember();
  const { data } = await fetchReceipt(at.wallet(), payment.id, {});
  expect(data).toMatchObject({ kind: "quorate-receipt" });
});

test("a node that lies about a transaction is named, and another one is believed", async () => {
  const payment = at.node.transfer(0, "here");
  await at.node.makeBlock([payment]);
  at.proxy(0).alter = ({ path }, { status, json }) =>
    path.includes("/receipt")
      ? { status, json: { ...json, transaction: String(json["transaction"]).replace(/..$/, "ff") } }
      : { status, json };
  const wallet = at.wallet();
  const network = await openNetwork(wallet.settings);
  expect((await provenTransaction(wallet, network, payment.id))?.named.id).toBe(payment.id);
  const told = at.terminal.notes.join("\n");
  expect(told).toContain(`${at.proxy(0).url} is not to be believed (wrong_subject)`);
  const [file = ""] = await readdir(join(at.home, "evidence"));
  const kept = JSON.parse(await readFile(join(at.home, "evidence", file), "utf8"));
  expect(kept.nodes).toEqual([at.proxy(0).url]);
});
