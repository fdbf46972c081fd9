/**
 * The remembered tip on the disk: exact, of its network, and never moved back.
 * @module
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { formatTip, parseTip, type RememberedTip } from "../../../../src/client/remembered-tip.ts";
import { type BlockId, type ChainId, epoch, height } from "../../../../src/protocol/ids.ts";
import { TipFile } from "../../../../wallet-cli/trust/tip-store.ts";
import { validatorsOf } from "../../../fixtures/proof-world.ts";

const chainId = "c4".repeat(32) as ChainId;
const tipAt = (at: number): RememberedTip => ({
  height: height(at),
  blockId: at.toString(16).padStart(64, "0") as BlockId,
  epoch: epoch(2),
  validators: validatorsOf([1, 2, 3, 4]),
  timestampMs: 1_000 * at,
});

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "quorate-tip-"));
});
afterEach(async () => {
  await rm(home, { recursive: true });
});
const file = (): TipFile => new TipFile({ home, chainId });

test("what is saved is loaded; nothing is loaded before", async () => {
  expect(await file().load()).toBeUndefined();
  await file().save(tipAt(7));
  expect(await file().load()).toEqual(tipAt(7));
  expect(await readdir(join(home, "tips"))).toEqual([`${chainId}.json`]);
});

test("it never moves back, and the first of two at one height stays", async () => {
  await file().save(tipAt(7));
  await file().save(tipAt(6));
  await file().save({ ...tipAt(7), blockId: "ff".repeat(32) as BlockId });
  expect(await file().load()).toEqual(tipAt(7));
});

test("of many that are saved at once the highest stays", async () => {
  const heights = [3, 9, 1, 12, 5, 11, 2, 8, 4, 10, 7, 6];
  await Promise.all(heights.map(async (at) => await file().save(tipAt(at))));
  expect((await file().load())?.height).toBe(12);
});

test("another network's tip is in another file", async () => {
  await file().save(tipAt(7));
  const other = new TipFile({ home, chainId: "d5".repeat(32) as ChainId });
  expect(await other.load()).toBeUndefined();
});

test("a damaged file is an error that names it, not a fresh start", async () => {
  await file().save(tipAt(7));
  const path = join(home, "tips", `${chainId}.json`);
  const text = await readFile(path, "utf8");
  await writeFile(path, text.slice(0, -10));
  await expect(file().load()).rejects.toMatchObject({ exit: 2, facts: { code: "tip_malformed" } });
});

test.each([
  ["another network", (json: Json) => ({ ...json, chainId: "ab".repeat(32) }), "chainId"],
  ["no validators", (json: Json) => ({ ...json, validators: [] }), "validators"],
  [
    "validators out of order",
    (json: Json) => ({ ...json, validators: json.validators.toReversed() }),
    "validators",
  ],
  ["a height below 0", (json: Json) => ({ ...json, height: -1 }), "height"],
  ["an id that is none", (json: Json) => ({ ...json, blockId: "AB".repeat(32) }), "blockId"],
  ["an unknown field", (json: Json) => ({ ...json, more: 1 }), "more"],
])("%s is not read as a tip", (_, change, field) => {
  const json = JSON.parse(formatTip(tipAt(7), chainId)) as Json;
  expect(parseTip(JSON.stringify(json), chainId).ok).toBe(true);
  const parsed = parseTip(JSON.stringify(change(json)), chainId);
  expect(!parsed.ok && parsed.reason).toContain(field);
});

interface Json {
  readonly validators: readonly unknown[];
}
