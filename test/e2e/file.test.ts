/**
 * "Check a file": who recorded it is found, and the file stays where it is.
 * @module
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { setStage } from "./support/stage.ts";

const stage = setStage({ withLife: true });

test("a file that was stamped: by whom and when", async () => {
  const reader = await stage.open("#/records");
  await reader.page.getByLabel("File to check").setInputFiles(stage.life.stampedFile);
  const found = reader.card("Who has recorded it");
  await found.locator("tbody tr").first().waitFor();
  const expected = createHash("sha256").update("We agree.\n").digest("hex");
  expect(stage.life.stampedHash).toBe(expected);
  expect(await reader.main.textContent()).toContain(expected);
  const row = (await found.locator("tbody tr").first().textContent()) ?? "";
  expect(row.replaceAll(/\s/g, "")).toContain(stage.life.alice);
  expect(await found.locator("tbody tr").count()).toBe(1);
  expect(reader.requests.filter((request) => request.postData() !== null)).toEqual([]);
  expect(reader.requests.filter((request) => request.method() !== "GET")).toEqual([]);
  expect(reader.complaints).toEqual([]);
});

test("another file: nobody; and a large one is hashed whole", async () => {
  const reader = await stage.open("#/records");
  const bytes = Buffer.alloc(5_000_001, "a file of five megabytes; ");
  const path = join(stage.ledger.net.dir, "large.bin");
  writeFileSync(path, bytes);
  await reader.page.getByLabel("File to check").setInputFiles(path);
  await reader.page.getByText("Nobody has recorded this content in this ledger.").waitFor();
  const hash = createHash("sha256").update(bytes).digest("hex");
  expect(await reader.main.textContent()).toContain(hash);
  const sent = reader.requests.filter((request) => request.postData() !== null);
  expect(sent).toEqual([]);
  expect(reader.complaints).toEqual([]);
});

test("the name of a file is only text", async () => {
  const reader = await stage.open("#/records");
  const name = "<img src=x onerror=alert(1)>\u202egpj.txt";
  await reader.page
    .getByLabel("File to check")
    .setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from("x") });
  await reader.page.getByText("Nobody has recorded this content in this ledger.").waitFor();
  await reader.page.getByText("\\u{202e}gpj.txt").waitFor();
  expect(await reader.page.locator("img").count()).toBe(0);
  expect(reader.complaints).toEqual([]);
});
