/**
 * Waits: clients that want to hear when a transaction has come to its end.
 * @module
 */
import type { Cancel, Clock } from "../base/clock.ts";
import type { TransactionId } from "../protocol/ids.ts";
import type { TransactionStatus } from "./node-queries.ts";

/** Beyond this many, a wait answers at once with what is known. */
const waitsMax = 20_000;

interface Wait {
  readonly resolve: (status: TransactionStatus) => void;
  readonly cancel: Cancel;
}

export class Waits {
  readonly #clock: Clock;
  readonly #statusOf: (id: TransactionId) => TransactionStatus;
  readonly #waits = new Map<TransactionId, Set<Wait>>();
  #count = 0;

  constructor(dependencies: {
    readonly clock: Clock;
    readonly statusOf: (id: TransactionId) => TransactionStatus;
  }) {
    this.#clock = dependencies.clock;
    this.#statusOf = dependencies.statusOf;
  }

  /** Resolves with a terminal status, or with whatever it is when the time is over. */
  wait(id: TransactionId, timeoutMs: number): Promise<TransactionStatus> {
    const status = this.#statusOf(id);
    if (isTerminal(status) || timeoutMs <= 0 || this.#count >= waitsMax) {
      return Promise.resolve(status);
    }
    return new Promise((resolve) => {
      const wait: Wait = {
        resolve,
        cancel: this.#clock.after(timeoutMs, () => this.#end(id, wait)),
      };
      const waits = this.#waits.get(id) ?? new Set();
      waits.add(wait);
      this.#waits.set(id, waits);
      this.#count += 1;
    });
  }

  /** Something about this id changed. */
  settle(id: TransactionId): void {
    const waits = this.#waits.get(id);
    if (waits === undefined || !isTerminal(this.#statusOf(id))) return;
    for (const wait of [...waits]) this.#end(id, wait);
  }

  /** The node stops: everyone is told what is known now. */
  endAll(): void {
    for (const [id, waits] of [...this.#waits]) for (const wait of [...waits]) this.#end(id, wait);
  }

  #end(id: TransactionId, wait: Wait): void {
    const waits = this.#waits.get(id);
    if (waits?.delete(wait) !== true) return;
    this.#count -= 1;
    if (waits.size === 0) this.#waits.delete(id);
    wait.cancel();
    wait.resolve(this.#statusOf(id));
  }
}

/** `refused` ends a wait too: this node will not carry it; what others do is for the client to ask them. */
function isTerminal(status: TransactionStatus): boolean {
  return status.kind !== "pending" && status.kind !== "unknown";
}
