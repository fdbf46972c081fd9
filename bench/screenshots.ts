/**
 * `npm run screenshots`: starts a network, lets a little happen on it, and takes the pictures that the documents show.
 * @module
 */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { type BenchNetwork, startBenchNetwork } from "./bench-network.ts";
import { launchBrowser } from "./browser.ts";

const run = promisify(execFile);
const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const target = pathOf("docs/screenshots");

const looks = {
  light: { colorScheme: "light", viewport: { width: 1200, height: 860 } },
  dark: { colorScheme: "dark", viewport: { width: 1200, height: 860 } },
  phone: { colorScheme: "light", viewport: { width: 390, height: 780 } },
} as const;

interface Picture {
  readonly name: string;
  readonly hash: string;
  /** What is to be seen before it is taken. */
  readonly ready: string;
  readonly isOpen: boolean;
}

const network = await startBenchNetwork(4, 33_000);
const browser = await launchBrowser();
try {
  const { transaction, account } = await live(network);
  const [url = ""] = network.urls;
  const pictures: readonly Picture[] = [
    { name: "home", hash: "#/", ready: ".proof.proven", isOpen: false },
    { name: "transaction", hash: `#/tx/${transaction}`, ready: ".proof.proven", isOpen: true },
    { name: "account", hash: `#/account/${account}`, ready: ".proof.proven", isOpen: false },
    { name: "network", hash: "#/network", ready: ".verdicts", isOpen: false },
  ];
  mkdirSync(target, { recursive: true });
  for (const picture of pictures) await takeAll(browser, url, picture);
} finally {
  await browser.close();
  await network.stop();
}

async function takeAll(in_: Browser, url: string, picture: Picture): Promise<void> {
  const { name, hash, ready, isOpen } = picture;
  for (const [look, sight] of Object.entries(looks)) {
    const context = await in_.newContext({ ...sight, reducedMotion: "reduce", locale: "en-GB" });
    const page = await context.newPage();
    await page.goto(`${url}/${hash}`);
    await page.locator(ready).first().waitFor();
    if (isOpen) await page.locator(".seal").click();
    await quiet(page);
    const path = join(target, `${name}-${look}.png`);
    writeFileSync(path, await page.screenshot());
    process.stderr.write(`${path}\n`);
    await context.close();
  }
}

/** Nothing is loading, and no list has just changed. */
async function quiet(page: Page): Promise<void> {
  await page.locator("main .loading").waitFor({ state: "detached" });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** Payments, an asset, a record, a vote, and a node that was killed and is back. */
async function live({ dir }: BenchNetwork): Promise<{ transaction: string; account: string }> {
  const file = join(dir, "network.json");
  const common = ["--network", file, "--home", join(dir, "wallet"), "--yes", "--json"];
  const wallet = async (...words: readonly string[]) => {
    const args = [pathOf("bin/quorate-wallet.js"), ...words, "--from", "alice", ...common];
    const { stdout } = await run(process.execPath, args);
    const { data } = JSON.parse(stdout) as { readonly data: { id: string; from: string } };
    return data;
  };
  const quorate = async (...words: readonly string[]) => {
    await run(process.execPath, [pathOf("bin/quorate.js"), ...words, "--json"]);
  };
  await wallet("asset", "create", "GOLD", "--decimals", "2", "--name", "Vault gold");
  await wallet("asset", "mint", "1000", "GOLD", "alice");
  await wallet("record", "put", "deeds", "plot 7", "--text", "sold to bob");
  await wallet("send", "1200", "carol", "--memo", "Invoice 2041");
  await wallet("send", "75.5", "bob", "--memo", "Lunch for nine");
  await quorate(
    "membership",
    "parameter",
    "baseFee",
    "200",
    "--as",
    "0",
    "--yes",
    "--network",
    file,
  );
  await quorate("network", "kill", "2", "--dir", dir);
  const { id, from } = await wallet("send", "250", "bob", "--memo", "Rent for May");
  await quorate("network", "restart", "2", "--dir", dir);
  return { transaction: id, account: from };
}
