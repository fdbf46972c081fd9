/**
 * The proof of an account has all that it holds in the very block that it is about, whatever the disk does meanwhile:
 * clients call a node that leaves out a balance a liar.
 * @module
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AssetId } from "../../src/protocol/ids.ts";
import { balanceKey } from "../../src/protocol/state.ts";
import { bothStores } from "../fixtures/both-stores.ts";
import { assetOf, createAsset, give, mint } from "../fixtures/content.ts";
import { InterleavedStore } from "../fixtures/interleaved-store.ts";
import { ProvingNode, payee, payer, wish } from "../fixtures/proving-node.ts";
import { native } from "../fixtures/small-ledger.ts";

/** A proof has room for so many balances. */
const shownMax = 59;
const codes = Array.from({ length: shownMax + 5 }, (_, i) => `A${i}`);
/** Ascending. */
const assets = codes.map((code) => assetOf(payer, code)).toSorted();
const [least, second] = assets as [AssetId, AssetId];

/** The height that the proof of the payee's account is about, and the assets whose balances it has. */
async function heldBy(node: ProvingNode): Promise<readonly [number, readonly AssetId[]]> {
  const proved = await node.proofs.account(payee.account, wish());
  if (!proved.ok) throw new Error(`refused: ${proved.reason.kind}`);
  const keys = proved.value.items.flatMap((item) => (item.kind === "state" ? [item.key] : []));
  const held = assets.filter((asset) => keys.includes(balanceKey(payee.account, asset)));
  expect(keys).toHaveLength(1 + held.length);
  return [proved.value.header.height, held];
}

const mints = (some: readonly AssetId[]) => some.map((asset) => mint(asset, payee, 1n));

describe.each(bothStores())("a node $name", ({ open }) => {
  let store: InterleavedStore;
  let node: ProvingNode;
  beforeEach(async () => {
    store = new InterleavedStore(await open());
    node = await ProvingNode.open(store);
    const half = codes.length / 2;
    await node.grow([node.transaction(payer, [native(payee, 9n)])]);
    for (const some of [codes.slice(0, half), codes.slice(half)]) {
      const creations = some.map((code) => createAsset(code));
      await node.grow([node.transaction(payer, creations)]);
    }
  });
  afterEach(async () => {
    await store.close();
  });

  test("has what came with a block that was committed while the rows were read", async () => {
    await node.grow([node.transaction(payer, mints([second]))]);
    store.meanwhile = async () => {
      await node.grow([node.transaction(payer, mints([least]))]);
    };
    expect(await heldBy(node)).toEqual([5, [least, second]]);
    expect(await heldBy(node)).toEqual([5, [least, second]]);
  });

  test("has what a block gave away that is on disk and not known to be there", async () => {
    await node.grow([node.transaction(payer, mints([least, second]))]);
    const given = node.finalize([[node.transaction(payee, [give(least, payer, 1n)])]]);
    await node.commit(given, 1, { isTold: false });
    expect(await heldBy(node)).toEqual([4, [least, second]]);
    node.ledger.durable(node.height);
    expect(await heldBy(node)).toEqual([5, [second]]);
  });

  test("is as full as there is room for, though the disk has more that is not there yet", async () => {
    const later = assets.slice(1);
    const half = later.length / 2;
    for (const some of [later.slice(0, half), later.slice(half)]) {
      await node.grow([node.transaction(payer, mints(some))]);
    }
    const paid = node.finalize([[node.transaction(payer, mints([least]))]]);
    await node.commit(paid, 1, { isTold: false });
    expect(await heldBy(node)).toEqual([5, later.slice(0, shownMax)]);
    node.ledger.durable(node.height);
    expect(await heldBy(node)).toEqual([6, assets.slice(0, shownMax)]);
  });
});
