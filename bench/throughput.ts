/**
 * Throughput: final transfers a second of four validators on this machine, against what its cores can verify at all.
 *
 * A closed loop: so many under way, each that is final on all nodes makes room for another. Signing happens before.
 * @module
 */

import { startBenchNetwork } from "./bench-network.ts";
import { FinalEverywhere, watchBlocks } from "./block-watch.ts";
import { fundedPayers, refusals, signTransfers, submitBatch, termsOf } from "./load.ts";
import type { Row } from "./rows.ts";
import { measureVerifyBound } from "./verify-bound.ts";

const nodes = 4;
const accounts = 1_000;
const underWayMax = 12_000;
const batchSize = 256;
const warmUpMs = 5_000;

export async function throughput(options: { readonly seconds: number }): Promise<readonly Row[]> {
  const checksPerSecond = await measureVerifyBound();
  const bound = checksPerSecond / nodes;
  const network = await startBenchNetwork(nodes, 31_000);
  const stopped = new AbortController();
  try {
    const terms = termsOf(network);
    const payers = await fundedPayers(network, terms, accounts);
    const expected = Math.ceil(bound * 0.7 * (options.seconds + 2 * (warmUpMs / 1_000)));
    const transfers = signTransfers(payers, expected, terms);
    let underWay = 0;
    const final = new FinalEverywhere(nodes, (count) => {
      underWay -= count;
    });
    const watches = network.urls.map((url) =>
      watchBlocks(url, stopped.signal, (event) => final.report(event)),
    );
    let next = 0;
    const send = async (url: string): Promise<void> => {
      while (!stopped.signal.aborted && next < transfers.length) {
        if (underWay > underWayMax) {
          await new Promise((resolve) => setTimeout(resolve, 2));
          continue;
        }
        const batch = transfers.slice(next, next + batchSize);
        next += batch.length;
        underWay += batch.length;
        // A gap in an account's nonces would hold up all that comes after it.
        let left = await submitBatch(url, batch);
        while (left.length > 0 && !stopped.signal.aborted) {
          await sleep(20);
          left = await submitBatch(url, left);
        }
      }
    };
    const senders = network.urls.map((url) => send(url));
    await sleep(warmUpMs);
    if (next >= transfers.length) throw new Error("too few transfers were signed before the start");
    const startCount = final.count;
    const startMs = performance.now();
    await sleep(options.seconds * 1_000);
    const seconds = (performance.now() - startMs) / 1_000;
    const value = (final.count - startCount) / seconds;
    stopped.abort();
    await Promise.all([...senders, ...watches]);
    for (const [code, count] of refusals) process.stderr.write(`refused ${count} times: ${code}\n`);
    return [
      {
        name: "throughput",
        value: Math.round(value),
        unit: "tx/s",
        bound: Math.round(bound),
        ratio: value / bound,
        target: "≥ 0.4 of the bound",
      },
    ];
  } finally {
    stopped.abort();
    await network.stop();
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
