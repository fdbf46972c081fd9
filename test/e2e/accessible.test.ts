/**
 * Every page passes axe without a violation, light and dark, wide and on a phone, where no page is wider than the screen.
 * @module
 */
import axe from "axe-core";
import { describe, expect, test } from "vitest";
import type { Reader, Sight } from "./support/browser.ts";
import { setStage } from "./support/stage.ts";

const stage = setStage({ withLife: true });

const pages: Readonly<Record<string, () => string>> = {
  ledger: () => "#/",
  block: () => `#/block/${stage.life.height}`,
  "genesis block": () => "#/block/0",
  transaction: () => `#/tx/${stage.life.transaction}`,
  "transaction that nobody knows": () => `#/tx/${"ab".repeat(32)}`,
  account: () => `#/account/${stage.life.alice}`,
  "account without a past": () =>
    "#/account/quo1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq6p777z",
  assets: () => "#/assets",
  asset: () => `#/asset/${stage.life.asset}`,
  records: () => "#/records",
  "records of a file": () => `#/records?hash=${stage.life.stampedHash}`,
  "records of an unknown file": () => `#/records?hash=${"00".repeat(32)}`,
  record: () => stage.life.record,
  validators: () => "#/validators",
  "network with chaos": () => "#/network",
  waiting: () => "#/mempool",
  trust: () => "#/trust",
  "no such page": () => "#/nowhere",
  "a block to come": () => "#/block/99999999",
};

/** Pages of their own, beside the explorer; what checks receipts is kept, and opened from a disk. */
const others: Readonly<Record<string, () => Promise<string>>> = {
  "the page of the API": async () => "/docs",
  "the page that checks receipts": async () => await stage.keptFile("/verify.html"),
};

const sights: Readonly<Record<string, Sight>> = {
  light: { scheme: "light" },
  dark: { scheme: "dark" },
  "a phone": { scheme: "light", width: 360, height: 740 },
  "a phone, dark": { scheme: "dark", width: 360, height: 740 },
};

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

async function violations(reader: Reader): Promise<readonly string[]> {
  const found = await reader.page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      readonly axe: { run(): Promise<{ readonly violations: readonly Violation[] }> };
    };
    return (await checker.run()).violations;
  });
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html}: ${failureSummary}`),
  );
}

/** Opens the proof, the figures of charts, and waits for what can be done to the nodes. */
async function unfold(reader: Reader): Promise<void> {
  const closed = reader.main.locator("button[aria-expanded=false]");
  while ((await closed.count()) > 0) await closed.first().click();
  if (reader.page.url().endsWith("#/network")) {
    await reader.page.getByRole("button", { name: "kill node-0" }).waitFor();
  }
}

/** CSS pixels by which the page is wider than the window. */
const overhang = (reader: Reader): Promise<number> =>
  reader.page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });

describe.each(Object.entries(sights))("%s", (_name, sight) => {
  test("no page of the explorer has a violation, nor is one wider than the window", async () => {
    const reader = await stage.open("#/", { ...sight, script: axe.source });
    await reader.settled();
    const flaws: string[] = [];
    for (const [name, hash] of Object.entries(pages)) {
      await reader.go(hash());
      await unfold(reader);
      flaws.push(...(await violations(reader)).map((flaw) => `${name}: ${flaw}`));
      const wider = await overhang(reader);
      if (wider > 0) flaws.push(`${name}: ${wider} px wider than the window`);
    }
    expect(flaws).toEqual([]);
  });

  test.each(Object.entries(others))("%s: the same", async (_page, address) => {
    const reader = await stage.open(await address(), { ...sight, script: axe.source });
    await reader.page.locator("h1").first().waitFor();
    expect(await violations(reader)).toEqual([]);
    expect(await overhang(reader)).toBe(0);
  });

  test("a page that is red, and the way out of it: the same", async () => {
    const reader = await stage.open("#/trust", { ...sight, script: axe.source });
    await reader.settled();
    await reader.page.evaluate((other) => {
      localStorage.setItem("quorate-network", JSON.stringify({ chainId: other, sinceMs: 1 }));
      localStorage.setItem("quorate-checkpoint", `1:${other}`);
    }, "12".repeat(32));
    await reader.go(`#/account/${stage.life.bob}`);
    await reader.verdict("false");
    await unfold(reader);
    await reader.page.getByRole("button", { name: "Forget this network" }).waitFor();
    expect(await violations(reader)).toEqual([]);
    expect(await overhang(reader)).toBe(0);
  });

  test("without the node there is no violation either", async () => {
    const reader = await stage.open("#/", { ...sight, script: axe.source });
    await reader.settled();
    await reader.page.route("**/v1/**", (route) => route.abort());
    for (const hash of ["#/validators", "#/assets"]) {
      await reader.go(hash);
      await reader.main.getByText("The node does not answer").first().waitFor();
      expect(await violations(reader)).toEqual([]);
      expect(await overhang(reader)).toBe(0);
    }
  });
});
