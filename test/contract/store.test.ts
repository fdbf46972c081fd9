import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LevelStore, openLevelStore } from "../../node/adapters/level-store.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import { storeContract } from "./store.contract.ts";

storeContract("the store in memory", {
  open: () => Promise.resolve(new MemoryStore()),
  async reopen(store) {
    await store.close();
    return new MemoryStore((store as MemoryStore).snapshot());
  },
  clean: async (store) => await store?.close(),
});

async function openAt(directory: string): Promise<LevelStore> {
  const opened = await openLevelStore(directory);
  if (!opened.ok) throw new Error(opened.reason.message);
  return opened.value;
}

let directory = "";

storeContract("the store on LevelDB", {
  async open() {
    directory = await mkdtemp(join(tmpdir(), "quorate-store-"));
    return await openAt(directory);
  },
  async reopen(store) {
    await store.close();
    return await openAt(directory);
  },
  async clean(store) {
    await store?.close();
    await rm(directory, { recursive: true, force: true });
  },
});
