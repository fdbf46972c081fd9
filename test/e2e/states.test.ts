/**
 * What a page says when there is nothing to say: unknown things, empty lists, a node that is gone and comes back; and
 * what it keeps: the colours that were chosen.
 * @module
 */
import { expect, test } from "vitest";
import { setStage } from "./support/stage.ts";

const stage = setStage();

test("the node is killed: the page says so, and goes on by itself when it is back", async () => {
  await stage.ledger.sign(
    "asset",
    "create",
    "GOLD",
    "--decimals",
    "2",
    "--name",
    "",
    "--from",
    "alice",
  );
  const reader = await stage.open("#/");
  await reader.verdict("proven");
  await stage.ledger.chaos("kill", "0");
  const notice = reader.page.locator("p.notice");
  await notice.waitFor();
  expect(await notice.getAttribute("role")).toBe("alert");
  expect(await notice.textContent()).toContain("This node does not answer.");

  await reader.page.getByRole("link", { name: "Assets" }).click();
  const away = reader.main.getByText("The node does not answer");
  await away.waitFor();
  await stage.ledger.chaos("restart", "0");
  await notice.waitFor({ state: "detached", timeout: 40_000 });
  await reader.page.getByRole("heading", { level: 1, name: "Assets" }).waitFor();
  await away.waitFor({ state: "detached" });
  await reader.card("All assets").getByText("GOLD").first().waitFor();
  expect(reader.requests.filter((request) => request.isNavigationRequest())).toHaveLength(1);
});

test("what nobody knows has a page that says so", async () => {
  const reader = await stage.open("#/block/99999999");
  await reader.page.getByRole("alert").waitFor();
  expect(await reader.page.getByRole("alert").textContent()).toMatch(/block/i);
  await reader.page.getByRole("button", { name: "Try again" }).waitFor();

  await reader.go(`#/tx/${"ab".repeat(32)}`);
  await reader.page.getByText("ab".repeat(32)).first().waitFor();
  expect(await reader.main.textContent()).toMatch(/unknown/i);

  await reader.go("#/account/quo1nothing");
  await reader.page.getByRole("alert").waitFor();
  expect(await reader.page.getByRole("alert").textContent()).toMatch(/address/i);

  await reader.go("#/account/quo1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq6p777z");
  expect(await reader.main.textContent()).not.toMatch(/undefined|NaN|null/);
  expect(await reader.page.getByRole("heading", { level: 1 }).count()).toBe(1);

  await reader.go("#/no/such/page");
  await reader.page.getByRole("heading", { level: 1, name: "There is no such page" }).waitFor();
  expect(await reader.page.title()).toContain("There is no such page");
  await reader.page.getByRole("link", { name: "Go to the newest blocks" }).click();
  await reader.page.getByRole("heading", { level: 1, name: "The ledger now" }).waitFor();
});

test("what has nothing to list says that in a sentence", async () => {
  const reader = await stage.open("#/mempool");
  await reader.page.getByText("Nothing waits: what comes is in the next block.").waitFor();
  await reader.go("#/block/0");
  await reader.page.getByText("This block has none.").waitFor();
  await reader.go(`#/records?hash=${"ab".repeat(32)}`);
  await reader.page.getByText("Nobody has recorded this content in this ledger.").waitFor();
  const box = reader.page.getByRole("combobox", { name: /^Block height/ });
  await box.fill("zzzzzz");
  await reader.page.getByText("Nothing of that name is final here.").waitFor();
});

test("the colours are the system's until others are chosen, and then are remembered", async () => {
  const paper = () => reader.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const reader = await stage.open("#/assets", { scheme: "dark" });
  await reader.settled();
  const dark = await paper();
  await reader.page.getByLabel("Colours").selectOption("light");
  const light = await paper();
  expect(light).not.toBe(dark);
  await reader.page.reload();
  await reader.settled();
  expect(await paper()).toBe(light);
  expect(await reader.page.getByLabel("Colours").inputValue()).toBe("light");
  await reader.page.getByLabel("Colours").selectOption("system");
  expect(await paper()).toBe(dark);
});
