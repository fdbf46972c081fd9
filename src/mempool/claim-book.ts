/**
 * What the waiting transactions claim together of each thing (claims.ts), and which of them do.
 * @module
 */
import type { Waiting } from "./account-queue.ts";
import type { ClaimKey } from "./claims.ts";

interface Entry {
  total: bigint;
  /** By how much each of them claims. */
  readonly claimants: Map<Waiting, bigint>;
}

export class ClaimBook {
  readonly #entries = new Map<ClaimKey, Entry>();

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  total(key: ClaimKey): bigint {
    return this.#entries.get(key)?.total ?? 0n;
  }

  add(waiting: Waiting): void {
    for (const { key, need } of waiting.claims) {
      const entry = this.#entries.get(key) ?? { total: 0n, claimants: new Map() };
      entry.total += need;
      entry.claimants.set(waiting, need);
      this.#entries.set(key, entry);
    }
  }

  remove(waiting: Waiting): void {
    for (const { key, need } of waiting.claims) {
      const entry = this.#entries.get(key);
      if (entry?.claimants.delete(waiting) !== true) continue;
      entry.total -= need;
      if (entry.claimants.size === 0) this.#entries.delete(key);
    }
  }

  /**
   * Which must go so that the rest claims no more than this: those that ask for more alone, then those with the most
   * of their sender's nonces before them, latest first. `ahead`: how many a transaction has.
   */
  beyond(key: ClaimKey, room: bigint, ahead: (waiting: Waiting) => number): readonly Waiting[] {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.total <= room) return [];
    const going: Waiting[] = [];
    const rest: { readonly waiting: Waiting; readonly need: bigint; readonly ahead: number }[] = [];
    let { total } = entry;
    for (const [waiting, need] of entry.claimants) {
      if (need <= room) rest.push({ waiting, need, ahead: ahead(waiting) });
      else {
        going.push(waiting);
        total -= need;
      }
    }
    rest.sort((a, b) => b.ahead - a.ahead || b.waiting.arrival - a.waiting.arrival);
    for (const { waiting, need } of rest) {
      if (total <= room) break;
      going.push(waiting);
      total -= need;
    }
    return going;
  }
}
