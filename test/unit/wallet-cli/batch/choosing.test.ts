/**
 * Which journal a batch goes on with, and that none is lost, ignored or replaced.
 * @module
 */
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ChainId } from "../../../../src/protocol/ids.ts";
import { type ChoosingOptions, journalToResume } from "../../../../wallet-cli/batch/choosing.ts";
import {
  type BatchHeader,
  BatchJournal,
  journalPath,
} from "../../../../wallet-cli/batch/journal.ts";
import { createJournal } from "../../../../wallet-cli/batch/journals.ts";

const chainId: ChainId = "5a".repeat(32) as ChainId;
const header: BatchHeader = {
  ...{ chainId, csvSha256: "cc".repeat(32), csvPath: "/rows.csv", from: "quo1alice", rows: 3 },
};
const other: BatchHeader = { ...header, csvSha256: "dd".repeat(32), csvPath: "/other.csv" };
const byBob: BatchHeader = { ...header, from: "quo1bob" };
const bytes = new Uint8Array([1, 2, 3]);
const id = "ee".repeat(32);

let home = "";

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "quorate-journals-"));
});

afterEach(async () => await rm(home, { recursive: true }));

const begin: ChoosingOptions = { isResumed: false, isNew: false };
const resume: ChoosingOptions = { isResumed: true, isNew: false };
const anew: ChoosingOptions = { isResumed: false, isNew: true };

const chosen = async (options: ChoosingOptions, wanted = header): Promise<string | undefined> =>
  (await journalToResume(home, wanted, options))?.path;

const failing = (code: string, exit = 2) => ({ exit, facts: { code } });

async function begun(of: BatchHeader, finalRows: number): Promise<BatchJournal> {
  const journal = await createJournal(home, of);
  await journal.append([{ signed: 1, bytes }]);
  for (let row = 1; row <= finalRows; row += 1) {
    if (row > 1) await journal.append([{ signed: row, bytes }]);
    await journal.append([{ final: row, id, height: row }]);
  }
  return journal;
}

test("a file that was never begun is new, and there is nothing to go on with", async () => {
  expect(await chosen(begin)).toBeUndefined();
  expect(await chosen(anew)).toBeUndefined();
  await expect(chosen(resume)).rejects.toMatchObject(failing("nothing_to_resume", 3));
  await begun(other, 1);
  await expect(chosen(resume)).rejects.toMatchObject(failing("nothing_to_resume", 3));
});

test("what was begun is gone on with by --resume alone; without a signed row it is begun again", async () => {
  const { path } = await createJournal(home, header);
  expect(await chosen(begin)).toBe(path);
  await rm(path);
  await begun(header, 1);
  expect(await chosen(resume)).toBe(path);
  await expect(chosen(begin)).rejects.toMatchObject(failing("batch_unfinished"));
  await expect(chosen(anew)).rejects.toMatchObject(failing("batch_unfinished"));
});

const damages: readonly { readonly what: string; readonly damage: (text: string) => string }[] = [
  { what: "nothing in it", damage: () => "" },
  { what: "half a first line", damage: (text) => text.slice(0, 20) },
  { what: "a first line that is no JSON", damage: (text) => `x${text}` },
  { what: "the first line of another file", damage: (text) => text.replaceAll("cc", "ab") },
  { what: "the first line of another network", damage: (text) => text.replaceAll("5a", "5b") },
  { what: "a damaged line in the middle", damage: (text) => text.replace("signed", "sigmed") },
  { what: "a lost line in the middle", damage: (text) => text.replace(/\{"signed.*\n/, "") },
  { what: "a row that is signed twice", damage: (text) => text.replace(/(\{"signed.*\n)/, "$1$1") },
  { what: "a last line that is whole and wrong", damage: (text) => `${text}{"signed":1}\n` },
];

test.each(damages)("a journal of this file with $what stops everything", async ({ damage }) => {
  const { path } = await begun(header, 1);
  const damaged = damage(await readFile(path, "utf8"));
  await writeFile(path, damaged);
  for (const options of [begin, resume, anew]) {
    await expect(chosen(options)).rejects.toMatchObject({
      ...{ exit: 2, facts: { code: "batch_journal_malformed" } },
    });
    await expect(chosen(options, byBob)).rejects.toMatchObject(failing("batch_journal_malformed"));
  }
  expect(await chosen(begin, other)).toBeUndefined();
  expect(await readFile(path, "utf8")).toBe(damaged);
});

test("a damaged journal of the same path with other content stops it too", async () => {
  const { path } = await begun(header, 1);
  await writeFile(path, (await readFile(path, "utf8")).replace("signed", "sigmed"));
  const changed = { ...header, csvSha256: other.csvSha256 };
  await expect(chosen(begin, changed)).rejects.toMatchObject(failing("batch_journal_malformed"));
});

test("a new journal never takes the place of any file", async () => {
  const first = await createJournal(home, header);
  await truncate(first.path, 0);
  const second = await createJournal(home, header);
  expect(second.path).toBe(journalPath(home, header, 2));
  expect(await readFile(first.path, "utf8")).toBe("");
  const before = await readFile(second.path, "utf8");
  await expect(BatchJournal.create(second.path, byBob)).rejects.toThrow("EEXIST");
  expect(await readFile(second.path, "utf8")).toBe(before);
  expect(await readdir(join(home, "batches"))).toHaveLength(2);
});

test("a file that another account began to pay is pointed out before it is paid twice", async () => {
  await createJournal(home, byBob); // Nothing of it is signed.
  expect(await chosen(begin)).toBeUndefined();
  const { path } = await begun(byBob, 2);
  await expect(chosen(begin)).rejects.toMatchObject({
    ...{ exit: 2, facts: { code: "batch_of_another_payer" } },
  });
  await expect(chosen(begin)).rejects.toThrow("quo1bob");
  await expect(chosen(resume)).rejects.toMatchObject(failing("nothing_to_resume", 3));
  await expect(chosen(resume)).rejects.toThrow("quo1bob");
  expect(await chosen(anew)).toBeUndefined();
  expect(await chosen(resume, byBob)).toBe(path);

  await createJournal(home, header); // Begun and ended before a row was signed.
  await expect(chosen(begin)).rejects.toMatchObject(failing("batch_of_another_payer"));
});

test("a changed file at the path of an unfinished one is refused, whoever paid", async () => {
  await begun(header, 1);
  const changed = { ...header, csvSha256: other.csvSha256 };
  await expect(chosen(begin, changed)).rejects.toMatchObject(failing("csv_changed"));
  await expect(chosen(resume, changed)).rejects.toMatchObject(failing("csv_changed"));
  const changedByBob = { ...changed, from: byBob.from };
  await expect(chosen(begin, changedByBob)).rejects.toMatchObject(failing("csv_changed"));
});

test("a file that was paid as a whole is paid once more with --new alone", async () => {
  const { path } = await begun(header, 3);
  await expect(chosen(begin)).rejects.toMatchObject(failing("batch_done"));
  expect(await chosen(resume)).toBe(path);
  expect(await chosen(anew)).toBeUndefined();
  const again = await createJournal(home, header); // With --new, and ended before a row was signed.
  await expect(chosen(begin)).rejects.toMatchObject(failing("batch_done"));
  expect(await chosen(anew)).toBe(again.path);
  expect(await chosen(resume)).toBe(again.path);
  await expect(chosen({ isResumed: true, isNew: true })).rejects.toMatchObject(
    failing("new_or_resume"),
  );
});
