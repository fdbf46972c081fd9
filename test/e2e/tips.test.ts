/**
 * The tips of several nodes side by side, each asked directly: only whom the reader named, and in red when two of them have
 * different blocks at one height.
 * @module
 */
import type { Locator } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FaultyProxy } from "../integration/wallet/faulty-proxy.ts";
import type { Reader } from "./support/browser.ts";
import { setStage } from "./support/stage.ts";

const stage = setStage({ withLife: true });

let proxy: FaultyProxy;
beforeEach(async () => {
  proxy = await FaultyProxy.start(stage.ledger.url(1));
});
afterEach(async () => await proxy.stop());

const cardOf = (reader: Reader): Locator => reader.card("Tips, side by side");
const rowOf = (reader: Reader, url: string): Locator =>
  cardOf(reader).locator("tbody tr", { hasText: url });

async function name(reader: Reader, url: string): Promise<void> {
  await cardOf(reader).getByLabel("Ask another node for its tip").fill(url);
  await cardOf(reader).getByRole("button", { name: "Ask it" }).click();
  await rowOf(reader, url).waitFor();
}

const tipOf = async (): Promise<{ readonly height: number; readonly id: string }> =>
  (await stage.ledger.json("/v1/status")).tip;

test("whom the reader names is asked, a dead one too; nobody else, and nobody before", async () => {
  const dead = await FaultyProxy.start(stage.ledger.url());
  const deadUrl = dead.url;
  await dead.stop();
  const reader = await stage.open("#/network");
  await cardOf(reader).waitFor();
  await reader.settled();
  const originsNow = (): readonly string[] => [
    ...new Set(reader.requests.map((request) => new URL(request.url()).origin)),
  ];
  expect(originsNow()).toEqual([stage.ledger.url()]);

  const other = stage.ledger.url(1);
  await name(reader, other);
  await rowOf(reader, other).getByText("same chain").waitFor();
  await rowOf(reader, stage.ledger.url()).getByText("same chain").waitFor();
  const { height, id } = await tipOf();
  expect(await rowOf(reader, other).locator(".id").textContent()).toBe(id);
  expect(await rowOf(reader, other).locator(".height").textContent()).toBe(`#${height}`);
  expect(await rowOf(reader, other).textContent()).toContain("at the tip");

  await name(reader, deadUrl);
  await rowOf(reader, deadUrl).getByText("no answer").waitFor();
  expect(await rowOf(reader, deadUrl).textContent()).toContain("it does not answer");
  await rowOf(reader, other).getByText("same chain").waitFor();
  expect(originsNow().toSorted()).toEqual([stage.ledger.url(), other, deadUrl].toSorted());

  // It goes on while it is looked at: what is paid now is seen at both, and nobody is asked in haste.
  await stage.ledger.pay("1");
  const after = await tipOf();
  expect(after.height).toBeGreaterThan(height);
  await rowOf(reader, other).getByText(`#${after.height}`).waitFor();
  await rowOf(reader, other).getByText("same chain").waitFor();
  const asked = reader.requests
    .filter((request) => request.url().startsWith(other))
    .map((request) => request.timing().startTime)
    .toSorted((a, b) => a - b)
    .slice(1); // When it is named it is asked once who it is.
  const gaps = asked.slice(1).map((ms, at) => ms - (asked[at] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(1_900);

  await rowOf(reader, deadUrl)
    .getByRole("button", { name: /^Ask no more/ })
    .click();
  await rowOf(reader, deadUrl).waitFor({ state: "detached" });
});

test("another block at the same height goes red, with both ids, and stays so", async () => {
  const { id, height } = await tipOf();
  const forged = "34".repeat(32);
  proxy.alter = (request, answer) => {
    if (request.path === "/v1/status") answer.json.tip.id = forged;
    return answer;
  };
  const reader = await stage.open("#/network");
  await name(reader, stage.ledger.url(2));
  await rowOf(reader, stage.ledger.url(2)).getByText("same chain").waitFor();
  await name(reader, proxy.url);
  const alert = cardOf(reader).locator(".contradiction");
  await alert.waitFor();
  const said = ((await alert.textContent()) ?? "").replaceAll(/\s+/g, " ");
  await alert.getByText(stage.ledger.url(2)).waitFor();
  for (const part of [forged, id, proxy.url, stage.ledger.url(), `At height ${height}: `]) {
    expect(said).toContain(part);
  }
  const colour = await alert.evaluate((text) => getComputedStyle(text).color);
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  expect(red).toBeGreaterThan(2 * Math.max(green, blue));
  await rowOf(reader, proxy.url).getByText("contradicts").waitFor();
  await rowOf(reader, stage.ledger.url()).getByText("contradicts").waitFor();

  const before = reader.requests.length;
  proxy.alter = undefined;
  await expect.poll(() => reader.requests.length, { timeout: 20_000 }).toBeGreaterThan(before + 4);
  expect(await alert.count()).toBe(1);
  expect(await rowOf(reader, proxy.url).textContent()).toContain("contradicts");
});

test("a lower tip is compared with the block at its height: true or forged", async () => {
  const { height } = await tipOf();
  const { id, timestampMs } = await stage.ledger.json(`/v1/blocks/${height - 1}`);
  let claimed: string = id;
  proxy.alter = (request, answer) => {
    if (request.path === "/v1/status") {
      Object.assign(answer.json.tip, { height: height - 1, id: claimed, timestampMs });
    }
    return answer;
  };
  const reader = await stage.open("#/network");
  await name(reader, proxy.url);
  await rowOf(reader, proxy.url).getByText("same chain").waitFor();
  expect(await rowOf(reader, proxy.url).textContent()).toMatch(/1 block, /);
  expect(await cardOf(reader).locator(".contradiction").count()).toBe(0);
  claimed = "56".repeat(32);
  await cardOf(reader).locator(".contradiction").waitFor();
  expect(await cardOf(reader).locator(".contradiction").textContent()).toContain(claimed);
});

test("a node of another network is said to be one, and contradicts nobody", async () => {
  proxy.alter = (request, answer) => {
    if (request.path === "/v1/status") {
      answer.json.chainId = "78".repeat(32);
      answer.json.tip.id = "9a".repeat(32);
    }
    return answer;
  };
  const reader = await stage.open("#/network");
  await name(reader, proxy.url);
  await rowOf(reader, proxy.url).getByText("another network").waitFor();
  expect(await cardOf(reader).locator(".contradiction").count()).toBe(0);
});

test("two names of one node are said to be one", async () => {
  const reader = await stage.open("#/network");
  await name(reader, stage.ledger.url(1));
  await rowOf(reader, stage.ledger.url(1)).getByText("same chain").waitFor();
  await name(reader, proxy.url);
  await rowOf(reader, proxy.url)
    .getByText(/the same node as/)
    .waitFor();
});
