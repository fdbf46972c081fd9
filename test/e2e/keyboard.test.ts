/**
 * Without a pointer: every page, every button and every link is reached with Tab, the focus is always seen, and it is
 * never lost or caught.
 * @module
 */
import { expect, test } from "vitest";
import type { ChainId } from "../../src/protocol/ids.ts";
import { until } from "../integration/support/local-net.ts";
import { devPayer, PayingClient } from "../integration/support/paying-client.ts";
import type { Reader } from "./support/browser.ts";
import { setStage } from "./support/stage.ts";

const stage = setStage({ withLife: true });

interface Focused {
  /** Of the element that has the focus; "" where nothing has. */
  readonly name: string;
  readonly isMain: boolean;
  /** It has an outline, and is on the screen. */
  readonly isSeen: boolean;
}

const focused = (reader: Reader): Promise<Focused> =>
  reader.page.evaluate(() => {
    const at = document.activeElement;
    if (!(at instanceof HTMLElement) || at === document.body) {
      return { name: "", isMain: false, isSeen: false };
    }
    const { outlineStyle, outlineWidth } = getComputedStyle(at);
    const { top, bottom, left, right } = at.getBoundingClientRect();
    const isOnScreen = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
    const hasOutline = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
    const name = at.getAttribute("aria-label") ?? at.textContent;
    return {
      name: `${at.tagName.toLowerCase()} ${name.trim().replaceAll(/\s+/g, " ").slice(0, 60)}`,
      isMain: at.tagName === "MAIN",
      isSeen: isOnScreen && hasOutline,
    };
  });

/** Presses Tab until `isIt`, and says what it met on the way that could not be seen. */
async function tabTo(reader: Reader, isIt: RegExp): Promise<readonly string[]> {
  const unseen: string[] = [];
  for (let presses = 0; presses < 400; presses++) {
    await reader.page.keyboard.press("Tab");
    const at = await focused(reader);
    if (at.name !== "" && !at.isSeen) unseen.push(at.name);
    if (isIt.test(at.name)) return unseen;
  }
  throw new Error(`400 times Tab do not lead to ${isIt}`);
}

/** How many different elements can be reached with Tab, by the rules of HTML. */
const reachable = (reader: Reader): Promise<number> =>
  reader.page.evaluate(
    () =>
      [
        ...document.querySelectorAll<HTMLElement>("a[href], button, input, select, [tabindex]"),
      ].filter(
        (each) =>
          each.tabIndex >= 0 &&
          !(each as HTMLButtonElement).disabled &&
          each.checkVisibility({ visibilityProperty: true }),
      ).length,
  );

const places = ["Waiting", "Assets", "Records", "Validators", "Network", "Ledger"];

test("each place is reached by Tab and Enter, and then the focus is in what it shows", async () => {
  const reader = await stage.open("#/");
  await reader.settled();
  for (const place of places) {
    await reader.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    expect(await tabTo(reader, new RegExp(`^a ${place}$`))).toEqual([]);
    await reader.page.keyboard.press("Enter");
    await reader.page.locator("nav a[aria-current=page]", { hasText: place }).waitFor();
    await reader.settled();
    expect(await focused(reader)).toMatchObject({ isMain: true });
  }
  expect(reader.complaints).toEqual([]);
});

test("on no page Tab skips, hides, loses or catches the focus", async () => {
  const reader = await stage.open("#/");
  await reader.settled();
  const { transaction, height, alice, asset, record, stampedHash } = stage.life;
  const pages = [
    `#/tx/${transaction}`,
    `#/block/${height}`,
    `#/account/${alice}`,
    `#/asset/${asset}`,
    record,
    `#/records?hash=${stampedHash}`,
    "#/assets",
    "#/validators",
    "#/trust",
    "#/nowhere",
  ];
  for (const page of pages) {
    await reader.go(page);
    // Once more where something came while it was walked through.
    await until(`Tab goes through all of ${page}`, 20_000, async () => {
      const met = await walk(reader);
      expect({ page, unseen: met.filter(({ isSeen }) => !isSeen) }).toEqual({ page, unseen: [] });
      return met.length === (await reachable(reader));
    });
  }
});

/** All that Tab meets, from the top of the page to its end: then the browser itself has the focus, or it begins again. */
async function walk(reader: Reader): Promise<readonly Focused[]> {
  await reader.page.locator(".skip").focus();
  const met = [await focused(reader)];
  while (met.length < 200) {
    await reader.page.keyboard.press("Tab");
    const at = await focused(reader);
    if (at.name === "" || at.name === met[0]?.name) break;
    met.push(at);
  }
  return met;
}

