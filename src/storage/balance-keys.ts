/**
 * Which balances an account has, kept in memory: most accounts have none besides the native one, and finding that out
 * on disk costs more than everything else that a proof of an account reads.
 * @module
 */
import { RecentMap } from "../base/recent-map.ts";
import type { AccountId } from "../protocol/ids.ts";
import type { StateChanges, StateKey } from "../protocol/state.ts";

const accountsMax = 32_768;
/** Accounts with more are read from disk each time. */
const keptKeysMax = 4;
/** Of a balance's key, which goes on with the asset: kind 1 and the account. */
const beginningOf = (account: AccountId): string => `01${account}`;

export class BalanceKeys {
  readonly #known = new RecentMap<AccountId, readonly StateKey[]>({ entriesMax: accountsMax });
  /** Commits that touched balances: a list that was read while one came may be older than it. */
  #touched = 0;

  /** The first so many. @param read from disk, by the beginning of the keys. */
  async of(
    account: AccountId,
    limit: number,
    read: (beginning: string) => Promise<readonly StateKey[]>,
  ): Promise<readonly StateKey[]> {
    const known = this.#known.get(account);
    if (known !== undefined) return known.slice(0, limit);
    const touched = this.#touched;
    const keys = await read(beginningOf(account));
    const areAll = keys.length < limit;
    if (areAll && keys.length <= keptKeysMax && touched === this.#touched) {
      this.#known.set(account, keys);
    }
    return keys;
  }

  /** The block with these changes can be read. */
  committed(changes: StateChanges): void {
    for (const key of changes.keys()) {
      if (!key.startsWith("01")) continue;
      this.#touched += 1;
      this.#known.delete(key.slice(2, 66) as AccountId);
    }
  }
}
