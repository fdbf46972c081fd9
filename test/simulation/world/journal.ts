/**
 * The simulated vote journal of one node, at the level of its port: what was appended is durable after a moment.
 *
 * When the node crashes, what was under way is there up to some entry: those count as voted though they were not sent.
 * The file format and its damage have tests of their own.
 * @module
 */
import type { JournalState, VoteJournal } from "../../../src/storage/vote-journal.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export type JournalImage = readonly Uint8Array[];

export class SimulatedJournal implements VoteJournal {
  readonly #timeline: Timeline;
  readonly #random: Random;
  #durable: JournalImage;
  #underWay: readonly Uint8Array[] = [];
  #dead = false;
  readonly state: JournalState;

  constructor(options: {
    readonly timeline: Timeline;
    readonly random: Random;
    readonly image: JournalImage;
  }) {
    this.#timeline = options.timeline;
    this.#random = options.random;
    this.#durable = options.image;
    this.state = { kind: "sound", entries: options.image };
  }

  append(entries: readonly Uint8Array[]): Promise<void> {
    this.#underWay = entries;
    return this.#after(() => {
      this.#durable = [...this.#durable, ...entries];
      this.#underWay = [];
    });
  }

  rewrite(entries: readonly Uint8Array[]): Promise<void> {
    return this.#after(() => {
      this.#durable = [...entries];
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  crash(): JournalImage {
    this.#dead = true;
    const survivors = this.#random.below(this.#underWay.length + 1);
    return [...this.#durable, ...this.#underWay.slice(0, survivors)];
  }

  #after(then: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#timeline.after(this.#random.between(0.3, 1.5), () => {
        if (this.#dead) return;
        then();
        resolve();
      });
    });
  }
}
