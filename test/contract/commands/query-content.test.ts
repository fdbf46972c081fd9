/**
 * `quorate query` on assets, balances and records: found by every name, shown in full, with the documented exit codes.
 * @module
 */
import { Command } from "commander";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { queryCommand } from "../../../node/commands/query.ts";
import { Refusal } from "../../../node/refusal.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import { assetOf, contentOf, createAsset, mint, record } from "../../fixtures/content.ts";
import { alice, bob, type Holder } from "../../fixtures/small-ledger.ts";
import { type ServedContent, serveContent } from "../http/stored-content.ts";

let served: ServedContent;
const eur = assetOf(alice, "EUR");
const addressOf = ({ account }: Holder): string => formatAddress("quo", account);

beforeAll(async () => {
  served = await serveContent();
  const { stored } = served;
  await stored.write(alice, createAsset("EUR"), createAsset("USD"), mint(eur, bob, 123_456n));
  await stored.write(bob, createAsset("USD", { name: "\u202eother" }));
  await stored.write(alice, record({ topic: "lo/ts", key: ".." }, 1, 0xa1));
  await stored.write(alice, record({ topic: "lo/ts", key: ".." }, 2, 0xa2));
});
afterAll(async () => {
  await served.serving.close();
});

interface Ending {
  readonly out: string;
  readonly exitCode: number;
  readonly code: string | undefined;
  readonly message: string;
}

async function quorate(...words: string[]): Promise<Ending> {
  let out = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const program = new Command("quorate").option("--json").addCommand(queryCommand());
  try {
    const line = ["query", ...words, "--node", served.serving.url];
    await program.parseAsync(line, { from: "user" });
    return { out, exitCode: 0, code: undefined, message: "" };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { exitCode, code, message } = error;
    return { out, exitCode, code, message };
  } finally {
    write.mockRestore();
  }
}

async function dataOf(...words: string[]): Promise<unknown> {
  const { out, message } = await quorate(...words, "--json");
  expect(message).toBe("");
  return (JSON.parse(out) as { data: unknown }).data;
}

test("an asset is found by id and by code", async () => {
  const byId = await dataOf("asset", eur);
  expect(byId).toMatchObject({ id: eur, code: "EUR", issuer: addressOf(alice) });
  expect(await dataOf("asset", "EUR")).toEqual(byId);
});

test("a code of two issuers chooses neither: both are named", async () => {
  const ending = await quorate("asset", "USD");
  expect(ending).toMatchObject({ exitCode: 2, code: "asset_ambiguous" });
  for (const issuer of [alice, bob]) {
    expect(ending.message).toContain(`${assetOf(issuer, "USD")} issued by ${addressOf(issuer)}`);
  }
});

test("assets are listed in pages, each with its issuer", async () => {
  expect(await dataOf("assets")).toMatchObject({ items: [{}, {}, {}], next: null });
  const page = (await dataOf("assets", "--limit", "2")) as { next: string };
  expect(await dataOf("assets", "--cursor", page.next)).toMatchObject({ items: [{}] });
  const { out } = await quorate("assets");
  expect(out.split(addressOf(alice))).toHaveLength(3);
  expect(out).toContain("\\u{202e}other");
  expect((await quorate("assets", "--limit", "2")).out).toContain(`more: --cursor ${page.next}`);
});

test("an account shows all that it holds, with the issuers", async () => {
  const { out } = await quorate("account", addressOf(bob));
  expect(out).toContain("10 QRT");
  expect(out).toContain("1234.56 EUR");
  expect(out).toContain(addressOf(alice));
  expect(out).toContain(eur);
});

test("a record is found in its newest version and in an earlier one", async () => {
  const words = ["record", addressOf(alice), "lo/ts", ".."];
  expect(await dataOf(...words)).toMatchObject({
    version: 2,
    newest: 2,
    topic: "lo/ts",
    key: "..",
  });
  expect(await dataOf(...words, "1")).toMatchObject({ version: 1, contentHash: contentOf(0xa1) });
  const { out } = await quorate(...words, "1");
  expect(out).toContain("1, the newest is 2");
  expect(out).toContain(contentOf(0xa1));
});

test("records are listed by account and topic, and found by content", async () => {
  const items = [{ topic: "lo/ts", key: "..", version: 2 }];
  expect(await dataOf("records", addressOf(alice))).toMatchObject({ items });
  expect(await dataOf("records", addressOf(alice), "--topic", "x")).toMatchObject({ items: [] });
  const found = await dataOf("records", "--content", contentOf(0xa1));
  expect(found).toMatchObject({ items: [{ version: 1, address: addressOf(alice) }] });
  expect((await quorate("records", "--content", contentOf(0xee))).out).toContain("Nobody");
});

test.each([
  [3, "asset_not_found", ["asset", "GOLD"]],
  [3, "asset_not_found", ["asset", "0".repeat(64)]],
  [3, "record_not_found", ["record", addressOf(alice), "a", "b"]],
  [3, "record_not_found", ["record", addressOf(alice), "lo/ts", "..", "9"]],
  [2, "bad_request", ["record", addressOf(alice), "x".repeat(65), "b"]],
  [2, "bad_address", ["record", "nobody", "a", "b"]],
  [2, "bad_request", ["records", "--content", "x"]],
  [2, "usage", ["records"]],
  [2, "usage", ["records", addressOf(alice), "--content", contentOf(1)]],
])("exit code %i, %s: %j", async (exitCode, code, words) => {
  expect(await quorate(...words)).toMatchObject({ out: "", exitCode, code });
});
