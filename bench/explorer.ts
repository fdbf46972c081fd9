/**
 * The explorer in a real browser: how long until a person sees the ledger, and until what they see is proven.
 * @module
 */
import type { Browser } from "playwright-core";
import { startBenchNetwork } from "./bench-network.ts";
import { launchBrowser } from "./browser.ts";
import { quantile, type Row } from "./rows.ts";

const nodes = 4;
const visits = 15;

interface Visit {
  /** From the navigation to the figures and the newest blocks. */
  readonly viewMs: number;
  /** From the navigation to the closed seal. */
  readonly provenMs: number;
}

/** Each visit is a browser profile of its own: nothing is in a cache. */
export async function explorer(): Promise<readonly Row[]> {
  const network = await startBenchNetwork(nodes, 32_000);
  const browser = await launchBrowser();
  try {
    const [url = ""] = network.urls;
    await visit(browser, url); // The first one warms the browser and the node.
    const seen: Visit[] = [];
    for (let i = 0; i < visits; i++) seen.push(await visit(browser, url));
    const row = (name: string, values: readonly number[], share: number): Row => ({
      name,
      value: Math.round(quantile(values, share)),
      unit: "ms",
      bound: null,
      ratio: null,
      target: "≤ 1000 ms",
    });
    const viewsMs = seen.map(({ viewMs }) => viewMs);
    const provensMs = seen.map(({ provenMs }) => provenMs);
    return [
      row("explorer, first view, p50", viewsMs, 0.5),
      row("explorer, first view, p99", viewsMs, 0.99),
      row("explorer, verified, p50", provensMs, 0.5),
      row("explorer, verified, p99", provensMs, 0.99),
    ];
  } finally {
    await browser.close();
    await network.stop();
  }
}

async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const startMs = performance.now();
  const sinceStart = (): number => performance.now() - startMs;
  await page.goto(url, { waitUntil: "commit" });
  await page.locator("dl.figures").waitFor();
  await page.getByRole("region", { name: "Newest blocks" }).first().waitFor();
  const viewMs = sinceStart();
  await page.locator(".proof.proven").waitFor();
  const provenMs = sinceStart();
  await context.close();
  return { viewMs, provenMs };
}
