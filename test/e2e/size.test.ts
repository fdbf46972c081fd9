/**
 * What a reader waits for before the first view: few bytes, and nothing of what checks proofs.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { repository } from "../integration/support/local-net.ts";
import { setStage } from "./support/stage.ts";

const stage = setStage();
const built = join(repository, "dist/explorer");
const kilobyte = 1_000;
const bytesMax = 60 * kilobyte;

const read = (path: string): Buffer => readFileSync(join(built, path));

test("the files of the first view take at most 60 kB, compressed", () => {
  const page = read("index.html").toString("utf8");
  const loaded = [...page.matchAll(/(?:src|href)="\.?\/?(explorer\/[^"]+)"/g)].map(
    ([, path = ""]) => path,
  );
  expect(loaded.some((path) => path.endsWith(".js"))).toBe(true);
  expect(loaded.some((path) => path.endsWith(".css"))).toBe(true);
  const bytes = ["index.html", ...loaded].reduce(
    (sum, path) => sum + gzipSync(read(path)).length,
    0,
  );
  expect(bytes).toBeLessThanOrEqual(bytesMax);
  expect(bytes).toBeGreaterThan(5 * kilobyte);
});

test("over the wire it is no more, and the first view needs nothing that checks proofs", async () => {
  const provers = readdirSync(join(built, "explorer")).filter((name) => /^prover-/.test(name));
  expect(provers).toHaveLength(1);
  const reader = await stage.open("/docs");
  await reader.page.route("**/explorer/prover-*", (route) => route.abort());
  const sizes: Promise<number>[] = [];
  reader.page.on("requestfinished", (request) => {
    if (!/\/v1\//.test(request.url())) {
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    }
  });
  await reader.page.goto(`${stage.ledger.url()}/#/`);
  await reader.page.locator("dl.figures").waitFor();
  await reader.card("Newest blocks").waitFor();
  await reader.card("Newest transactions").waitFor();
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(5 * kilobyte);
  expect(bytes).toBeLessThanOrEqual(bytesMax);
  // Without it nothing is called proven.
  expect(await reader.verdict("open")).toMatch(/^Not proven/);
});
