/**
 * A batch pays each row exactly once, wherever its process ends.
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CrashingBatch } from "./crashing-batch.ts";

const rows = 5;
/** More than a run of this size has moments to end at. */
const never = 1_000;
let batch: CrashingBatch;

beforeEach(async () => {
  batch = await CrashingBatch.create(rows);
});

afterEach(async () => await batch.remove());

const memos = (): readonly string[] =>
  batch.ledger.applied.map(({ memo }) => memo).filter((memo) => memo !== "stolen");
const everyRow = Array.from({ length: rows }, (_, i) => `row ${i + 1}`);

test("without a crash every row is paid once, in order, and nothing stays in the outbox", async () => {
  expect(await batch.run(never)).toBe(true);
  expect(memos()).toEqual(everyRow);
  expect(await batch.outbox()).toEqual([]);
});

test("after it is done, running it again pays nothing", async () => {
  await batch.run(never);
  expect(await batch.run(never)).toBe(true);
  expect(memos()).toEqual(everyRow);
});

test("ended at any one moment and resumed, every row is paid once", async () => {
  let moments = 0;
  for (let at = 0; ; at += 1) {
    const each = await CrashingBatch.create(rows);
    const isDone = await each.run(at);
    if (!isDone) expect(await each.run(never)).toBe(true);
    const paid = each.ledger.applied.map(({ memo }) => memo);
    expect({ at, paid: paid.toSorted() }).toEqual({ at, paid: everyRow });
    expect({ at, left: await each.outbox() }).toEqual({ at, left: [] });
    await each.remove();
    if (isDone) break;
    moments += 1;
  }
  expect(moments).toBeGreaterThan(4 * rows);
});

test("ended again and again, every row is paid once", async () => {
  let runs = 0;
  while (!(await batch.run(5 + (runs % 11)))) {
    runs += 1;
    expect(runs).toBeLessThan(200);
  }
  expect(memos().toSorted()).toEqual(everyRow);
});

test("a row whose nonce another payment took is signed again, and paid once", async () => {
  for (let at = 4; at < 40; at += 7) {
    const each = await CrashingBatch.create(rows);
    await each.run(at);
    each.ledger.steal();
    expect(await each.run(never)).toBe(true);
    const paid = each.ledger.applied.map(({ memo }) => memo);
    expect({ at, paid: paid.toSorted() }).toEqual({ at, paid: [...everyRow, "stolen"].toSorted() });
    await each.remove();
  }
});

test("a journal that lost what the outbox knows is damaged, and no row is paid from it", async () => {
  for (let at = 4; at < 16; at += 1) {
    const each = await CrashingBatch.create(rows);
    await each.run(at);
    const waiting = await each.outbox();
    const before = each.ledger.applied.length;
    const { path } = await each.journal();
    const [header = ""] = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, `${header}\n{"signed":1,"byt`);
    if (waiting.length > 0) {
      await expect(each.run(never)).rejects.toMatchObject({
        ...{ exit: 2, facts: { code: "batch_journal_malformed" } },
      });
      expect(each.ledger.applied).toHaveLength(before);
    }
    await each.remove();
  }
});
