/**
 * The home page: how the ledger does, in charts that are also figures, who votes, and what has just been paid.
 * @module
 */
import { expect, test } from "vitest";
import { setStage } from "./support/stage.ts";

const stage = setStage();

test("a node that has just begun shows its last minute, second by second; another time can be chosen", async () => {
  const paid = [await stage.ledger.pay("1"), await stage.ledger.pay("2")];
  const reader = await stage.open("#/");
  const minute = reader.card("The last minute");
  const chart = minute.locator("figure", { hasText: "Transactions a second" });
  await chart.getByRole("button", { name: "Show figures" }).click();
  const counted = (): Promise<number> =>
    chart
      .locator("td.number")
      .evaluateAll((cells) =>
        cells.reduce((sum, cell) => sum + (Number(cell.textContent) || 0), 0),
      );
  expect(await chart.locator("td.number").count()).toBeGreaterThanOrEqual(60);
  expect(await counted()).toBe(paid.length);
  expect(await chart.locator("svg rect").count()).toBeGreaterThanOrEqual(1);

  await minute.getByRole("button", { name: "Day" }).click();
  const day = reader.card("The last day");
  await day.waitFor();
  expect(await minute.count()).toBe(0);
  expect(await day.getByRole("button", { pressed: true }).allTextContents()).toEqual(["Day"]);
});

test("it is shown who votes, and what the newest transactions did, as they come", async () => {
  const reader = await stage.open("#/");
  await reader.page.getByRole("img", { name: "4 of 4 validators vote" }).waitFor();
  await reader.page.getByText("All validators vote.").waitFor();
  const newest = reader.card("Newest transactions");
  const id = await stage.ledger.pay("7");
  const row = newest.getByRole("row", { name: new RegExp(id.slice(0, 8)) });
  await row.getByText("paid 7 QRT").waitFor();
});

test("a title says all of an amount: none is cut to look like a smaller one", async () => {
  const id = await stage.ledger.pay("250.125");
  const reader = await stage.open(`#/tx/${id}`);
  const title = reader.page.getByRole("heading", { level: 1 });
  await title.getByText("Transfer 250.125 QRT").waitFor();
  const hidden = await title.evaluate(
    (heading) =>
      [heading, ...heading.querySelectorAll("*")].filter(
        ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth,
      ).length,
  );
  expect(hidden).toBe(0);
});