test("the first Tab offers to skip what is on every page", async () => {
  const reader = await stage.open("#/");
  await reader.settled();
  await reader.page.keyboard.press("Tab");
  expect(await focused(reader)).toMatchObject({ name: "button Skip to content", isSeen: true });
  await reader.page.keyboard.press("Enter");
  expect(await focused(reader)).toMatchObject({ isMain: true });
  await reader.page.keyboard.press("Tab");
  const isInMain = await reader.page.evaluate(
    () => document.activeElement?.closest("main") !== null,
  );
  expect(isInMain).toBe(true);
});

test("search: typed, chosen with arrows, gone to with Enter, closed with Escape", async () => {
  const reader = await stage.open("#/");
  await reader.settled();
  await tabTo(reader, /^input/);
  const box = reader.page.getByRole("combobox", { name: /^Block height/ });
  await reader.page.keyboard.type("GOLD");
  const option = reader.page.getByRole("option").first();
  await option.waitFor();
  expect(await box.getAttribute("aria-expanded")).toBe("true");
  await reader.page.keyboard.press("ArrowDown");
  expect(await option.getAttribute("aria-selected")).toBe("true");
  const active = await box.getAttribute("aria-activedescendant");
  expect(active).toBe(await option.getAttribute("id"));
  await reader.page.keyboard.press("Escape");
  expect(await box.getAttribute("aria-expanded")).toBe("false");
  await reader.page.keyboard.press("Control+A");
  await reader.page.keyboard.type(stage.life.transaction);
  await option.filter({ hasText: "transaction" }).waitFor();
  await reader.page.keyboard.press("ArrowDown");
  await reader.page.keyboard.press("Enter");
  await reader.page.getByRole("heading", { level: 1, name: "Transfer 25 QRT" }).waitFor();
  expect(await focused(reader)).toMatchObject({ isMain: true });
});

test("the seal, the pause of a list and the colours obey the keyboard", async () => {
  const reader = await stage.open("#/");
  await reader.settled();
  await reader.verdict("proven");
  expect(await tabTo(reader, /^button Proven/)).toEqual([]);
  await reader.page.keyboard.press("Space");
  await reader.page.locator("ol.steps").waitFor();
  expect(await reader.seal.getAttribute("aria-expanded")).toBe("true");

  expect(await tabTo(reader, /^button Pause/)).toEqual([]);
  await reader.page.keyboard.press("Enter");
  expect(await focused(reader)).toMatchObject({ name: "button Go on Newest blocks", isSeen: true });
  await reader.page.keyboard.press("Enter");
  expect(await focused(reader)).toMatchObject({ name: "button Pause Newest blocks" });

  expect(await tabTo(reader, /^select/)).toEqual([]);
  await reader.page.keyboard.press("End");
  await reader.page.locator("html[data-theme=dark]").waitFor();
});

test("a list is lengthened with Enter, and the focus stays where it can go on", async () => {
  const { ledger } = stage;
  const payer = devPayer(ledger.net.dir, "carol");
  const chainId = ledger.net.network.chainId as ChainId;
  const client = new PayingClient({
    ...{ payer, chainId, nodes: () => [ledger.url()] },
    payee: devPayer(ledger.net.dir, "bob").account,
  });
  client.start();
  await until("more than two pages are paid", 60_000, async () => client.paid.length > 60);
  await client.stop();

  const reader = await stage.open(`#/account/${payer.address}`);
  await reader.settled();
  const rows = reader.page.locator("main tbody tr");
  const before = await rows.count();
  expect(await tabTo(reader, /^button Show more/)).toEqual([]);
  await reader.page.keyboard.press("Enter");
  await rows.nth(before).waitFor();
  // It is where the button was: on the first of the rows that came, and so the last page takes no focus away.
  const isInRow = (row: number): Promise<boolean> =>
    rows.nth(row).evaluate((each) => each.contains(document.activeElement));
  await until("the focus is in the first new row", 5_000, () => isInRow(before));
  expect(await focused(reader)).toMatchObject({ isSeen: true });
  const more = reader.page.getByRole("button", { name: "Show more" });
  while ((await more.count()) > 0) {
    const shown = await rows.count();
    expect(await tabTo(reader, /^button Show more/)).toEqual([]);
    await reader.page.keyboard.press("Enter");
    await until("the focus is in the first new row", 5_000, () => isInRow(shown));
  }
  expect(await focused(reader)).toMatchObject({ isSeen: true });
});
