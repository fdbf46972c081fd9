import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LevelStore, openLevelStore } from "../../node/adapters/level-store.ts";

let directory = "";
const open: LevelStore[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "quorate-level-"));
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  await rm(directory, { recursive: true, force: true });
});

async function opened(): Promise<LevelStore> {
  const result = await openLevelStore(directory);
  if (!result.ok) throw new Error(result.reason.message);
  open.push(result.value);
  return result.value;
}

const write = (key: number, length: number) =>
  ({ kind: "put", key: Uint8Array.of(key), value: new Uint8Array(length).fill(key) }) as const;

test("a ledger that is open elsewhere is locked, and the reason says so", async () => {
  await opened();
  const second = await openLevelStore(directory);
  expect(second.ok ? "opened" : second.reason.code).toBe("ledger_locked");
});

test("a ledger whose files contradict each other is damaged", async () => {
  const store = await opened();
  await store.commit([write(1, 10)]);
  await store.close();
  open.pop();
  await writeFile(join(directory, "CURRENT"), "nonsense");
  const second = await openLevelStore(directory);
  expect(second.ok ? "opened" : second.reason.code).toBe("ledger_damaged");
});

test("a directory that is a file is unreadable", async () => {
  const path = join(directory, "file");
  await writeFile(path, "");
  const result = await openLevelStore(path);
  expect(result.ok ? "opened" : result.reason.code).toBe("ledger_unreadable");
});

test("after one failed write every later commit rejects, and reads still work", async () => {
  const store = await opened();
  await store.commit([write(1, 10)]);
  // LevelDB begins a new log file after 4 MiB: without its directory it cannot.
  await rm(directory, { recursive: true });
  const fill = async (): Promise<void> => {
    for (let i = 0; i < 10; i += 1) await store.commit([write(2, 3 * 1024 * 1024)]);
  };
  await expect(fill()).rejects.toThrow("a write to the ledger's database failed");
  await expect(store.commit([write(3, 1)])).rejects.toThrow("failed");
  expect(store.get(Uint8Array.of(1))?.length).toBe(10);
});
