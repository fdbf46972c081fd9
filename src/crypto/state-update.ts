/**
 * One batch of changes to the state tree: makes new nodes along the changed ways, shares all others with the
 * parent, and hashes each new inner node once. No node is made and then given up within a batch.
 * @module
 */
import { assert } from "../base/assert.ts";
import { compareBytes } from "../base/bytes.ts";
import { emptyNode, type StateNode, type StateNodes } from "./state-nodes.ts";
import { bitOf } from "./state-proof.ts";

export interface TreeChange {
  /** SHA-256 of the key, 32 bytes. */
  readonly path: Uint8Array;
  /** SHA-256 of the value, 32 bytes; undefined removes the entry, if there is one. */
  readonly valueHash: Uint8Array | undefined;
}

export class StateUpdate {
  /** Nodes that this batch made. */
  readonly made: StateNode[] = [];
  /** Nodes of the parent that this batch does without. */
  readonly replaced: StateNode[] = [];
  readonly root: StateNode;
  /** Entries added, less those removed. */
  entriesDelta = 0;
  readonly #nodes: StateNodes;
  readonly #changes: readonly TreeChange[];

  constructor(nodes: StateNodes, parentRoot: StateNode, changes: readonly TreeChange[]) {
    this.#nodes = nodes;
    this.#changes = inOrder(changes);
    this.root = this.#update(parentRoot, 0, 0, changes.length);
  }

  /** The subtree `node` at `depth` after the changes [from, to), all of which lie in it. */
  #update(node: StateNode, depth: number, from: number, to: number): StateNode {
    if (from === to) return node;
    if (node <= 0) return this.#grow(node, depth, from, to);
    const middle = this.#split(depth, from, to);
    const left = this.#nodes.left(node);
    const right = this.#nodes.right(node);
    const newLeft = this.#update(left, depth + 1, from, middle);
    const newRight = this.#update(right, depth + 1, middle, to);
    if (newLeft === left && newRight === right) return node;
    this.replaced.push(node);
    return this.#join(newLeft, newRight);
  }

  /** The same where there is no inner node: `kept` is empty or a leaf. */
  #grow(kept: StateNode, depth: number, from: number, to: number): StateNode {
    if (from === to) return kept;
    const change = this.#changes[from];
    if (to - from === 1 && change !== undefined) {
      if (kept === emptyNode) return this.#put(change);
      if (this.#nodes.hasPath(kept, change.path)) return this.#replace(kept, change);
      if (change.valueHash === undefined) return kept;
    }
    const middle = this.#split(depth, from, to);
    const keptRight = kept !== emptyNode && this.#nodes.pathBit(kept, depth) === 1;
    return this.#join(
      this.#grow(keptRight ? emptyNode : kept, depth + 1, from, middle),
      this.#grow(keptRight ? kept : emptyNode, depth + 1, middle, to),
    );
  }

  #put(change: TreeChange): StateNode {
    if (change.valueHash === undefined) return emptyNode;
    this.entriesDelta += 1;
    const leaf = this.#nodes.makeLeaf(change.path, change.valueHash);
    this.made.push(leaf);
    return leaf;
  }

  #replace(leaf: StateNode, change: TreeChange): StateNode {
    const { valueHash } = change;
    if (valueHash !== undefined && this.#nodes.hasValueHash(leaf, valueHash)) return leaf;
    this.entriesDelta -= 1;
    this.replaced.push(leaf);
    return this.#put(change);
  }

  /** The subtree over two sides: a lone leaf moves up, everything else is an inner node. */
  #join(left: StateNode, right: StateNode): StateNode {
    if (right === emptyNode && left <= 0) return left;
    if (left === emptyNode && right <= 0) return right;
    const inner = this.#nodes.makeInner(left, right);
    this.made.push(inner);
    return inner;
  }

  /** The first change in [from, to) whose path goes right at `depth`. */
  #split(depth: number, from: number, to: number): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const change = this.#changes[middle];
      if (change !== undefined && bitOf(change.path, depth) === 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** By path, distinct. The first 48 bits decide almost always; the number they make is cheap to compare. */
function inOrder(changes: readonly TreeChange[]): readonly TreeChange[] {
  const keyed = changes.map((change) => {
    const { path, valueHash } = change;
    assert(path.length === 32, "a path is 32 bytes");
    assert(valueHash === undefined || valueHash.length === 32, "a value hash is 32 bytes");
    return { change, start: startOf(path) };
  });
  keyed.sort((a, b) => a.start - b.start || compareBytes(a.change.path, b.change.path));
  let previous: Uint8Array | undefined;
  for (const { change } of keyed) {
    const isDistinct = previous === undefined || compareBytes(previous, change.path) !== 0;
    assert(isDistinct, "the paths of a batch are distinct");
    previous = change.path;
  }
  return keyed.map(({ change }) => change);
}

function startOf(path: Uint8Array): number {
  let start = 0;
  for (let i = 0; i < 6; i += 1) start = start * 256 + (path[i] ?? 0);
  return start;
}
