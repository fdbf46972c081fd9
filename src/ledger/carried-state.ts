/**
 * What a new genesis takes over from an earlier ledger: who owns what, and nothing about who validates.
 *
 * A genesis with a predecessor names the state root of that ledger's block. All rows of that state are needed to show
 * that they are the ones meant; those of kinds 4 to 7 (validators, votes, parameters, faults) are then left behind,
 * because the genesis writes them anew.
 * @module
 */
import { toHex } from "../base/bytes.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Hasher } from "../crypto/ports.ts";
import { StateTree } from "../crypto/state-tree.ts";
import type { TreeChange } from "../crypto/state-update.ts";
import type { Digest } from "../protocol/ids.ts";
import { isOfMembership, type StateKey, stateKeyOf } from "../protocol/state.ts";

declare const brand: unique symbol;

interface Carried {
  /** Entries of kinds 0 to 3. */
  readonly entries: ReadonlyMap<StateKey, Uint8Array>;
  /** Of the whole state that they are from. */
  readonly stateRoot: Digest;
}

/** Made by `carryState` alone. */
export type CarriedState = Carried & { readonly [brand]: "CarriedState" };

/** One row of a state: kind ‖ BCS key, and the value. */
export interface StateRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Rows that go into the tree as one batch. */
const rowsPerBatch = 100_000;

/** Fails with the root that the rows have when it is another one than said: a row is missing, surplus or changed. */
export function carryState(
  hasher: Hasher,
  stateRoot: Digest,
  rows: Iterable<StateRow>,
): Result<CarriedState, Digest> {
  const tree = new StateTree({ hasher });
  const entries = new Map<StateKey, Uint8Array>();
  let batch: TreeChange[] = [];
  const flush = (): void => {
    tree.commit(tree.apply(tree.committed, batch));
    batch = [];
  };
  for (const { key, value } of rows) {
    batch.push({ path: hasher.sha256(key), valueHash: hasher.sha256(value) });
    if (batch.length === rowsPerBatch) flush();
    const stateKey = stateKeyOf(key);
    if (!isOfMembership(stateKey)) entries.set(stateKey, value);
  }
  flush();
  const found = toHex(tree.root(tree.committed)) as Digest;
  if (found !== stateRoot) return fail(found);
  const carried: Carried = { entries, stateRoot };
  return ok(carried as CarriedState);
}
