/**
 * Finality at light load: one client, one transfer at a time, from the submission to the answer "final".
 * @module
 */
import { startBenchNetwork } from "./bench-network.ts";
import { fundedPayers, signTransfers, submitFinal, termsOf } from "./load.ts";
import { quantile, type Row } from "./rows.ts";

const nodes = 4;

export async function finality(options: { readonly payments: number }): Promise<readonly Row[]> {
  const network = await startBenchNetwork(nodes, 31_000);
  try {
    const terms = termsOf(network);
    const payers = await fundedPayers(network, terms, 8);
    const transfers = signTransfers(payers, options.payments, terms);
    const tookMs: number[] = [];
    for (const [i, transfer] of transfers.entries()) {
      const url = network.urls[i % network.urls.length] ?? "";
      tookMs.push(await submitFinal(url, transfer));
    }
    const row = (name: string, share: number, target: string): Row => ({
      name,
      value: Math.round(quantile(tookMs, share) * 10) / 10,
      unit: "ms",
      bound: null,
      ratio: null,
      target,
    });
    return [
      row("finality, light load, p50", 0.5, "≤ 20 ms"),
      row("finality, light load, p99", 0.99, "≤ 100 ms"),
    ];
  } finally {
    await network.stop();
  }
}
