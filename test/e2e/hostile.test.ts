/**
 * Text that somebody chose to do harm with: memos, names and topics of the ledger are shown as what they are.
 *
 * Nothing of it runs or becomes an element, nothing hides, and nothing turns the direction of what is around it.
 * @module
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { visible } from "../../src/api/visible.ts";
import { FaultyProxy } from "../integration/wallet/faulty-proxy.ts";
import type { Reader } from "./support/browser.ts";
import { setStage } from "./support/stage.ts";

const stage = setStage();

const rightToLeft = "\u202e";
const zeroWidth = "\u200b";

const memos: Readonly<Record<string, string>> = {
  markup: `<img src=x onerror="alert(1)"><b id="owned">bold</b>`,
  script: `</script><script>document.title="owned"</script>`,
  quotes: `'"\`-alert(1)-\`"' {{7*7}} \${7*7} javascript:alert(1)`,
  "right to left": `invoice ${rightToLeft}gpj.exe`,
  "an isolate that is left open": "\u2067paid \u2066",
  "zero width": `pay${zeroWidth}ment\u2060\ufeff`,
  "combining marks": `Z${"\u0336\u0489\u035b".repeat(40)}algo`,
  "as many emoji as it can hold": "🎉🧾".repeat(32),
  "another script": "דמי שכירות עבור מאי",
};

/** What must not be in any text that a person sees: it hides, or it turns the direction. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

interface Harm {
  readonly elements: number;
  readonly title: string;
  readonly direction: string;
  readonly text: string;
}

async function harmIn(reader: Reader): Promise<Harm> {
  return await reader.page.evaluate(() => ({
    elements: document.querySelectorAll("#owned, img, script:not([src]), iframe").length,
    title: document.title,
    direction: getComputedStyle(document.querySelector("main") ?? document.body).direction,
    text: document.querySelector("#explorer")?.textContent ?? "",
  }));
}

async function expectNoHarm(reader: Reader): Promise<void> {
  const { elements, title, direction, text } = await harmIn(reader);
  expect(elements).toBe(0);
  expect(title).not.toMatch(/^owned/);
  expect(title).not.toMatch(hidden);
  expect(direction).toBe("ltr");
  expect(text).not.toMatch(hidden);
  expect(reader.complaints).toEqual([]);
}

test.each(Object.entries(memos))("a memo of %s", async (_name, memo) => {
  const id = await stage.ledger.pay("1", "bob", "--memo", memo);
  const reader = await stage.open(`#/tx/${id}`);
  await reader.verdict("proven");
  await reader.seal.click();
  const text = (await reader.main.textContent()) ?? "";
  // A memo with hidden letters is shown as its bytes: no two memos look alike.
  const isPlain = !hidden.test(memo);
  expect(text).toContain(isPlain ? memo : Buffer.from(memo).toString("hex"));
  await expectNoHarm(reader);
  // What stands beside it keeps its place: the name at the left of the memo.
  const [name, value] = await reader.page
    .locator("dl.facts > div", { has: reader.page.getByText("Memo", { exact: true }) })
    .locator("dt, dd")
    .all();
  const nameBox = await name?.boundingBox();
  const valueBox = await value?.boundingBox();
  expect((nameBox?.x ?? 0) + (nameBox?.width ?? 0)).toBeLessThanOrEqual(valueBox?.x ?? 0);
});

const from = ["--from", "alice"];

test("an asset's name", async () => {
  const name = `<i id=owned>x</i>${rightToLeft}dlog${zeroWidth}`;
  await stage.ledger.sign("asset", "create", "EVIL", "--decimals", "0", "--name", name, ...from);
  const reader = await stage.open("#/assets");
  await reader.page.getByText(visible(name)).first().waitFor();
  await expectNoHarm(reader);
  const { items } = await stage.ledger.json("/v1/assets");
  await reader.go(`#/asset/${items.find(({ code }) => code === "EVIL")?.id}`);
  await reader.page.getByText(visible(name)).first().waitFor();
  await expectNoHarm(reader);
  await reader.page.getByRole("combobox", { name: /^Block height/ }).fill("EVIL");
  await reader.page.getByRole("option").first().waitFor();
  await expectNoHarm(reader);
});

test("a record's topic, key and text", async () => {
  const topic = `<b id=owned>${rightToLeft}sdeed`;
  const key = `"onload=x ${zeroWidth}7`;
  const put = ["record", "put", topic, key, "--text", "</dd><img src=x>", ...from];
  await stage.ledger.sign(...put);
  const alice = stage.ledger.address("alice");
  const place = [alice, topic, key].map(encodeURIComponent).join("/");
  const reader = await stage.open(`#/record/${place}`);
  await reader.page.getByText(visible(topic)).first().waitFor();
  await reader.settled();
  await expectNoHarm(reader);
  await reader.go(`#/account/${alice}`);
  await reader.page.getByText(visible(topic)).first().waitFor();
  await expectNoHarm(reader);
  const { items } = await stage.ledger.json(`/v1/accounts/${alice}/transactions`);
  await reader.go(`#/tx/${items[0]?.id}`);
  await reader.page.getByText(visible(topic)).first().waitFor();
  await expectNoHarm(reader);
});

test("one kilobyte of emoji", async () => {
  const text = "🎉".repeat(256);
  expect(Buffer.from(text)).toHaveLength(1024);
  await stage.ledger.sign("record", "put", "feasts", "today", "--text", text, ...from);
  const reader = await stage.open(`#/record/${stage.ledger.address("alice")}/feasts/today`, {
    width: 360,
  });
  await reader.verdict("proven");
  await reader.page.getByText(text).waitFor();
  await expectNoHarm(reader);
  const overhang = await reader.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overhang).toBe(0);
});

let proxy: FaultyProxy;
beforeAll(async () => {
  proxy = await FaultyProxy.start(stage.ledger.url());
});
afterAll(async () => await proxy.stop());

test("names of validators, networks and peers, and what a node says of a problem", async () => {
  const evil = `<b id=owned>node</b>${rightToLeft}0-${zeroWidth}`;
  proxy.alter = (request, answer) => {
    for (const item of answer.json.items ?? []) {
      for (const name of ["name", "agent", "endpoint"]) if (name in item) item[name] = evil;
    }
    if (request.path.startsWith("/v1/genesis")) answer.json.networkName = evil;
    for (const name of ["title", "detail", "fix"]) {
      if (name in answer.json) answer.json[name] = evil;
    }
    return answer;
  };
  const reader = await stage.open(`${proxy.url}/#/validators`);
  await reader.page.locator("main").getByText(visible(evil)).first().waitFor();
  await reader.page.locator("footer").getByText(visible(evil)).waitFor();
  await expectNoHarm(reader);
  await reader.go("#/network");
  await reader.page.locator("main").getByText(visible(evil)).first().waitFor();
  await expectNoHarm(reader);
  await reader.go("#/block/999999999");
  await reader.page.getByRole("alert").getByText(visible(evil)).first().waitFor();
  const { elements, text } = await harmIn(reader);
  expect(elements).toBe(0);
  expect(text).not.toMatch(hidden);
});

test("an address in the bar", async () => {
  const reader = await stage.open("#/");
  await reader.settled();
  const evil = `<img src=x onerror=alert(1)>${rightToLeft}`;
  for (const page of ["", "block/", "tx/", "account/", "asset/", "record/a/", "records?hash="]) {
    await reader.go(`#/${page}${encodeURIComponent(evil)}`);
    const { elements, title, text } = await harmIn(reader);
    expect({ page, elements }).toEqual({ page, elements: 0 });
    expect(title).not.toMatch(hidden);
    expect({ page, hidden: text.match(hidden)?.index }).toEqual({ page, hidden: undefined });
  }
});
