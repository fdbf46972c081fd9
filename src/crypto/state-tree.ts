/**
 * The state tree: the compact sparse Merkle tree over all entries of the state, in memory, as a tree of
 * versions, because blocks execute on parents that are not final yet.
 *
 * One version is the committed one; every other descends from it. Versions share nodes: each remembers which
 * it made and which of its parent's it does without. So `commit` frees what the final block replaced, `drop`
 * frees what a dead branch made, and both cost no more than the block's own changes.
 * Hashes and shapes: state-proof.ts and docs/protocol.md.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { Hasher } from "./ports.ts";
import { emptyNode, type StateNode, StateNodes } from "./state-nodes.ts";
import { bitOf, type StateProofEnd, type StateProofPath, setBit } from "./state-proof.ts";
import { StateUpdate, type TreeChange } from "./state-update.ts";

/** One version of the state, of one StateTree: only that tree reads it. */
export interface TreeVersion {
  /** The state root, 32 bytes; readable for ever, also after the version is gone. */
  readonly rootHash: Uint8Array;
  /** Entries in this version. */
  readonly entries: number;
}

class Version implements TreeVersion {
  readonly rootHash: Uint8Array;
  readonly entries: number;
  readonly root: StateNode;
  /** Where it descends from; undefined for the committed version, and when it is gone. */
  parent: Version | undefined;
  readonly children = new Set<Version>();
  made: readonly StateNode[] = [];
  replaced: readonly StateNode[] = [];
  isGone = false;

  constructor(root: StateNode, rootHash: Uint8Array, entries: number) {
    this.root = root;
    this.rootHash = rootHash;
    this.entries = entries;
  }
}

export class StateTree {
  /** The version without entries; its root is 32 zero bytes. Committed until another version is. */
  readonly empty: TreeVersion;
  readonly #nodes: StateNodes;
  #committed: Version;

  constructor(options: { readonly hasher: Hasher }) {
    this.#nodes = new StateNodes(options.hasher);
    this.#committed = new Version(emptyNode, this.#nodes.hash(emptyNode), 0);
    this.empty = this.#committed;
  }

  /** The version that all others descend from. */
  get committed(): TreeVersion {
    return this.#committed;
  }

  /** Entries of the committed version. */
  get entries(): number {
    return this.#committed.entries;
  }

  /** Nodes in use, in all versions together. */
  get nodes(): number {
    return this.#nodes.used;
  }

  /** Bytes held for nodes, in use or free for the next ones. */
  get memoryBytes(): number {
    return this.#nodes.memoryBytes;
  }

  root(version: TreeVersion): Uint8Array {
    return version.rootHash;
  }

  /**
   * A new version: the parent's entries with the changes, which are one batch in any order, with distinct
   * paths. To build a large tree, apply and commit in batches of about 100,000.
   */
  apply(parent: TreeVersion, changes: readonly TreeChange[]): TreeVersion {
    const from = live(parent);
    const update = new StateUpdate(this.#nodes, from.root, changes);
    const { root } = update;
    const version = new Version(root, this.#nodes.hash(root), from.entries + update.entriesDelta);
    version.made = update.made;
    version.replaced = update.replaced;
    version.parent = from;
    from.children.add(version);
    return version;
  }

  /**
   * Makes a child of the committed version the committed one. Its siblings, with all that descends from
   * them, can never be final any more: they are dropped.
   */
  commit(version: TreeVersion): void {
    const next = live(version);
    assert(next.parent === this.#committed, "a version is committed right after its parent");
    for (const sibling of this.#committed.children) if (sibling !== next) this.drop(sibling);
    for (const node of next.replaced) this.#nodes.free(node);
    this.#committed.isGone = true;
    this.#committed.children.clear();
    next.made = [];
    next.replaced = [];
    next.parent = undefined;
    this.#committed = next;
  }

  /** Gives up a version that will not be final, and all that descends from it. Again: no effect. */
  drop(version: TreeVersion): void {
    assert(version instanceof Version, "a version is of a state tree");
    if (version.isGone) return;
    assert(version !== this.#committed, "the committed version stays");
    const pending = [version];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      pending.push(...next.children);
      for (const node of next.made) this.#nodes.free(node);
      next.parent?.children.delete(next);
      next.parent = undefined;
      next.made = [];
      next.replaced = [];
      next.isGone = true;
    }
  }

  /** SHA-256 of the value at the path, or undefined when there is none. */
  valueHash(version: TreeVersion, path: Uint8Array): Uint8Array | undefined {
    const end = this.#walk(version, path, () => undefined);
    return end < 0 && this.#nodes.hasPath(end, path) ? this.#nodes.valueHash(end) : undefined;
  }

  /** The proof of the entry at the path, or of its absence. */
  prove(version: TreeVersion, path: Uint8Array): StateProofPath {
    const mask = new Uint8Array(32);
    const siblings: Uint8Array[] = [];
    const end = this.#walk(version, path, (sibling, depth) => {
      if (sibling === emptyNode) setBit(mask, depth);
      else siblings.push(this.#nodes.hash(sibling));
    });
    return { end: this.#endOf(end, path), mask, siblings };
  }

  /** Follows the path down to a leaf or to nothing, telling each sibling on the way. */
  #walk(
    version: TreeVersion,
    path: Uint8Array,
    pass: (sibling: StateNode, depth: number) => void,
  ): StateNode {
    assert(path.length === 32, "a path is 32 bytes");
    let node = live(version).root;
    for (let depth = 0; node > 0; depth += 1) {
      const left = this.#nodes.left(node);
      const right = this.#nodes.right(node);
      const goesLeft = bitOf(path, depth) === 0;
      pass(goesLeft ? right : left, depth);
      node = goesLeft ? left : right;
    }
    return node;
  }

  #endOf(node: StateNode, path: Uint8Array): StateProofEnd {
    if (node === emptyNode) return { kind: "empty" };
    const valueHash = this.#nodes.valueHash(node);
    if (this.#nodes.hasPath(node, path)) return { kind: "leaf", valueHash };
    return { kind: "other", path: this.#nodes.path(node), valueHash };
  }
}

function live(version: TreeVersion): Version {
  assert(version instanceof Version, "a version is of a state tree");
  assert(!version.isGone, "a version that was dropped or superseded is not read");
  return version;
}
