/**
 * Names of assets that nodes list: a few nodes that invent very many cost little, and crowd nothing out.
 * @module
 */
import { expect, test } from "vitest";
import { moreAssets } from "../../../src/client/more-balances.ts";
import { formatAddress } from "../../../src/protocol/address.ts";
import type { AccountId, AssetId } from "../../../src/protocol/ids.ts";
import { labOf, type Told, worldOf } from "./told-nodes.ts";

const world = worldOf({ height: 9 });
const address = formatAddress("quo", "ab".repeat(32) as AccountId);
const issuer = address;
const assetOf = (prefix: string, n: number): AssetId =>
  `${prefix}${n.toString(16).padStart(62, "0")}` as AssetId;

/** It lists so many assets, a hundred at a time. */
const listing = (prefix: string, count: number): Told => ({
  world,
  tip: 9,
  instead: (_, url) => {
    const from = Number(url.searchParams.get("cursor") ?? "0") || 0;
    const items = Array.from({ length: Math.min(100, count - from) }, (_, i) => ({
      asset: assetOf(prefix, from + i),
      code: "X",
      issuer,
      decimals: 0,
      amount: "1",
      display: "1",
    }));
    const next = from + 100 < count ? String(from + 100) : null;
    return Response.json({ items, next, prev: null, tip: { height: 9, id: world.blocks[9]?.id } });
  },
});

const named = async (nodes: Readonly<Record<string, Told>>): ReturnType<typeof moreAssets> => {
  const { client } = labOf(nodes);
  const assets = Array.from({ length: 32 }, (_, n) => assetOf("00", n));
  const shown = Object.keys(nodes).map((node) => ({ node: `http://${node}`, assets }));
  return await moreAssets(client, address, shown);
};

test("what honest nodes list is among the names, however many the others invent", async () => {
  const liars = Object.fromEntries(["1a", "1b", "1c"].map((p, i) => [`l${i}`, listing(p, 999)]));
  const { assets, mayBeMore } = await named({ ...liars, honest: listing("cc", 70) });
  const real = Array.from({ length: 70 }, (_, n) => assetOf("cc", n));
  expect(real.filter((asset) => !assets.includes(asset))).toEqual([]);
  // Each name is a question to every node: no more than one honest list can have.
  expect(assets.length).toBeLessThanOrEqual(300);
  expect(mayBeMore).toBe(true);
});

test("one honest list of three pages is whole", async () => {
  const { assets, mayBeMore } = await named({ a: listing("cc", 300), b: listing("cc", 300) });
  expect(assets).toHaveLength(300);
  expect(mayBeMore).toBe(false);
});
