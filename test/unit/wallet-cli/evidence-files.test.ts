/**
 * Evidence on the disk: whole, once for the same lie, and never more than a hundred.
 * @module
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Evidence } from "../../../src/client/evidence.ts";
import { EvidenceFiles } from "../../../wallet-cli/evidence-files.ts";

const evidenceOf = (n: number): Evidence => ({
  kind: "quorate-evidence",
  version: 1,
  chainId: "c4".repeat(32),
  nodes: ["http://node"],
  code: "signature_invalid",
  message: "m",
  foundMs: 1_700_000_000_000 + n,
  answers: [{ url: `http://node/${n}`, status: 200, body: `body ${n}`, isCut: false }],
});

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "quorate-evidence-"));
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

test("the file holds what was found, and its name says when and what", async () => {
  const path = await new EvidenceFiles(home).save(evidenceOf(1));
  expect(path).toMatch(/\/evidence\/20231114T221320001Z-signature_invalid-[0-9a-f]{16}\.json$/);
  expect(JSON.parse(await readFile(path ?? "", "utf8"))).toEqual(evidenceOf(1));
});

test("the same words again are the same file", async () => {
  const files = new EvidenceFiles(home);
  const path = await files.save(evidenceOf(1));
  expect(await files.save({ ...evidenceOf(1), foundMs: 1_800_000_000_000 })).toBe(path);
  expect(await files.save(evidenceOf(2))).not.toBe(path);
});

test("of more than a hundred the newest are kept", async () => {
  const files = new EvidenceFiles(home);
  for (let n = 0; n < 105; n += 1) await files.save(evidenceOf(n));
  const names = (await readdir(join(home, "evidence"))).sort();
  expect(names).toHaveLength(100);
  expect(names[0]).toContain("20231114T221320005Z");
  expect(names.at(-1)).toContain("20231114T221320104Z");
});

test("where nothing can be written the lie is still named: no path, no error", async () => {
  await writeFile(join(home, "evidence"), "in the way");
  expect(await new EvidenceFiles(home).save(evidenceOf(1))).toBeUndefined();
});
