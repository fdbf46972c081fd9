/**
 * Long lists: whether the last page of 100,000 transactions costs what the first does, how fast they leave the node as
 * CSV, and what of it stays in its memory.
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeLongLedger } from "../test/fixtures/long-ledger.ts";
import { pageItems, turnPages } from "../test/fixtures/page-walk.ts";
import { type HeldMemory, MeasuredNode } from "./measured-node.ts";
import { quantile, type Row } from "./rows.ts";

const main = fileURLToPath(new URL("../node/main.js", import.meta.url));
const blocks = 500;
const transactionsPerBlock = 200;
const exports = 3;
/** Pages whose median is told, at each place of a list. */
const pagesAtPlace = 50;
const mebibyte = 1024 * 1024;

export async function lists(): Promise<readonly Row[]> {
  const dir = mkdtempSync(join(tmpdir(), "quorate-bench-"));
  const home = join(dir, "home");
  let node: MeasuredNode | undefined;
  try {
    const { address, transactions } = await makeLongLedger(home, { blocks, transactionsPerBlock });
    node = await MeasuredNode.start(main, home);
    const list = `${node.url}/v1/accounts/${address}/transactions`;
    await turnedOver(list); // It warms up, and fills its caches.
    const before = await node.memory();
    const ofAccount = await turnedOver(list);
    const ofAll = await turnedOver(`${node.url}/v1/transactions`);
    const startMs = performance.now();
    for (let round = 0; round < exports; round += 1) await drain(`${list}.csv`);
    const seconds = (performance.now() - startMs) / 1_000;
    const after = await node.memory();
    const rowsRead = (2 + exports) * transactions;
    return [
      ...pageRows(`account's list, ${pageItems} a page`, ofAccount),
      ...pageRows(`all transactions, ${pageItems} a page`, ofAll),
      row("CSV", Math.round((exports * transactions) / seconds), "rows/s"),
      row("memory held", mebibytes(held(before)), "MiB"),
      compared(`memory held, ${rowsRead} rows later`, mebibytes(held(after)), {
        ...{ bound: mebibytes(held(before)), unit: "MiB", target: "the same" },
      }),
      row("resident", mebibytes(before.resident), "MiB"),
      row(`resident, ${rowsRead} rows later`, mebibytes(after.resident), "MiB"),
    ];
  } finally {
    await node?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Milliseconds of each page, from the first to the last. */
async function turnedOver(list: string): Promise<readonly number[]> {
  const timesMs: number[] = [];
  for await (const { tookMs } of turnPages(list)) timesMs.push(tookMs);
  return timesMs;
}

/** At the beginning of a list, in its middle, and at its end. */
function pageRows(name: string, timesMs: readonly number[]): readonly Row[] {
  const medianFrom = (start: number): number => {
    const median = quantile(timesMs.slice(start, start + pagesAtPlace), 0.5);
    return Math.round(10 * median) / 10;
  };
  const end = timesMs.length - pagesAtPlace;
  const first = medianFrom(0);
  const later = { bound: first, unit: "ms", target: "as the first" };
  return [
    row(`${name}, first`, first, "ms"),
    compared(`${name}, middle`, medianFrom(Math.floor(end / 2)), later),
    compared(`${name}, last`, medianFrom(end), later),
  ];
}

const row = (name: string, value: number, unit: string): Row => ({
  ...{ name, value, unit },
  bound: null,
  ratio: null,
  target: "",
});

const compared = (
  name: string,
  value: number,
  other: { readonly bound: number; readonly unit: string; readonly target: string },
): Row => ({ name, value, ratio: value / other.bound, ...other });

const mebibytes = (bytes: number): number => Math.round((10 * bytes) / mebibyte) / 10;
const held = ({ heap, outside }: HeldMemory): number => heap + outside;

async function drain(url: string): Promise<void> {
  const { status, body } = await fetch(url);
  if (status !== 200 || body === null) throw new Error(`${url}: ${status}`);
  await body.pipeTo(new WritableStream());
}
