/**
 * Evidence on the disk: whole, once for the same lie, never more than a hundred, and never at the cost of a fork.
 * @module
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Evidence } from "../../../../src/client/evidence.ts";
import { EvidenceFiles } from "../../../../wallet-cli/trust/evidence-files.ts";

const evidenceOf = (n: number, node = "http://node"): Evidence => ({
  kind: "quorate-evidence",
  version: 1,
  chainId: "c4".repeat(32),
  nodes: [node],
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

const namesKept = async (): Promise<readonly string[]> =>
  (await readdir(join(home, "evidence"))).sort();

test("of more than a hundred the newest are kept", async () => {
  const files = new EvidenceFiles(home);
  for (let n = 0; n < 105; n += 1) await files.save(evidenceOf(n, `http://node-${n % 10}`));
  const names = await namesKept();
  expect(names).toHaveLength(100);
  expect(names[0]).toContain("20231114T221320005Z");
  expect(names.at(-1)).toContain("20231114T221320104Z");
});

test("however much one node lies, the words of others and forks stay", async () => {
  const files = new EvidenceFiles(home);
  const fork = await files.save({ ...evidenceOf(0), code: "fork" });
  const other = await files.save(evidenceOf(1, "http://other"));
  for (let n = 2; n < 60; n += 1) await files.save(evidenceOf(n));
  const names = await namesKept();
  expect(names).toHaveLength(2 + 20);
  expect(names.at(-1)).toContain("20231114T221320059Z");
  for (const path of [fork, other]) expect(names).toContain(basename(path ?? "none"));
});

test("no fork makes room for another, and there are a hundred at most", async () => {
  const files = new EvidenceFiles(home);
  const paths: (string | undefined)[] = [];
  for (let n = 0; n < 102; n += 1) paths.push(await files.save({ ...evidenceOf(n), code: "fork" }));
  expect(await namesKept()).toHaveLength(100);
  expect(paths.indexOf(undefined)).toBe(100);
});

test("of a lie a beginning is kept, of a fork the whole", async () => {
  const files = new EvidenceFiles(home);
  const long = "x".repeat(1024 * 1024 + 1);
  const answers = [{ url: "http://node/1", status: 200, body: long, isCut: false }];
  const [lie, fork] = [
    await files.save({ ...evidenceOf(1), answers }),
    await files.save({ ...evidenceOf(1), answers, code: "fork" }),
  ];
  const lengthIn = async (path = ""): Promise<readonly [number, boolean]> => {
    const [answer] = JSON.parse(await readFile(path, "utf8")).answers;
    return [answer.body.length, answer.isCut];
  };
  expect(await lengthIn(lie)).toEqual([1024 * 1024, true]);
  expect(await lengthIn(fork)).toEqual([long.length, false]);
});

test("where nothing can be written the lie is still named: no path, no error", async () => {
  await writeFile(join(home, "evidence"), "in the way");
  expect(await new EvidenceFiles(home).save(evidenceOf(1))).toBeUndefined();
});
