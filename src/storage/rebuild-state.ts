/**
 * The state tree, built anew from the state rows: at opening, and by `verify`.
 * @module
 */
import type { Hasher } from "../crypto/ports.ts";
import { StateTree, type TreeVersion } from "../crypto/state-tree.ts";
import type { TreeChange } from "../crypto/state-update.ts";
import { keyAfter, parseStateKey, prefixes, rangeOf } from "./keys.ts";
import type { Entry, Store } from "./store.ts";

export interface RebuiltState {
  readonly tree: StateTree;
  /** The committed version of the tree: all rows. */
  readonly version: TreeVersion;
  /** Entries of kind 0. */
  readonly accounts: number;
}

const accountKind = 0;
const rowsPerPage = 2_000;
/** Rows that go into the tree as one batch; each inner node above them is hashed once a batch. */
const rowsPerBatch = 100_000;

export async function rebuildState(
  store: Store,
  options: { readonly hasher: Hasher; readonly onProgress?: (stateEntries: number) => void },
): Promise<RebuiltState> {
  const { hasher, onProgress } = options;
  const tree = new StateTree({ hasher });
  let batch: TreeChange[] = [];
  let accounts = 0;
  let entries = 0;
  const flush = (): void => {
    tree.commit(tree.apply(tree.committed, batch));
    batch = [];
  };
  for await (const page of statePages(store)) {
    for (const { key, value } of page) {
      const entry = parseStateKey(key);
      if (entry[0] === accountKind) accounts += 1;
      batch.push({ path: hasher.sha256(entry), valueHash: hasher.sha256(value) });
    }
    entries += page.length;
    if (batch.length >= rowsPerBatch) flush();
    onProgress?.(entries);
  }
  flush();
  return { tree, version: tree.committed, accounts };
}

/** All state rows, a page at a time, in order of their keys. Consistent only while nothing is committed. */
export async function* statePages(store: Store): AsyncGenerator<readonly Entry[], void, undefined> {
  let range = rangeOf(prefixes.state, rowsPerPage);
  for (;;) {
    const page = await store.range(range);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < rowsPerPage) return;
    range = { ...range, from: keyAfter(last.key) };
  }
}
