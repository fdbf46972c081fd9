/**
 * Codes of assets: found by their beginning over many pages, also what is created while they are read.
 */
import { expect, test } from "vitest";
import type { Block } from "../../../src/protocol/block.ts";
import { AssetCodes } from "../../../src/replica/asset-codes.ts";
import { AssetQueries } from "../../../src/replica/asset-queries.ts";
import type { BlockListener } from "../../../src/replica/node-queries.ts";
import { MemoryStore } from "../../../src/storage/memory-store.ts";
import { assetOf, createAsset } from "../../fixtures/content.ts";
import { alice, bob, hasher } from "../../fixtures/small-ledger.ts";
import { StoredLedger, storedGenesis } from "../../fixtures/stored-ledger.ts";

const codes = Array.from({ length: 250 }, (_, i) => `A${String(i).padStart(3, "0")}`);

async function open() {
  const genesis = storedGenesis([
    [alice, 1_000n],
    [bob, 1_000n],
  ]);
  const stored = await StoredLedger.open(new MemoryStore(), genesis);
  for (let i = 0; i < codes.length; i += 50) {
    await stored.write(alice, ...codes.slice(i, i + 50).map((code) => createAsset(code)));
  }
  const listeners = new Set<BlockListener>();
  const subscribe = (listener: BlockListener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const announce = (block: Block) => {
    for (const listener of listeners) listener({ block, bytes: 0, finalization: undefined });
  };
  return { stored, assets: new AssetQueries(stored), subscribe, announce, listeners };
}

test("assets of many pages are found by the beginning of their code, in the order of the codes", async () => {
  const { assets, subscribe } = await open();
  const known = new AssetCodes({ assets, subscribe }, hasher);
  const tens = codes.filter((code) => code.startsWith("A12"));
  expect(await known.beginningWith("A12", 100)).toEqual(tens.map((code) => assetOf(alice, code)));
  expect(await known.beginningWith("A12", 3)).toHaveLength(3);
  expect(await known.beginningWith("", 1_000)).toHaveLength(codes.length);
  expect(await known.beginningWith("B", 5)).toEqual([]);
});

test("what is created while they are read is found, once", async () => {
  const { stored, assets, subscribe, announce } = await open();
  let pages = 0;
  const reading = {
    assets: async (...span: Parameters<AssetQueries["assets"]>) => {
      const page = await assets.assets(...span);
      pages += 1;
      announce(await stored.write(bob, createAsset(`B${pages}`)));
      return page;
    },
  };
  const known = new AssetCodes({ assets: reading, subscribe }, hasher);
  const found = await Promise.all([known.beginningWith("B", 10), known.beginningWith("B", 10)]);
  expect(pages).toBeGreaterThanOrEqual(3);
  const created = Array.from({ length: pages }, (_, i) => assetOf(bob, `B${i + 1}`));
  expect(found).toEqual([created, created]);
});

test("a reading that fails is said, and tried again by the next one who asks", async () => {
  const { assets, subscribe, listeners } = await open();
  let isBroken = true;
  const reading = {
    assets: async (...span: Parameters<AssetQueries["assets"]>) => {
      if (isBroken) throw new Error("the disk is gone");
      return await assets.assets(...span);
    },
  };
  const known = new AssetCodes({ assets: reading, subscribe }, hasher);
  await expect(known.beginningWith("A", 1)).rejects.toThrow("the disk is gone");
  expect(listeners.size).toBe(0);
  isBroken = false;
  expect(await known.beginningWith("A000", 1)).toEqual([assetOf(alice, "A000")]);
});
