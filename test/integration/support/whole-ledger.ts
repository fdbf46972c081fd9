/**
 * Everything that a node holds as final, read over HTTP, and what must be true of it: each payment there once, and no
 * money made or lost.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Answer } from "../../../src/api/client.ts";
import type {
  BlockJson,
  ContentJson,
  FinalTransactionJson,
  ListJson,
} from "../../../src/api/json.ts";
import { type LocalNet, until } from "./local-net.ts";
import {
  amountOfPayment,
  clientOf,
  feeOfPayment,
  type Payer,
  type PayingClient,
} from "./paying-client.ts";

export interface WholeLedger {
  /** By height, from the genesis on. */
  readonly blocks: readonly BlockJson[];
  readonly transactions: readonly FinalTransactionJson[];
}

const pageMax = 100;

export async function readLedger(url: string): Promise<WholeLedger> {
  const client = clientOf(url);
  const blocks = await readBlocks(url);
  const transactions: FinalTransactionJson[] = [];
  for (const { height, transactionCount } of blocks) {
    if (transactionCount === 0) continue;
    const found = await everyPage((cursor) =>
      client.blockTransactions(height, { limit: pageMax, cursor }),
    );
    transactions.push(...found.filter(isFinal));
  }
  return { blocks, transactions };
}

/** All final blocks by height, from the genesis on. */
export function readBlocks(url: string): Promise<readonly BlockJson[]> {
  const client = clientOf(url);
  return everyPage((cursor) => client.blocks({ order: "asc", limit: pageMax, cursor }));
}

const isFinal = (one: { readonly status: string }): one is FinalTransactionJson =>
  one.status === "final";

/** All items of a list. */
export async function everyPage<Item>(
  ask: (cursor: string | undefined) => Answer<ListJson<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await ask(cursor);
    if (!page.ok) throw new Error(`no page: ${JSON.stringify(page.reason)}`);
    items.push(...page.value.items);
    if (page.value.next === null) return items;
    cursor = page.value.next;
  }
}

interface GenesisFile {
  readonly accounts: readonly { readonly address: string; readonly balance: string }[];
}

/** What the accounts of the genesis hold together now, and what they held: tests pay to no others. */
async function moneyOf(
  { dir }: LocalNet,
  url: string,
): Promise<{ readonly now: bigint; readonly atGenesis: bigint }> {
  const text = readFileSync(join(dir, "genesis.json"), "utf8");
  const { accounts } = JSON.parse(text) as GenesisFile;
  let now = 0n;
  for (const { address } of accounts) now += await balanceOf(url, address);
  return { now, atGenesis: accounts.reduce((sum, { balance }) => sum + BigInt(balance), 0n) };
}

export async function balanceOf(url: string, address: string): Promise<bigint> {
  const answer = await clientOf(url).account(address);
  if (!answer.ok) throw new Error(`${url} does not tell the balance of ${address}`);
  return BigInt(answer.value.balances[0]?.amount ?? 0);
}

export interface Payment {
  readonly payer: Payer;
  readonly payee: Payer;
  /** What both held before the first payment. */
  readonly before: { readonly payer: bigint; readonly payee: bigint };
}

export async function paymentBetween(url: string, payer: Payer, payee: Payer): Promise<Payment> {
  const before = {
    payer: await balanceOf(url, payer.address),
    payee: await balanceOf(url, payee.address),
  };
  return { payer, payee, before };
}

/**
 * After the client has stopped: every node gets to the same tip, and there each payment that it was told is final
 * is there once, nothing else of its account is, and all accounts together hold what the genesis gave.
 */
export async function requirePaidOnce(
  net: LocalNet,
  urls: readonly string[],
  { paid }: PayingClient,
  { payer, payee, before }: Payment,
): Promise<WholeLedger> {
  const [first = ""] = urls;
  await untilSameTip(urls);
  const ledger = await readLedger(first);
  const times = new Map<string, number>();
  for (const { id } of ledger.transactions) times.set(id, (times.get(id) ?? 0) + 1);
  expect(paid.filter((id) => times.get(id) !== 1)).toEqual([]);
  expect([...times.values()].filter((count) => count !== 1)).toEqual([]);
  expect(ledger.transactions.filter((one) => isOf(one, payer)).length).toBe(paid.length);
  const count = BigInt(paid.length);
  for (const url of urls) {
    expect(await balanceOf(url, payee.address)).toBe(before.payee + count * amountOfPayment);
    expect(await balanceOf(url, payer.address)).toBe(
      before.payer - count * (amountOfPayment + feeOfPayment),
    );
    const money = await moneyOf(net, url);
    expect(money.now).toBe(money.atGenesis);
  }
  return ledger;
}

const isOf = (one: ContentJson, { address }: Payer): boolean =>
  "sender" in one && one.sender === address;

/** The ids of blocks name all that came before: who has the same tip has the same chain. */
async function untilSameTip(urls: readonly string[]): Promise<void> {
  await until("all nodes have the same tip", 30_000, async () => {
    const answers = await Promise.all(urls.map((url) => clientOf(url).status()));
    const ids = new Set(answers.map((answer) => (answer.ok ? answer.value.tip.id : "none")));
    return ids.size === 1 && !ids.has("none");
  });
}
