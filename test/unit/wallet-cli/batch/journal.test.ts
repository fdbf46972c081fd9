/**
 * The journal of a batch on the disk: what a power cut may leave of it, and what is damage.
 * @module
 */
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ChainId } from "../../../../src/protocol/ids.ts";
import { BatchJournal } from "../../../../wallet-cli/batch/journal.ts";

const chainId: ChainId = "5a".repeat(32) as ChainId;
const header = {
  ...{ chainId, csvSha256: "cc".repeat(32), csvPath: "/rows.csv", from: "quo1alice", rows: 3 },
};
const bytes = new Uint8Array([1, 2, 3]);
const id = "ee".repeat(32);

let folder = "";
let path = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "quorate-journal-"));
  path = join(folder, "batches", "a.jsonl");
  const journal = await BatchJournal.create(path, header);
  await journal.append([
    { signed: 1, bytes },
    { signed: 2, bytes },
    { final: 1, id, height: 9 },
  ]);
});

afterEach(async () => await rm(folder, { recursive: true }));

const kinds = (journal: BatchJournal): readonly string[] =>
  journal.states.map((state) => state.kind);

test("what was appended is there again, with the bytes that paid a final row", async () => {
  const journal = await BatchJournal.open(path);
  expect(journal.header).toEqual(header);
  expect(journal.states).toEqual([
    { kind: "final", id, height: 9, bytes },
    { kind: "signed", bytes },
    { kind: "unsigned" },
  ]);
});

test("a torn last line is cut off by the first line that is added, and not before", async () => {
  await appendFile(path, '{"signed":3,"byt');
  const torn = await readFile(path, "utf8");
  const journal = await BatchJournal.open(path);
  expect(kinds(journal)).toEqual(["final", "signed", "unsigned"]);
  expect(await readFile(path, "utf8")).toBe(torn); // Whoever only looks leaves it to its writer.
  await journal.append([{ gone: 2, id, code: "expired" }]);
  await journal.append([{ signed: 3, bytes }]);
  expect(kinds(await BatchJournal.open(path))).toEqual(["final", "unsigned", "signed"]);
});

test("a last line that lacks only its end counts: it may have been sent", async () => {
  await appendFile(path, '{"signed":3,"bytes":"010203"}');
  const journal = await BatchJournal.open(path);
  expect(kinds(journal)).toEqual(["final", "signed", "signed"]);
  await journal.append([{ final: 3, id, height: 10 }]);
  expect(kinds(await BatchJournal.open(path))).toEqual(["final", "signed", "final"]);
});

test.each([
  { what: "is no beginning of a line", tail: "\0\0\0\0" },
  { what: "is a whole line of something else", tail: '{"signed":4,"bytes":"01"}' },
  { what: "contradicts the lines before it", tail: '{"signed":2,"bytes":"01"}' },
])("a last part that $what is damage", async ({ tail }) => {
  await writeFile(path, (await readFile(path, "utf8")) + tail);
  await expect(BatchJournal.open(path)).rejects.toMatchObject({
    ...{ exit: 2, facts: { code: "batch_journal_malformed" } },
  });
});
