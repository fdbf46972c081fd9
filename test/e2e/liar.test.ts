/**
 * A node whose answers were altered on their way: the page is red and says what is not true; nothing of a lie is believed.
 * @module
 */
import { afterEach, beforeEach, expect, test } from "vitest";
import { FaultyProxy, type NodeJson } from "../integration/wallet/faulty-proxy.ts";
import { setStage } from "./support/stage.ts";

const stage = setStage({ withLife: true });

let proxy: FaultyProxy;
beforeEach(async () => {
  proxy = await FaultyProxy.start(stage.ledger.url());
});
afterEach(async () => await proxy.stop());

/** From now on the answer of this path is another. */
function lie(path: string, alter: (json: NodeJson) => void): void {
  proxy.alter = (request, answer) => {
    if (request.path.split("?")[0] === path) alter(answer.json);
    return answer;
  };
}

interface Lie {
  readonly name: string;
  readonly page: () => string;
  readonly path: () => string;
  readonly alter: (json: NodeJson) => void;
  readonly said: RegExp;
}

const lies: readonly Lie[] = [
  {
    name: "another amount was paid",
    page: () => `#/tx/${stage.life.transaction}`,
    path: () => `/v1/transactions/${stage.life.transaction}`,
    alter: (json) =>
      Object.assign(json.operations[0] ?? {}, { amount: "99000000", display: "99 QRT" }),
    said: /Not true.*99/,
  },
  {
    name: "it was paid to somebody else",
    page: () => `#/tx/${stage.life.transaction}`,
    path: () => `/v1/transactions/${stage.life.transaction}`,
    alter: (json) => Object.assign(json.operations[0] ?? {}, { to: stage.life.alice }),
    said: /Not true/,
  },
  {
    name: "it has another memo",
    page: () => `#/tx/${stage.life.transaction}`,
    path: () => `/v1/transactions/${stage.life.transaction}`,
    alter: (json) => Object.assign(json.memo, { text: "Rent for June" }),
    said: /Not true/,
  },
  {
    name: "an account holds more",
    page: () => `#/account/${stage.life.bob}`,
    path: () => `/v1/accounts/${stage.life.bob}`,
    alter: (json) =>
      Object.assign(json.balances[0] ?? {}, { amount: "7", display: "0.000007 QRT" }),
    said: /Not true/,
  },
  {
    name: "a block has another state",
    page: () => `#/block/${stage.life.height}`,
    path: () => `/v1/blocks/${stage.life.height}`,
    alter: (json) => Object.assign(json, { stateRoot: "ab".repeat(32) }),
    said: /Not true/,
  },
  {
    name: "a block has another id",
    page: () => `#/block/${stage.life.height}`,
    path: () => `/v1/blocks/${stage.life.height}`,
    alter: (json) => Object.assign(json, { id: "cd".repeat(32) }),
    said: /Not true/,
  },
  {
    name: "an asset has more units",
    page: () => `#/asset/${stage.life.asset}`,
    path: () => `/v1/assets/${stage.life.asset}`,
    alter: (json) => Object.assign(json, { supply: "1", supplyDisplay: "0.01 GOLD" }),
    said: /Not true/,
  },
  {
    name: "a record holds another hash",
    page: () => stage.life.record,
    path: () => `/v1/records/${stage.life.alice}/deeds/plot%207`,
    alter: (json) => Object.assign(json, { contentHash: "ef".repeat(32) }),
    said: /Not true/,
  },
  {
    name: "a validator has another key",
    page: () => "#/validators",
    path: () => "/v1/validators",
    alter: (json) => Object.assign(json.items[1] ?? {}, { consensusKey: "12".repeat(32) }),
    said: /Not true/,
  },
  {
    name: "the tip is another block",
    page: () => "#/",
    path: () => "/v1/status",
    alter: (json) => Object.assign(json.tip, { id: "34".repeat(32) }),
    said: /Not true/,
  },
];

test.each(lies)("$name: the page is red and says why", async ({ page, path, alter, said }) => {
  lie(path(), alter);
  const reader = await stage.open(`${proxy.url}/${page()}`);
  expect(await reader.verdict("false")).toMatch(said);
  const colour = await reader.page
    .locator(".proof.false")
    .evaluate((proof) => getComputedStyle(proof).borderTopColor);
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number);
  expect(red).toBeGreaterThan(2 * Math.max(green, blue));
  await reader.seal.click();
  const bad = reader.page.locator("ol.steps > li.bad");
  expect(await bad.count()).toBe(1);
  expect(await bad.textContent()).toContain("does not hold");
  expect(await reader.page.getByRole("status").first().textContent()).toContain("Not true");
  expect(reader.complaints).toEqual([]);
});

test("the same page through an honest way is proven", async () => {
  const reader = await stage.open(`${proxy.url}/#/tx/${stage.life.transaction}`);
  expect(await reader.verdict("proven")).toMatch(/^Proven/);
});

test("a proof with one bit turned proves nothing, and the page says so", async () => {
  lie(`/v1/transactions/${stage.life.transaction}/receipt`, turnBit);
  const reader = await stage.open(`${proxy.url}/#/tx/${stage.life.transaction}`);
  await reader.page.locator(".proof.false, .proof.open").waitFor();
  expect(await reader.seal.textContent()).toMatch(/^Not (true|proven)/);
  expect(await reader.page.locator(".proof.proven").count()).toBe(0);
});

test("what a lying node calls itself and others stays text", async () => {
  const markup = `<img src=x onerror="document.title='owned'"><b id=owned>`;
  proxy.alter = (request, answer) => {
    for (const item of answer.json.items ?? []) {
      if ("name" in item) item.name = markup;
      if ("agent" in item) item.agent = markup;
      if ("endpoint" in item) item.endpoint = markup;
    }
    if (request.path.startsWith("/v1/genesis")) answer.json.networkName = markup;
    return answer;
  };
  const reader = await stage.open(`${proxy.url}/#/validators`);
  await reader.page.getByText(markup).first().waitFor();
  await reader.go("#/network");
  await reader.page.getByText(markup).first().waitFor();
  expect(await reader.page.locator("#owned, img").count()).toBe(0);
  expect(await reader.page.title()).not.toBe("owned");
});

/** Every string in it that is hexadecimal and long loses one bit in its middle. */
function turnBit(json: NodeJson): void {
  for (const [name, value] of Object.entries(json)) {
    if (typeof value !== "string" || !/^[0-9a-f]{200,}$/.test(value)) continue;
    const at = Math.floor(value.length / 2);
    const turned = (Number.parseInt(value.charAt(at), 16) ^ 1).toString(16);
    json[name] = value.slice(0, at) + turned + value.slice(at + 1);
  }
}
