/**
 * The whole way of a payment as a person sees it: sent with the wallet, there without asking, opened, and proven.
 * @module
 */
import { expect, test } from "vitest";
import { setStage } from "./support/stage.ts";

const stage = setStage();

/** Notes every state that any step of the proof has been in, in the order of time. */
const noteSteps = `
  globalThis.stepStates = [];
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver(() => {
      const steps = [...document.querySelectorAll(".steps > li")];
      const now = steps.map((step) => step.className).join(" ");
      if (now !== "" && now !== globalThis.stepStates.at(-1)) globalThis.stepStates.push(now);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
`;

test("a payment appears by itself, opens with one click, and is proven step by step", async () => {
  const reader = await stage.open("#/");
  await reader.settled();
  const rows = reader.card("Newest transactions").locator("tbody tr");
  expect(await rows.count()).toBe(0);
  const pagesLoaded = reader.requests.filter((request) => request.isNavigationRequest()).length;

  const id = await stage.ledger.pay("25");
  const link = rows.getByRole("link", { name: id });
  await link.waitFor();
  expect(reader.requests.filter((request) => request.isNavigationRequest())).toHaveLength(
    pagesLoaded,
  );
  await link.click();
  await reader.page.getByRole("heading", { level: 1, name: "Transfer 25 QRT" }).waitFor();
  await reader.seal.click();
  expect(await reader.seal.getAttribute("aria-expanded")).toBe("true");
  expect(await reader.verdict("proven")).toMatch(/^Proven final at #\d+, signed by [34] of 4/);

  const steps = reader.page.locator("ol.steps > li");
  expect(await steps.count()).toBeGreaterThanOrEqual(4);
  for (const state of await steps.evaluateAll((all) => all.map(({ className }) => className))) {
    expect(["good", "word"]).toContain(state);
  }
  expect(await steps.first().textContent()).toMatch(/holds/);
  const green = await steps.locator("xpath=self::*[@class='good']").count();
  expect(green).toBeGreaterThanOrEqual(4);
  expect(reader.complaints).toEqual([]);
});

test("before the first block nothing is asked to be proven", async () => {
  const reader = await stage.open("#/mempool");
  await reader.settled();
  await reader.page.route("**/v1/status", async (route) => {
    const response = await route.fetch();
    const status = (await response.json()) as { tip: object };
    await route.fulfill({ response, json: { ...status, tip: { ...status.tip, height: 0 } } });
  });
  await reader.go("#/");
  expect(await reader.seal.textContent()).toContain("only the genesis");
  const asked = reader.requests.map((request) => request.url());
  expect(asked.filter((url) => url.includes("/blocks/0/proof"))).toEqual([]);
});

test("the proof goes green one step after the other", async () => {
  const id = await stage.ledger.pay("3");
  const reader = await stage.open("#/", { script: noteSteps });
  await reader.settled();
  // The proof comes when the panel is open: so each step can be seen.
  let letPass = (): void => {};
  const isOpen = new Promise<void>((resolve) => {
    letPass = resolve;
  });
  await reader.page.route(/\/(proof|receipt)\?/, async (route) => {
    await isOpen;
    await route.continue();
  });
  await reader.page.evaluate((hash) => {
    location.hash = hash;
  }, `#/tx/${id}`);
  await reader.page.getByRole("heading", { level: 1, name: "Transfer 3 QRT" }).waitFor();
  await reader.seal.click();
  letPass();
  await reader.verdict("proven");
  const seen = await reader.page.evaluate(
    () => (globalThis as unknown as { stepStates: string[] }).stepStates,
  );
  const good = seen.map((states) => states.split(" ").filter((state) => state === "good").length);
  expect(good).toEqual(good.toSorted((a, b) => a - b));
  expect(new Set(good).size).toBeGreaterThanOrEqual(4);
});

test("the same payment is on the page of who got it, and counted in its balance", async () => {
  const bob = stage.ledger.address("bob");
  const before = BigInt((await stage.ledger.json(`/v1/accounts/${bob}`)).balances[0]?.amount ?? 0);
  const reader = await stage.open("#/");
  await reader.settled();
  const id = await stage.ledger.pay("7");
  await reader.go(`#/account/${bob}`);
  await reader.verdict("proven");
  const after = BigInt((await stage.ledger.json(`/v1/accounts/${bob}`)).balances[0]?.amount ?? 0);
  expect(after - before).toBe(7_000_000n);
  await expect(reader.main.textContent()).resolves.toContain(
    `${(after / 1_000_000n).toLocaleString("en")} QRT`,
  );
  await reader.main.getByRole("link", { name: id }).first().waitFor();
});
