/**
 * One executed block in the ledger's tree: what it changed, over its parent.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { Frontier } from "../crypto/merkle.ts";
import type { TreeVersion } from "../crypto/state-tree.ts";
import type { Block, Header } from "../protocol/block.ts";
import type { BlockId } from "../protocol/ids.ts";
import type { StateChanges, StateKey, StateReader } from "../protocol/state.ts";

export class ExecutedNode {
  readonly id: BlockId;
  readonly header: Header;
  readonly version: TreeVersion;
  /** Includes the block's own id. */
  readonly history: Frontier;
  /** Undefined at the tip, whose block is the store's. */
  block: Block | undefined;
  /** Undefined at the tip. */
  parent: ExecutedNode | undefined;
  /** Empty at the tip: there they are part of the final state. */
  changes: StateChanges;
  /** Undefined until it is asked for. */
  isChangePending: boolean | undefined;
  #isGone = false;

  constructor(options: {
    readonly id: BlockId;
    readonly header: Header;
    readonly block: Block | undefined;
    readonly parent: ExecutedNode | undefined;
    readonly changes: StateChanges;
    readonly version: TreeVersion;
    readonly history: Frontier;
  }) {
    this.id = options.id;
    this.header = options.header;
    this.block = options.block;
    this.parent = options.parent;
    this.changes = options.changes;
    this.version = options.version;
    this.history = options.history;
  }

  /** The nodes from below it, exclusive, to this one, oldest first. */
  pathFrom(tip: ExecutedNode): readonly ExecutedNode[] {
    const path: ExecutedNode[] = [];
    for (let node: ExecutedNode = this; node !== tip; ) {
      path.push(node);
      assert(node.parent !== undefined, "an executed block descends from the tip");
      node = node.parent;
    }
    return path.toReversed();
  }

  becomeTip(): void {
    this.block = undefined;
    this.parent = undefined;
    this.changes = new Map();
  }

  /** It is below the tip now, or on a branch that can not become final. */
  leave(): void {
    this.#isGone = true;
    this.parent = undefined;
  }

  /** The state after this block, where `final` is the state at the tip that it descends from. */
  stateOver(final: StateReader): StateReader {
    return { read: (key) => this.#read(key, final) };
  }

  #read(key: StateKey, final: StateReader): Uint8Array | undefined {
    assert(!this.#isGone, "a state is read while its block is the tip or above it");
    for (let node: ExecutedNode = this; node.parent !== undefined; node = node.parent) {
      const value = node.changes.get(key);
      if (value !== undefined || node.changes.has(key)) return value;
    }
    return final.read(key);
  }
}
