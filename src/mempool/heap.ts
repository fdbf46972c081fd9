/**
 * A binary heap from which any node can be removed, and which can be walked in order without being changed.
 * @module
 */

export interface HeapNode<Value> {
  readonly value: Value;
  /** Native base units a byte. */
  readonly rate: number;
  readonly arrival: number;
  /** Where it lies in its heap; the heap's own. */
  position: number;
}

/** Whether a comes before b. */
export type Precedes = (
  a: { readonly rate: number; readonly arrival: number },
  b: { readonly rate: number; readonly arrival: number },
) => boolean;

export class Heap<Value> {
  readonly #precedes: Precedes;
  #nodes: HeapNode<Value>[] = [];

  constructor(precedes: Precedes) {
    this.#precedes = precedes;
  }

  get size(): number {
    return this.#nodes.length;
  }

  top(): HeapNode<Value> | undefined {
    return this.#nodes[0];
  }

  insert(value: Value, rate: number, arrival: number): HeapNode<Value> {
    const node = { value, rate, arrival, position: this.#nodes.length };
    this.#nodes.push(node);
    this.#rise(node);
    return node;
  }

  /** Removes a node of this heap. */
  remove(node: HeapNode<Value>): void {
    const last = this.#nodes.pop();
    if (last === undefined || last === node) return;
    this.#put(last, node.position);
    this.#rise(last);
    this.#sink(last);
  }

  pop(): HeapNode<Value> | undefined {
    const top = this.#nodes[0];
    if (top !== undefined) this.remove(top);
    return top;
  }

  /** The nodes as they lie now, for walking: the children of i are 2i + 1 and 2i + 2, and come after it. */
  snapshot(): readonly HeapNode<Value>[] {
    return this.#nodes.slice();
  }

  #rise(node: HeapNode<Value>): void {
    while (node.position > 0) {
      const parent = this.#nodes[(node.position - 1) >>> 1];
      if (parent === undefined || !this.#precedes(node, parent)) return;
      this.#swap(node, parent);
    }
  }

  #sink(node: HeapNode<Value>): void {
    for (;;) {
      const left = this.#nodes[2 * node.position + 1];
      const right = this.#nodes[2 * node.position + 2];
      if (left === undefined) return;
      const first = right !== undefined && this.#precedes(right, left) ? right : left;
      if (!this.#precedes(first, node)) return;
      this.#swap(first, node);
    }
  }

  #swap(a: HeapNode<Value>, b: HeapNode<Value>): void {
    const position = a.position;
    this.#put(a, b.position);
    this.#put(b, position);
  }

  #put(node: HeapNode<Value>, position: number): void {
    this.#nodes[position] = node;
    node.position = position;
  }
}

/** The best-paying first; of equals the one that came first. */
export const bestFirst: Precedes = (a, b) =>
  a.rate !== b.rate ? a.rate > b.rate : a.arrival < b.arrival;

/** The least-paying first; of equals the one that came last. */
export const worstFirst: Precedes = (a, b) =>
  a.rate !== b.rate ? a.rate < b.rate : a.arrival > b.arrival;
