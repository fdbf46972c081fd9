/**
 * The state at the final tip: the rows of the store, with the final blocks over them that are not durable yet.
 *
 * The store checks no checksums, so a value read from it counts only when its hash is the leaf of the state tree.
 * Values found good are remembered, within a bound; blocks that became durable leave theirs there.
 * @module
 */
import { equalBytes } from "../base/bytes.ts";
import { RecentMap } from "../base/recent-map.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { StateTree, TreeVersion } from "../crypto/state-tree.ts";
import {
  type StateChanges,
  type StateKey,
  type StateReader,
  statePath,
} from "../protocol/state.ts";

/** The store's rows are not the state that the ledger committed to. The process must end: nothing read is sure. */
export class StateCorruption extends Error {
  override readonly name = "StateCorruption";
}

interface PendingValue {
  readonly height: number;
  readonly value: Uint8Array | undefined;
}

interface CheckedValue {
  readonly value: Uint8Array | undefined;
}

/** Checked values kept: about 150 bytes each. */
const checkedValuesMax = 65_536;

export class FinalState implements StateReader {
  readonly #hasher: Hasher;
  readonly #base: StateReader;
  readonly #tree: StateTree;
  #version: TreeVersion;
  readonly #pending = new Map<StateKey, PendingValue>();
  /** Final blocks that are not durable, oldest first. Bounded by the committer's queue. */
  readonly #blocks: { readonly height: number; readonly changes: StateChanges }[] = [];
  readonly #checked = new RecentMap<StateKey, CheckedValue>({ entriesMax: checkedValuesMax });

  constructor(options: {
    readonly hasher: Hasher;
    /** Rows at the height of `version`. */
    readonly base: StateReader;
    readonly tree: StateTree;
    readonly version: TreeVersion;
  }) {
    this.#hasher = options.hasher;
    this.#base = options.base;
    this.#tree = options.tree;
    this.#version = options.version;
  }

  /** @throws StateCorruption */
  read(key: StateKey): Uint8Array | undefined {
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending.value;
    const known = this.#checked.get(key);
    if (known !== undefined) return known.value;
    const value = this.#base.read(key);
    this.#check(key, value);
    this.#checked.set(key, { value });
    return value;
  }

  /** The next block is final; `version` is its committed version of the tree. */
  append(
    block: { readonly height: number; readonly changes: StateChanges },
    version: TreeVersion,
  ): void {
    const { height, changes } = block;
    this.#version = version;
    this.#blocks.push(block);
    for (const [key, value] of changes) this.#pending.set(key, { height, value });
  }

  /** The store has everything up to this height. */
  durable(height: number): void {
    for (let next = this.#blocks[0]; next !== undefined; next = this.#blocks[0]) {
      if (next.height > height) return;
      this.#blocks.shift();
      for (const [key, value] of next.changes) {
        this.#checked.set(key, { value });
        if (this.#pending.get(key)?.height === next.height) this.#pending.delete(key);
      }
    }
  }

  #check(key: StateKey, value: Uint8Array | undefined): void {
    const leaf = this.#tree.valueHash(this.#version, statePath(this.#hasher, key));
    if (value === undefined && leaf === undefined) return;
    if (
      value === undefined ||
      leaf === undefined ||
      !equalBytes(this.#hasher.sha256(value), leaf)
    ) {
      throw new StateCorruption(
        `the stored state entry ${key} is not what the ledger committed to`,
      );
    }
  }
}
