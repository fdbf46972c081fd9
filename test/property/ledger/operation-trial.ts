/**
 * A block of random transactions, run beside the model.
 * @module
 */
import { expect } from "vitest";
import { genesisState } from "../../../src/ledger/genesis-state.ts";
import type { Genesis } from "../../../src/protocol/genesis.ts";
import { assetOf, blockOn, createAsset, mint } from "../../fixtures/operations.ts";
import {
  alice,
  bob,
  carol,
  genesisOf,
  native,
  operator,
  Rows,
} from "../../fixtures/small-ledger.ts";
import {
  accountMinimum,
  after,
  type Outline,
  type World,
  wishOf,
  worldIn,
} from "./operation-model.ts";

export const genesis: Genesis = genesisOf({
  balances: [
    [alice, 2_000n],
    [bob, 2_000n],
    [carol, 400n],
    [operator, 100n],
  ],
});

/** Alice and bob have issued A; everybody but dave holds of it. */
export function issued(): Rows {
  const rows = new Rows();
  rows.write(genesisState(genesis));
  const block = blockOn(rows, genesis, { parameters: { accountMinimum } });
  for (const issuer of [alice, bob]) {
    const asset = assetOf(issuer, "A");
    const operations = [
      createAsset("A", { maxSupply: 400n }),
      ...[alice, bob, carol].map((holder) => mint(asset, holder, 40n)),
      native(issuer === alice ? bob : alice, 1n),
    ];
    expect(block.apply({ from: issuer, operations })).toBe("applied");
  }
  block.finish();
  return rows;
}

export interface Trial {
  readonly before: World;
  readonly world: World;
  readonly rows: Rows;
  /** Those that applied. */
  readonly applied: readonly Outline[];
}

/** Applies them in turn and holds each verdict, and in the end the state, to the model. */
export function tryAll(outlines: readonly Outline[]): Trial {
  const rows = issued();
  const before = worldIn(rows);
  let world = before;
  let fees = 0n;
  const applied: Outline[] = [];
  const block = blockOn(rows, genesis, { parameters: { accountMinimum }, height: 2 });
  for (const outline of outlines) {
    const next = after(world, outline);
    const verdict = block.apply(wishOf(world, outline));
    expect(verdict === "applied").toBe(next !== undefined);
    if (next === undefined) continue;
    world = next;
    fees += outline.fee;
    applied.push(outline);
  }
  block.finish();
  const accounts = new Map(world.accounts);
  const leader = accounts.get(leaderPosition);
  if (leader !== undefined) {
    accounts.set(leaderPosition, { ...leader, balance: leader.balance + fees });
  }
  world = { ...world, accounts };
  expect(worldIn(rows)).toEqual({ ...world });
  return { before, world, rows, applied };
}

/** Of `operator`, who earns the fees. */
const leaderPosition = 4;
