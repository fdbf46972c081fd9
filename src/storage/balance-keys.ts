/**
 * Which balances an account has, kept in memory: most accounts have none besides the native one, and finding that out
 * on disk costs more than everything else that a proof of an account reads.
 * @module
 */
import { RecentMap } from "../base/recent-map.ts";
import type { StateChanges, StateKey } from "../protocol/state.ts";

const accountsMax = 32_768;
/** Accounts with more are read from disk each time. */
const keptKeysMax = 4;
/** Of a balance's key, in hex, before the asset: kind 1 and the account. */
const beginningLength = 66;

/** Whether it is what the keys of one account's balances begin with. */
export const isBeginning = (beginning: string): boolean =>
  beginning.startsWith("01") && beginning.length === beginningLength;

export class BalanceKeys {
  /** By what they begin with. */
  readonly #known = new RecentMap<string, readonly StateKey[]>({ entriesMax: accountsMax });
  /** Commits that touched balances: a list that was read while one came may be older than it. */
  #touched = 0;

  /** The first so many that have the beginning. @param read them from disk. */
  async of(
    beginning: string,
    limit: number,
    read: () => Promise<readonly StateKey[]>,
  ): Promise<readonly StateKey[]> {
    const known = this.#known.get(beginning);
    if (known !== undefined) return known.slice(0, limit);
    const touched = this.#touched;
    const keys = await read();
    const areAll = keys.length < limit;
    if (areAll && keys.length <= keptKeysMax && touched === this.#touched) {
      this.#known.set(beginning, keys);
    }
    return keys;
  }

  /** The block with these changes can be read. */
  committed(changes: StateChanges): void {
    for (const key of changes.keys()) {
      if (!key.startsWith("01")) continue;
      this.#touched += 1;
      this.#known.delete(key.slice(0, beginningLength));
    }
  }
}
