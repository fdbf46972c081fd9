/**
 * The load of a benchmark: its terms, its funded payers, and signed transfers sent in batches.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadNativeCrypto } from "../node/adapters/native-crypto.ts";
import { encodeBatch } from "../src/api/batch.ts";
import { chainIdOf, parseGenesis } from "../src/protocol/genesis.ts";
import type { NamedTransaction } from "../src/protocol/transaction.ts";
import { newPayers, type Payer, pay, type Terms, transferTo, treasuryOf } from "./accounts.ts";
import type { BenchNetwork } from "./bench-network.ts";

const transfersPerFunding = 60;
const stake = 1_000_000n;

export function termsOf(network: BenchNetwork): Terms {
  const genesis = parseGenesis(readFileSync(join(network.dir, "genesis.json"), "utf8"));
  if (!genesis.ok) throw new Error(genesis.reason);
  const { hasher } = loadNativeCrypto();
  return { chainId: chainIdOf(hasher, genesis.value), parameters: genesis.value.parameters };
}

/** Accounts that hold enough for the run; resolves when their funding is final. */
export async function fundedPayers(
  network: BenchNetwork,
  terms: Terms,
  count: number,
): Promise<readonly Payer[]> {
  const treasury = treasuryOf(network.dir);
  const payers = newPayers(count);
  const url = network.urls[0] ?? "";
  for (let start = 0; start < count; start += transfersPerFunding) {
    const part = payers.slice(start, start + transfersPerFunding);
    const funding = pay(
      treasury,
      part.map(({ account }) => transferTo(account, stake)),
      terms,
    );
    await submitFinal(url, funding);
  }
  return payers;
}

/** Submits one and waits until it is final; milliseconds that it took. */
export async function submitFinal(url: string, transaction: SignedBytes): Promise<number> {
  const startMs = performance.now();
  const response = await fetch(`${url}/v1/transactions?wait=final&timeoutMs=30000`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: transaction.bytes as Uint8Array<ArrayBuffer>,
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`not final: ${response.status} ${text}`);
  return performance.now() - startMs;
}

interface Outcome {
  readonly status: string;
  readonly code: string | null;
}

const taken: ReadonlySet<string> = new Set(["pending", "final"]);

/** How often nodes refused something, by code. */
export const refusals: Map<string, number> = new Map();

/** What a load sends: the decoded form of so many would not fit. */
export type SignedBytes = Pick<NamedTransaction, "bytes">;

/** Submits a batch; returns what the node did not take, to be sent again. */
export async function submitBatch(
  url: string,
  batch: readonly SignedBytes[],
): Promise<readonly SignedBytes[]> {
  const body = encodeBatch(batch.map(({ bytes }) => bytes));
  const response = await fetch(`${url}/v1/transactions/batch`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: body as Uint8Array<ArrayBuffer>,
  });
  if (!response.ok) throw new Error(`batch refused: ${response.status} ${await response.text()}`);
  const { items } = (await response.json()) as { items: readonly Outcome[] };
  const left = batch.filter((_, i) => !taken.has(items[i]?.status ?? ""));
  for (const { status, code } of items) {
    if (!taken.has(status)) refusals.set(code ?? status, (refusals.get(code ?? status) ?? 0) + 1);
  }
  return left;
}

/** One transfer of each payer to the next, in turn: `count` of them. */
export function signTransfers(
  payers: readonly Payer[],
  count: number,
  terms: Terms,
): readonly SignedBytes[] {
  return Array.from({ length: count }, (_, i) => {
    const payer = payers[i % payers.length];
    const next = payers[(i + 1) % payers.length];
    if (payer === undefined || next === undefined) throw new RangeError("there are payers");
    const { bytes } = pay(payer, [transferTo(next.account, 1n)], terms);
    return { bytes };
  });
}
