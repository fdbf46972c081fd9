/**
 * The client does more than pay, and what it makes adds up.
 * @module
 */
import { expect, test } from "vitest";
import { isSigned } from "../../src/protocol/transaction.ts";
import { demandAssetsAddUp } from "./world/holdings.ts";
import { World } from "./world/world.ts";

test("every kind of operation but votes becomes final, also across a restart, and the assets add up", async () => {
  const world = new World({ seed: 7, validators: 4 });
  await world.startAll();
  const [crashing, watching] = world.nodes;
  const seen = new Set<string>();
  world.client.start(20);
  await world.run(1_000);
  watching?.queries?.subscribe(({ block }) => {
    for (const named of block.transactions.filter(isSigned)) {
      for (const { body } of named.signed.transaction.operations) seen.add(body.kind);
    }
  });
  crashing?.crash();
  await world.run(30_000, () => seen.size === 6);
  await world.healAndDemandProgress();
  expect([...seen].toSorted()).toEqual([
    "burn",
    "create-asset",
    "mint",
    "record",
    "set-policy",
    "transfer",
  ]);
  await world.checkEnd();
  const holdings = await crashing?.holdings();
  expect(holdings?.supplies.size).toBeGreaterThan(0);
});

test("an asset of which more or less is held than exists is caught", () => {
  const asset = "ab".repeat(32);
  const supplies = new Map([[asset, 5n]]);
  const of = (held: bigint) => ({ native: 0n, supplies, held: new Map([[asset, held]]) });
  expect(() => demandAssetsAddUp(of(5n), "node 1")).not.toThrow();
  expect(() => demandAssetsAddUp(of(6n), "node 1")).toThrow("node 1 holds 6 of the 5");
  expect(() => demandAssetsAddUp({ ...of(5n), supplies: new Map() }, "node 1")).toThrow(
    "which nobody made",
  );
});
