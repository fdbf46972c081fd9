/**
 * Sends a transaction to one node after the other until one says "final": across restarts, cuts and lost answers.
 * @module
 */
import type { TransactionId } from "../../../src/protocol/ids.ts";
import type { NodeQueries } from "../../../src/replica/node-queries.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export interface Pursued {
  readonly id: TransactionId;
  readonly bytes: Uint8Array;
}

/** How long an answer is waited for before the same bytes are sent again. */
const patienceMs = 4_000;
const restMs = 500;

export class Pursuit {
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #reachable: () => readonly NodeQueries[];

  constructor(options: {
    readonly timeline: Timeline;
    readonly random: Random;
    /** Nodes that are up now. */
    readonly reachable: () => readonly NodeQueries[];
  }) {
    this.#timeline = options.timeline;
    this.#random = options.random;
    this.#reachable = options.reachable;
  }

  /** `final` is called once, when a node says so; never if none ever does. */
  deliver({ id, bytes }: Pursued, final: () => void): void {
    const again = (): void => {
      this.#timeline.after(restMs, () => this.deliver({ id, bytes }, final));
    };
    const nodes = this.#reachable();
    if (nodes.length === 0) {
      again();
      return;
    }
    const node = this.#random.pick(nodes);
    let settled = false;
    const giveUp = this.#timeline.after(patienceMs + 100, () => {
      if (!settled) again(); // The node has died with our question.
      settled = true;
    });
    node
      .submit([bytes])
      .then(() => node.wait(id, patienceMs))
      .then((status) => {
        if (settled) return;
        settled = true;
        giveUp();
        if (status.kind === "final") final();
        else again();
      })
      .catch(() => {}); // A dead node's promise; the patience timer goes on.
  }
}
