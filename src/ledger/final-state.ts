/**
 * The state at the final tip: the rows of the store, with the final blocks over them that are not durable yet.
 *
 * The committed version of the state tree is that of the last durable block: what is proven to others is about that one.
 *
 * The store checks no checksums, so a value read from it counts only when its hash is the leaf of the state tree.
 * Values found good are remembered, within a bound; blocks that became durable leave theirs there.
 * @module
 */
import { equalBytes } from "../base/bytes.ts";
import { RecentMap } from "../base/recent-map.ts";
import type { Hasher } from "../crypto/ports.ts";
import type { StateProofPath } from "../crypto/state-proof.ts";
import type { StateTree, TreeVersion } from "../crypto/state-tree.ts";
import type { Header } from "../protocol/block.ts";
import type { BlockId } from "../protocol/ids.ts";
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

/** An entry of the state, or its absence, with the way to it from the stateRoot. */
export interface ProvenEntry {
  readonly value: Uint8Array | undefined;
  readonly path: StateProofPath;
}

/** A final block with its version of the state tree. */
export interface FinalVersion {
  readonly id: BlockId;
  readonly header: Header;
  readonly version: TreeVersion;
}

interface WaitingBlock extends FinalVersion {
  readonly changes: StateChanges;
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
  readonly #blocks: WaitingBlock[] = [];
  #durable: FinalVersion;
  readonly #checked = new RecentMap<StateKey, CheckedValue>({ entriesMax: checkedValuesMax });

  constructor(options: {
    readonly hasher: Hasher;
    /** Rows at the tip. */
    readonly base: StateReader;
    readonly tree: StateTree;
    /** With the committed version. */
    readonly tip: FinalVersion;
  }) {
    this.#hasher = options.hasher;
    this.#base = options.base;
    this.#tree = options.tree;
    this.#version = options.tip.version;
    this.#durable = options.tip;
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

  /** The last block that the store has, as far as `durable` was told. */
  get durableTip(): FinalVersion {
    return this.#durable;
  }

  /**
   * The entry of a key, or its absence, in the state of the durable tip. Undefined while the store is writing another
   * value over it and the old one is not in memory: to be asked again.
   *
   * @throws StateCorruption
   */
  prove(key: StateKey): ProvenEntry | undefined {
    const { version } = this.#durable;
    const path = this.#tree.prove(version, statePath(this.#hasher, key));
    if (path.end.kind !== "leaf") return { value: undefined, path };
    const leaf = path.end.valueHash;
    const isIt = (value: Uint8Array | undefined): boolean =>
      value !== undefined && equalBytes(this.#hasher.sha256(value), leaf);
    const known = this.#checked.get(key)?.value;
    if (isIt(known)) return { value: known, path };
    const value = this.#base.read(key);
    if (isIt(value)) return { value, path };
    if (this.#pending.has(key)) return undefined;
    throw mismatch(key);
  }

  /** The next block is final. */
  append({ id, header, version, changes }: WaitingBlock): void {
    this.#version = version;
    this.#blocks.push({ id, header, version, changes });
    for (const [key, value] of changes) this.#pending.set(key, { height: header.height, value });
  }

  /** The store has everything up to this height. */
  durable(height: number): void {
    for (let next = this.#blocks[0]; next !== undefined; next = this.#blocks[0]) {
      if (next.header.height > height) return;
      this.#blocks.shift();
      this.#tree.commit(next.version);
      this.#durable = next;
      for (const [key, value] of next.changes) {
        this.#checked.set(key, { value });
        if (this.#pending.get(key)?.height === next.header.height) this.#pending.delete(key);
      }
    }
  }

  /** Whether a final block wrote the entry that the store may not have yet. */
  isWaiting(key: StateKey): boolean {
    return this.#pending.has(key);
  }

  /** The entries with this beginning of their key that final blocks wrote and the store may not have yet. */
  waitingKeys(beginning: string): readonly StateKey[] {
    return [...this.#pending.keys()].filter((key) => key.startsWith(beginning));
  }

  #check(key: StateKey, value: Uint8Array | undefined): void {
    const leaf = this.#tree.valueHash(this.#version, statePath(this.#hasher, key));
    if (value === undefined && leaf === undefined) return;
    if (
      value === undefined ||
      leaf === undefined ||
      !equalBytes(this.#hasher.sha256(value), leaf)
    ) {
      throw mismatch(key);
    }
  }
}

const mismatch = (key: StateKey): StateCorruption =>
  new StateCorruption(`the stored state entry ${key} is not what the ledger committed to`);
