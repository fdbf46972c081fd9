/**
 * The state that a genesis with a predecessor goes on from, as a file: written from a ledger, read at the first start.
 * @module
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { fail, type Result } from "../src/base/result.ts";
import { type CarriedState, carryState } from "../src/ledger/carried-state.ts";
import { encodeStateRow, readStateFile, stateFileHead } from "../src/ledger/state-file.ts";
import type { Genesis } from "../src/protocol/genesis.ts";
import type { ChainStore } from "../src/storage/chain-store.ts";
import { parseStateKey } from "../src/storage/keys.ts";
import { nativeHasher } from "./adapters/native-crypto.ts";

/** Writes all state rows of a ledger at its tip; the file must not exist. Nothing may be committed meanwhile. */
export async function writeStateFile(path: string, chain: ChainStore): Promise<void> {
  const file = openSync(path, "wx");
  try {
    writeSync(file, stateFileHead);
    for await (const page of chain.stateRows.all()) {
      const rows = page.map(({ key, value }) => encodeStateRow({ key: parseStateKey(key), value }));
      writeSync(file, Buffer.concat(rows));
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The state in the file, if it is the one that the genesis names. The reason of a failure is a sentence. */
export function readCarried(path: string, genesis: Genesis): Result<CarriedState, string> {
  const { previous } = genesis;
  if (previous === undefined) return fail("the genesis names no earlier ledger");
  let file: Uint8Array;
  try {
    file = readFileSync(path);
  } catch (error) {
    return fail(`cannot read ${path}: ${(error as Error).message}`);
  }
  const rows = readStateFile(file);
  if (!rows.ok) return fail(`${path}: ${rows.reason}`);
  const carried = carryState(nativeHasher, previous.stateRoot, rows.value);
  if (carried.ok) return carried;
  return fail(`the state in ${path} has the root ${carried.reason}, not ${previous.stateRoot}`);
}
