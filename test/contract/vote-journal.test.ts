import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createVoteJournal, openVoteJournal } from "../../node/adapters/file-vote-journal.ts";
import { nativeHasher } from "../../node/adapters/native-crypto.ts";
import { utf8 } from "../../src/base/bytes.ts";
import { MemoryVoteJournal } from "../../src/storage/memory-vote-journal.ts";
import { identity, voteJournalContract } from "./vote-journal.contract.ts";

let inMemory: MemoryVoteJournal | undefined;

voteJournalContract("the vote journal in memory", {
  create: () => Promise.resolve(MemoryVoteJournal.create({ ...identity, hasher: nativeHasher })),
  open(content, whose = identity) {
    inMemory = MemoryVoteJournal.open(content, { ...whose, hasher: nativeHasher });
    return Promise.resolve(inMemory);
  },
  content: () => Promise.resolve(inMemory?.snapshot() ?? { journal: undefined, mark: undefined }),
  clean: () => Promise.resolve(),
});

const directories: string[] = [];
const newDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "quorate-journal-"));
  directories.push(directory);
  return directory;
};
const removeAll = async (): Promise<void> => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
};
const name = `validator-${identity.consensusKey.slice(0, 8)}`;
const plain = (bytes: Buffer): Uint8Array => Uint8Array.from(bytes);
const contentOf = async (directory: string) => ({
  journal: plain(await readFile(join(directory, `${name}.journal`))),
  mark: plain(await readFile(join(directory, `${name}.mark`))),
});

voteJournalContract("the vote journal on disk", {
  async create() {
    const directory = await newDirectory();
    await createVoteJournal(directory, identity);
    return await contentOf(directory);
  },
  async open(content, whose = identity) {
    const directory = await newDirectory();
    const { journal, mark } = content;
    if (journal !== undefined) await writeFile(join(directory, `${name}.journal`), journal);
    if (mark !== undefined) await writeFile(join(directory, `${name}.mark`), mark);
    return await openVoteJournal(directory, whose);
  },
  content: async () => await contentOf(directories.at(-1) ?? ""),
  clean: removeAll,
});

let directory = "";
beforeEach(async () => {
  directory = await newDirectory();
});
afterEach(removeAll);

test("a journal is created once, and only its owner reads it", async () => {
  await createVoteJournal(directory, identity);
  for (const ending of ["journal", "mark"]) {
    const { mode } = await stat(join(directory, `${name}.${ending}`));
    expect(mode & 0o777).toBe(0o600);
  }
  await expect(createVoteJournal(directory, identity)).rejects.toThrow("EEXIST");
});

test("opening does not create a journal", async () => {
  const journal = await openVoteJournal(directory, identity);
  expect(journal.state.kind).toBe("absent");
  await expect(stat(join(directory, `${name}.journal`))).rejects.toThrow("ENOENT");
});

test("a rewrite that did not come to its name leaves the journal as it was", async () => {
  await createVoteJournal(directory, identity);
  const journal = await openVoteJournal(directory, identity);
  await journal.append([utf8("a")], { epoch: 0, view: 1 });
  await journal.close();
  await writeFile(join(directory, `${name}.journal.new`), "half of a new journal");
  const again = await openVoteJournal(directory, identity);
  expect(again.state).toEqual({ kind: "sound", entries: [utf8("a")] });
  await again.close();
  await expect(stat(join(directory, `${name}.journal.new`))).rejects.toThrow("ENOENT");
});

test("a renewal makes files that only their owner reads, and leaves no drafts", async () => {
  const journal = await openVoteJournal(directory, identity);
  await writeFile(join(directory, `${name}.mark.new`), "half of a new mark", { mode: 0o644 });
  await journal.close();
  const again = await openVoteJournal(directory, identity);
  await again.renew({ epoch: 1, view: 0 });
  await again.close();
  expect((await readdir(directory)).sort()).toEqual([`${name}.journal`, `${name}.mark`]);
  for (const file of await readdir(directory)) {
    expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
  }
});

test("a renewal that the disk refuses leaves a journal that is still flawed", async () => {
  const journal = await openVoteJournal(directory, identity);
  await rm(directory, { recursive: true });
  directories.splice(directories.indexOf(directory), 1);
  await expect(journal.renew({ epoch: 1, view: 0 })).rejects.toThrow("ENOENT");
  expect(journal.state.kind).toBe("absent");
  await expect(journal.append([utf8("a")], { epoch: 1, view: 1 })).rejects.toThrow("absent");
  await journal.close();
});

test("after a failed rewrite nothing is appended any more", async () => {
  await createVoteJournal(directory, identity);
  const journal = await openVoteJournal(directory, identity);
  await rm(directory, { recursive: true });
  directories.splice(directories.indexOf(directory), 1);
  await expect(journal.rewrite([], { epoch: 0, view: 1 })).rejects.toThrow("ENOENT");
  await expect(journal.append([utf8("a")], { epoch: 0, view: 1 })).rejects.toThrow("failed");
  await journal.close();
});
