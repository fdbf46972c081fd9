/**
 * A page asks its own node and nobody else, complains of nothing, keeps its own security policy, and sends nothing away
 * that it was not told to send.
 * @module
 */
import { expect, test } from "vitest";
import { setStage } from "./support/stage.ts";

const stage = setStage({ withLife: true });

test("on every page: no error, no warning, no request to anybody but the page's node", async () => {
  const { transaction, height, alice, asset, record, stampedHash } = stage.life;
  const reader = await stage.open("#/");
  await reader.settled();
  const pages = [
    `#/tx/${transaction}`,
    `#/block/${height}`,
    "#/block/0",
    `#/account/${alice}`,
    "#/assets",
    `#/asset/${asset}`,
    "#/records",
    `#/records?hash=${stampedHash}`,
    record,
    "#/validators",
    "#/network",
    "#/mempool",
    "#/trust",
    "#/nowhere",
    "#/",
  ];
  for (const page of pages) {
    await reader.go(page);
    if ((await reader.seal.count()) > 0) await reader.seal.click();
  }
  const origins = new Set(reader.requests.map((request) => new URL(request.url()).origin));
  expect([...origins]).toEqual([stage.ledger.url()]);
  expect(reader.requests.filter((request) => request.method() !== "GET")).toEqual([]);
  expect(reader.complaints).toEqual([]);
});

test("the page of the API asks nobody else and complains of nothing", async () => {
  const reader = await stage.open("/docs");
  await reader.page.locator("h1").first().waitFor();
  const origins = new Set(reader.requests.map((request) => new URL(request.url()).origin));
  expect([...origins]).toEqual([stage.ledger.url()]);
  expect(reader.complaints).toEqual([]);
});

test("the page that checks receipts opens from a disk, asks nobody, and proves a receipt", async () => {
  const file = await stage.keptFile("/verify.html");
  const reader = await stage.open(file);
  await reader.page.locator("h1").first().waitFor();
  const { transaction } = stage.life;
  const path = `/v1/transactions/${transaction}/receipt`;
  const receipt = JSON.stringify(await stage.ledger.json(path));
  const genesis = JSON.stringify((await stage.ledger.json("/v1/genesis")).genesis);
  const asFile = (name: string, text: string) => ({
    ...{ name, mimeType: "application/json", buffer: Buffer.from(text) },
  });
  await reader.page.locator("input[type=file]").nth(0).setInputFiles(asFile("r.json", receipt));
  await reader.page.locator("input[type=file]").nth(1).setInputFiles(asFile("g.json", genesis));
  await reader.page.getByText("The receipt holds: this happened.").waitFor();
  await reader.page.getByText(transaction).first().waitFor();
  expect(reader.requests.map((request) => request.url())).toEqual([file]);
  expect(reader.complaints).toEqual([]);
});

test("another node is asked when the reader wants that, and only then", async () => {
  const reader = await stage.open(`#/tx/${stage.life.transaction}`);
  await reader.verdict("proven");
  await reader.seal.click();
  const other = stage.ledger.url(1);
  expect(reader.requests.filter((request) => request.url().startsWith(other))).toEqual([]);
  await reader.page.getByRole("button", { name: "Ask node-1" }).click();
  await reader.page.getByRole("list", { name: "Nodes that were asked" }).waitFor();
  await reader.verdict("proven");
  const asked = reader.requests.filter((request) => request.url().startsWith(other));
  expect(asked.length).toBeGreaterThan(0);
  const origins = new Set(reader.requests.map((request) => new URL(request.url()).origin));
  expect([...origins].toSorted()).toEqual([stage.ledger.url(), other].toSorted());
  expect(reader.complaints).toEqual([]);
});
