/**
 * Live lists hold still for their reader: while a list is pointed at, focused or paused, its rows stay, and a button
 * counts what is new. Nobody is scrolled by what others pay.
 * @module
 */
import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import type { Reader } from "./support/browser.ts";
import { setStage } from "./support/stage.ts";

const stage = setStage();

const list = (reader: Reader): Locator => reader.card("Newest transactions");
const rowsOf = (reader: Reader): Promise<readonly string[]> =>
  list(reader)
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => row.textContent));
const isShown = (reader: Reader, id: string): Promise<void> =>
  list(reader).getByRole("link", { name: id }).waitFor();
const news = (reader: Reader, count: number): Promise<void> =>
  list(reader)
    .getByRole("button", { name: `${count} new transaction${count === 1 ? "" : "s"}` })
    .waitFor();

const holds: Readonly<
  Record<string, { hold(reader: Reader): Promise<void>; letGo(reader: Reader): Promise<void> }>
> = {
  "pointed at": {
    hold: (reader) => list(reader).locator("tbody tr").first().hover(),
    letGo: (reader) => reader.page.mouse.move(1, 1),
  },
  focused: {
    hold: (reader) => list(reader).locator("tbody tr a").first().focus(),
    letGo: (reader) => list(reader).getByRole("button", { name: /new/ }).click(),
  },
  paused: {
    hold: (reader) => list(reader).getByRole("button", { name: "Pause" }).click(),
    letGo: (reader) => list(reader).getByRole("button", { name: "Go on" }).click(),
  },
};

// First, while the list is short: it grows.
test("a list that nobody holds goes on, and nobody is scrolled by it", async () => {
  const first = await stage.ledger.pay("1");
  const reader = await stage.open("#/", { height: 240 });
  await isShown(reader, first);
  // Below the lists: their heads are out of sight.
  await reader.page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  const footer = reader.page.locator("footer");
  const before = await footer.boundingBox();
  expect(await reader.page.evaluate(() => scrollY)).toBeGreaterThan(100);
  const rows = (await rowsOf(reader)).length;
  const second = await stage.ledger.pay("2");
  await isShown(reader, second);
  expect(await rowsOf(reader)).toHaveLength(rows + 1);
  expect(await footer.boundingBox()).toEqual(before);
});

test.each(Object.entries(holds))("a list that is %s keeps its rows", async (_name, way) => {
  const first = await stage.ledger.pay("1");
  const reader = await stage.open("#/");
  await isShown(reader, first);
  await way.hold(reader);
  const before = await rowsOf(reader);
  const second = await stage.ledger.pay("2");
  await news(reader, 1);
  const third = await stage.ledger.pay("3");
  await news(reader, 2);
  expect(await rowsOf(reader)).toEqual(before);
  await way.letGo(reader);
  await isShown(reader, third);
  await isShown(reader, second);
  const [newest = "", next = ""] = await rowsOf(reader);
  expect(newest).toContain(third.slice(0, 12));
  expect(next).toContain(second.slice(0, 12));
  expect(reader.complaints).toEqual([]);
});
