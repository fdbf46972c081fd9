/**
 * Green is what is on the screen now, and only that: figures that change under a seal, a prover that is held up, lists
 * that are not the ones which are checked, and a network that is another one.
 * @module
 */
import { expect, test } from "vitest";
import type { NodeJson } from "../integration/wallet/faulty-proxy.ts";
import type { Reader } from "./support/browser.ts";
import { setStage } from "./support/stage.ts";

const stage = setStage({ withLife: true });

type Alter = (json: NodeJson, time: number) => object;

/** Alters the answers of a path; `time`: 1 for the first one. */
async function lie(reader: Reader, path: string, alter: Alter): Promise<void> {
  let time = 0;
  await reader.page.route(
    (url) => url.pathname === path,
    async (route) => {
      const response = await route.fetch();
      const json = await response.json();
      time += 1;
      await route.fulfill({ response, json: alter(json, time) });
    },
  );
}

/** A lie about nothing would show nothing. */
function there(json: NodeJson | undefined): NodeJson {
  if (json === undefined) throw new Error("the node has no such row");
  return json;
}

/** Proofs are asked for and never come. */
async function holdProofs(reader: Reader): Promise<void> {
  await reader.page.route(/\/(proof|receipt)(\?|$)|\/proofs\//, () => {});
}

test("an open account goes on by itself: the new balance, the new row, and green again", async () => {
  const { bob } = stage.life;
  const reader = await stage.open(`#/account/${bob}`);
  await reader.verdict("proven");
  const heading = reader.page.getByRole("heading", { level: 1 });
  const rows = reader.card(/^Transactions/).locator("tbody tr");
  await rows.first().waitFor();
  const before = await heading.textContent();
  const id = await stage.ledger.pay("7");
  const { balances } = await stage.ledger.json(`/v1/accounts/${bob}`);
  await reader.page.waitForFunction(
    (text) => document.querySelector("h1")?.textContent !== text,
    before,
  );
  const figure = String(balances[0]?.display).split(/[. ]/)[0];
  expect((await heading.textContent())?.replaceAll(/[,\s]/g, "")).toContain(figure);
  await rows.first().getByRole("link", { name: id }).waitFor();
  await reader.verdict("proven");
  expect(reader.complaints).toEqual([]);
});

test("an account's list that is pointed at holds still, and counts what is new", async () => {
  const reader = await stage.open(`#/account/${stage.life.bob}`);
  const list = reader.card(/^Transactions/);
  const rows = list.locator("tbody tr");
  await rows.first().hover();
  const shown = await rows.evaluateAll((all) => all.map((row) => row.textContent));
  const id = await stage.ledger.pay("3");
  await list.getByRole("button", { name: "1 new transaction" }).waitFor();
  expect(await rows.evaluateAll((all) => all.map((row) => row.textContent))).toEqual(shown);
  await reader.page.mouse.move(1, 1);
  await rows.first().getByRole("link", { name: id }).waitFor();
});

test("holdings of an answer that was replaced do not stay under the seal of the next one", async () => {
  const { bob } = stage.life;
  const reader = await stage.open("#/trust");
  // Of a block ago, so that it could have changed since; every later answer is true.
  await lie(reader, `/v1/accounts/${bob}`, (json, time) => {
    if (time > 1) return json;
    Object.assign(there(json.balances[1]), { amount: "99999999", display: "999,999.99 GOLD" });
    json.tip.height -= 1;
    return json;
  });
  await reader.go(`#/account/${bob}`);
  await reader.verdict("proven");
  expect(await reader.card("Other assets").textContent()).not.toContain("999");
});

test("a new tip is not green under the seal of the one before while its proof is held up", async () => {
  const reader = await stage.open("#/");
  await reader.verdict("proven");
  await holdProofs(reader);
  await lie(reader, "/v1/status", (json) => {
    Object.assign(json.tip, { height: json.tip.height + 1_000, id: "ab".repeat(32) });
    return json;
  });
  await reader.page.locator(".figures").getByText("#1,0").waitFor();
  await reader.page.locator(".proof.checking").waitFor();
  expect(await reader.page.locator(".proof.proven").count()).toBe(0);
  expect(await reader.seal.textContent()).toMatch(/Checking anew; proven before at #/);
});

test("what is checked of a list is what is on the screen, and not what is answered then", async () => {
  const { alice } = stage.life;
  const reader = await stage.open("#/trust");
  await lie(reader, `/v1/accounts/${alice}/transactions`, (json, time) => {
    if (time > 1) return json;
    Object.assign(there(json.items[0]), { fee: "5", feeDisplay: "0.000005 QRT" });
    return json;
  });
  await reader.go(`#/account/${alice}`);
  await reader.verdict("proven");
  await reader.seal.click();
  await reader.page.getByRole("button", { name: "Check the listed transactions too" }).click();
  await reader.page.getByText(/\d of \d+ listed transactions? proven/).waitFor();
  expect(await reader.page.locator(".listed-proof .bad").textContent()).toContain("fee");
});

test("an answer that cannot be drawn leaves nothing of the page before, and no seal", async () => {
  const reader = await stage.open(`#/block/${stage.life.height}`);
  await reader.verdict("proven");
  const { transaction } = stage.life;
  await lie(reader, `/v1/transactions/${transaction}`, (json) => ({ ...json, operations: 5 }));
  await reader.go(`#/tx/${transaction}`).catch(() => {});
  await reader.page.getByRole("heading", { name: "This cannot be shown" }).waitFor();
  expect(await reader.page.locator(".proof.proven").count()).toBe(0);
});

test("another network at the same address is said plainly, and there is a way out", async () => {
  const reader = await stage.open("#/trust", {
    script: `if (localStorage.getItem("quorate-network") === null)
      localStorage.setItem("quorate-network", JSON.stringify({ chainId: "12".repeat(32), sinceMs: 1 }))`,
  });
  await reader.go(`#/tx/${stage.life.transaction}`);
  expect(await reader.verdict("false")).toContain("another network");
  await reader.seal.click();
  await reader.page.getByRole("button", { name: "Forget this network" }).click();
  await reader.page.getByRole("button", { name: /^Forget, and trust/ }).click();
  await reader.verdict("proven");
});

test("a network that was made anew under an open page is not stuck with the old genesis", async () => {
  const reader = await stage.open("#/trust");
  let isOther = true;
  await reader.page.route(
    (url) => url.pathname === "/v1/genesis",
    async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as { genesis: object };
      const genesis = { ...json.genesis, networkName: "the one before" };
      await route.fulfill({ response, json: isOther ? { ...json, genesis } : json });
    },
  );
  await reader.page.reload();
  await reader.go(`#/tx/${stage.life.transaction}`);
  expect(await reader.verdict("false")).toContain("calls its network otherwise");
  isOther = false;
  await reader.seal.click();
  await reader.page.getByRole("button", { name: "Forget this network" }).click();
  await reader.page.getByRole("button", { name: /^Forget, and trust/ }).click();
  await reader.verdict("proven");
});

test("a checkpoint with a wrong letter can be dropped where it hurts", async () => {
  const reader = await stage.open("#/trust", {
    script: `if (sessionStorage.getItem("set") === null) {
      sessionStorage.setItem("set", "1");
      localStorage.setItem("quorate-checkpoint", "1:" + "ab".repeat(32));
    }`,
  });
  await reader.go(`#/tx/${stage.life.transaction}`);
  await reader.page.locator(".proof.false, .proof.open").waitFor();
  await reader.seal.click();
  await reader.page.getByRole("button", { name: "Drop the checkpoint" }).click();
  await reader.verdict("proven");
});

test("what the foot of a page names is what its checks hold the node to", async () => {
  const reader = await stage.open("#/trust");
  await lie(reader, "/v1/genesis", (json, time) =>
    time > 1 ? json : { ...json, chainId: "12".repeat(32) },
  );
  await reader.page.reload();
  await reader.page.locator("footer").getByText("12".repeat(32)).waitFor();
  await reader.go(`#/tx/${stage.life.transaction}`);
  expect(await reader.verdict("false")).toContain("calls its network otherwise");
});

test("the page's own node by another name is not asked as if it were another one", async () => {
  const reader = await stage.open(`#/tx/${stage.life.transaction}`);
  await reader.verdict("proven");
  await reader.seal.click();
  const field = reader.page.getByLabel("Ask another node for the same proof");
  await field.fill(stage.ledger.url().replace("127.0.0.1", "localhost"));
  await reader.page.getByRole("button", { name: "Ask it" }).click();
  await reader.page.getByText("by another name").waitFor();
  await reader.verdict("proven");
  expect(await reader.page.getByRole("list", { name: "Nodes that were asked" }).count()).toBe(0);
  await field.fill(stage.ledger.url(1));
  await reader.page.getByRole("button", { name: "Ask it" }).click();
  await reader.page.locator(".node-words .badge", { hasText: "agrees" }).nth(1).waitFor();
});
