/**
 * Harm by button: on a network of one machine a reader kills, restarts and cuts apart nodes, and reads the verdict; also
 * when it is the page's own node that is gone.
 * @module
 */
import type { Locator } from "playwright-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FaultyProxy, type NodeJson } from "../integration/wallet/faulty-proxy.ts";
import type { Reader } from "./support/browser.ts";
import { setStage } from "./support/stage.ts";

const stage = setStage();

const rowOf = (reader: Reader, name: string): Locator =>
  reader.card("All nodes, side by side").locator("tbody tr", { hasText: name });
/** The state that the row of a node comes to. */
const comesTo = (reader: Reader, name: string, state: string): Promise<void> =>
  rowOf(reader, name).getByText(state, { exact: true }).waitFor({ timeout: 40_000 });
const press = (reader: Reader, name: string): Promise<void> =>
  reader.page.getByRole("button", { name, exact: true }).click();
/** What was made of the newest action of that kind. */
async function verdictOf(reader: Reader, action: string): Promise<string> {
  const verdict = reader.page.locator("ul.verdicts > li", { hasText: action }).first();
  await verdict.waitFor({ timeout: 60_000 });
  return ((await verdict.textContent()) ?? "").replaceAll(/\s+/g, " ");
}

test("a node is killed and restarted: its state, the verdict, and after how long it was back", async () => {
  const reader = await stage.open("#/network");
  await comesTo(reader, "node-2", "running");
  await press(reader, "kill node-2");
  await comesTo(reader, "node-2", "down");
  const killed = await verdictOf(reader, "kill node-2");
  expect(killed).toContain("safe");
  expect(killed).toContain("live");
  await stage.ledger.pay("1");
  await press(reader, "restart node-2");
  await comesTo(reader, "node-2", "running");
  const restarted = await verdictOf(reader, "restart node-2");
  expect(restarted).toMatch(/safe live .*recovered/i);
  expect(await reader.page.locator("ul.verdicts").getAttribute("aria-live")).toBe("polite");
  expect(reader.complaints).toEqual([]);
});

test("a network in halves waits, and is live again when it is healed", async () => {
  const reader = await stage.open("#/network");
  await comesTo(reader, "node-2", "running");
  await reader.page.getByRole("button", { name: /^Cut into halves/ }).click();
  await reader.page.getByText("Cut apart").waitFor();
  await press(reader, "Heal");
  await reader.page.getByText("Cut apart").waitFor({ state: "detached", timeout: 40_000 });
  const healed = await verdictOf(reader, "heal");
  expect(healed).toMatch(/safe live/);
  await stage.ledger.pay("1");
  expect(reader.complaints).toEqual([]);
});

test("the page's own node is gone: another one takes the next button", async () => {
  const reader = await stage.open("#/network");
  await comesTo(reader, "node-0", "running");
  await press(reader, "kill node-0");
  await comesTo(reader, "node-0", "down");
  await reader.page.locator("p.notice").waitFor();
  await press(reader, "restart node-0");
  await comesTo(reader, "node-0", "running");
  await reader.page.locator("p.notice").waitFor({ state: "detached", timeout: 40_000 });
  expect(await verdictOf(reader, "restart node-0")).toMatch(/safe live/);
});

describe("through a node that lies about the others", () => {
  let proxy: FaultyProxy;
  beforeEach(async () => {
    proxy = await FaultyProxy.start(stage.ledger.url(1));
    await stage.ledger.chaos("heal"); // So that there is a verdict to be altered.
  });
  afterEach(async () => await proxy.stop());

  /** From now on the network is said to be otherwise. */
  function lie(alter: (network: NodeJson) => void): void {
    proxy.alter = (request, answer) => {
      if (request.path === "/v1/local/nodes") alter(answer.json);
      return answer;
    };
  }

  test("names, reasons and verdicts stay text, and no link of it is a script", async () => {
    const evil = `<b id=owned>node</b>\u202Egpj.exe`;
    lie((network) => {
      Object.assign(network.nodes[2], { name: evil, reason: evil, http: "javascript:alert(1)" });
      const { action } = network.verdicts[0];
      Object.assign(network.verdicts[0], { words: evil, action: { ...action, command: evil } });
    });
    const reader = await stage.open(`${proxy.url}/#/network`);
    await reader.card("All nodes, side by side").getByText("<b id=owned>").first().waitFor();
    expect(await reader.page.locator("#owned").count()).toBe(0);
    expect(await reader.page.locator("a[href^=javascript]").count()).toBe(0);
    expect(await reader.main.textContent()).not.toContain("\u202E");
    expect(reader.complaints).toEqual([]);
  });

  test("what was not compared is not called safe, nor a tip that others do not have", async () => {
    lie((network) => {
      network.nodes[1].agrees = null;
      network.nodes[2].agrees = false;
      network.verdicts[0].safe = null;
    });
    const reader = await stage.open(`${proxy.url}/#/network`);
    await rowOf(reader, "node-2").getByText("another block").waitFor();
    await rowOf(reader, "node-1").getByText("not compared").waitFor();
    await rowOf(reader, "node-0").getByText("yes", { exact: true }).waitFor();
    const verdict = reader.page.locator("ul.verdicts > li").first();
    expect(await verdict.locator(".badge").first().textContent()).toBe("not compared");
  });
});
