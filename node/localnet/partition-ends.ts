/**
 * Who waits for the end of which partition.
 * @module
 */
import { Refusal } from "../refusal.ts";
import type { Watched } from "./watch.ts";

interface End {
  readonly number: number;
  readonly over: Promise<Watched>;
  readonly settle: (end: Watched | Refusal) => void;
}

/** Partitions whose end can still be asked for. */
const endsMax = 10;

export class PartitionEnds {
  #ends: readonly End[] = [];

  /** The action of this number has cut the network; an earlier partition has thereby found its end. */
  began(number: number): void {
    this.#settle(replaced());
    let settle: End["settle"] = () => {};
    const over = new Promise<Watched>((resolve, reject) => {
      settle = (end) => (end instanceof Refusal ? reject(end) : resolve(end));
    });
    over.catch(() => {}); // Nobody has to wait for it.
    this.#ends = [...this.#ends, { number, over, settle }].slice(-endsMax);
  }

  healed(watched: Watched): void {
    this.#settle(watched);
  }

  stop(): void {
    this.#settle(stopped());
  }

  /** Rejects with a Refusal when the partition ends otherwise than by being healed. */
  async of(number: number): Promise<Watched> {
    const end = this.#ends.find((each) => each.number === number);
    if (end === undefined) throw unknown(number);
    return await end.over;
  }

  /** A promise that is settled stays as it is, so only the last one hears of it. */
  #settle(end: Watched | Refusal): void {
    this.#ends.at(-1)?.settle(end);
  }
}

const replaced = (): Refusal =>
  new Refusal({
    code: "partition_replaced",
    message: "another partition took the place of this one",
    fix: "See: quorate network status",
  });

const stopped = (): Refusal =>
  new Refusal({
    code: "network_stopping",
    message: "the network is being stopped: with it every partition ends",
    fix: "Start it with: quorate network up",
  });

const unknown = (number: number): Refusal =>
  new Refusal({
    code: "partition_unknown",
    message: `action ${number} made no partition, or too long ago`,
    fix: "See: quorate network status",
  });
