/**
 * The state's own rows: single entries by key, lists of keys, all of them.
 *
 * They say what was written last, nothing more: while a block's batch is being written, a list may be older or newer
 * than the tip. Whoever needs one tip's truth has it of src/replica/keys-at-tip.ts, or checks what it read against the
 * state tree.
 * @module
 */
import { type StateChanges, type StateKey, stateKeyOf } from "../protocol/state.ts";
import { BalanceKeys, isBeginning } from "./balance-keys.ts";
import { parseStateKey, stateKey, stateRange, stateRangeBefore, stateRangeFrom } from "./keys.ts";
import { statePages } from "./rebuild-state.ts";
import type { Entry, Store } from "./store.ts";

export class StateRows {
  readonly #store: Store;
  readonly #balances = new BalanceKeys();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The value of an entry (hex of kind ‖ BCS(key)) as it is on disk: nothing here checks it. */
  value(key: string): Uint8Array | undefined {
    return this.#store.get(stateKey(key));
  }

  /** Entries of one kind, ascending, at most `limit`: kind ‖ BCS(key), and the value. */
  async ofKind(kind: number, limit: number): Promise<readonly Entry[]> {
    const rows = await this.#store.range(stateRange(kind, limit));
    return rows.map(({ key, value }) => ({ key: parseStateKey(key), value }));
  }

  /**
   * Keys of entries that have a beginning (hex of the kind, and as much of the key), ascending from a key on, at most
   * `limit`. Those of a block whose batch is being written may be among them.
   */
  async keysFrom(
    beginning: string,
    span: { readonly from: StateKey | undefined; readonly limit: number },
  ): Promise<readonly StateKey[]> {
    const read = async (): Promise<readonly StateKey[]> => {
      const rows = await this.#store.range(stateRangeFrom(beginning, span));
      return rows.map(({ key }) => stateKeyOf(parseStateKey(key)));
    };
    const isWhole = span.from === undefined && isBeginning(beginning);
    return await (isWhole ? this.#balances.of(beginning, span.limit, read) : read());
  }

  /** The last keys that have a beginning and come before a key, descending, at most `limit`: as `keysFrom` has them. */
  async keysBefore(
    beginning: string,
    span: { readonly before: StateKey; readonly limit: number },
  ): Promise<readonly StateKey[]> {
    if (span.before <= beginning) return [];
    const rows = await this.#store.range(stateRangeBefore(beginning, span));
    return rows.map(({ key }) => stateKeyOf(parseStateKey(key)));
  }

  /** All entries in pages, keys with the prefix of their rows. Consistent only while nothing is committed. */
  all(): AsyncGenerator<readonly Entry[], void, undefined> {
    return statePages(this.#store);
  }

  /** A block with these changes is durable. */
  committed(changes: StateChanges): void {
    this.#balances.committed(changes);
  }
}
