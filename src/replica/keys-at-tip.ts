/**
 * Which entries the state has at the final tip: the store's rows, with what final blocks wrote that is not durable yet.
 *
 * Listing rows takes a moment in which blocks become final. So keys are listed first, and then everything is read in
 * one go, from one state: a page and its tip always belong together.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { StateKey, StateReader } from "../protocol/state.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import type { StateRows } from "../storage/state-rows.ts";
import type { Tip } from "./node-queries.ts";

export interface StateAtTip {
  readonly ledger: Pick<Ledger, "state" | "tip" | "waitingKeys">;
  readonly chain: Pick<ChainStore, "tip"> & {
    readonly stateRows: Pick<StateRows, "keysFrom" | "keysBefore">;
  };
}

export interface KeySpan {
  /** What all keys begin with: hex of the kind, and as much of the key. */
  readonly beginning: string;
  /** The first key; undefined: from the beginning. */
  readonly from: StateKey | undefined;
  /** Entries in a page, at least 1. */
  readonly limit: number;
}

export interface KeysAtTip {
  readonly tip: Tip;
  readonly state: StateReader;
  /**
   * Ascending, from `from` to before `rest`: all that this tip's state has, and all that the state of the ledger's
   * `durableTip` has. Keys of entries that are gone, or not there yet, may be among them.
   */
  readonly keys: readonly StateKey[];
  /** Where to go on, or undefined: there are no more. */
  readonly rest: StateKey | undefined;
  /** Where the page before this one starts, or undefined: there is none. */
  readonly prev: StateKey | undefined;
}

/** @param read must read at once: the state is not to be kept. */
export async function keysAtTip<Value>(
  { ledger, chain }: StateAtTip,
  { beginning, from, limit }: KeySpan,
  read: (found: KeysAtTip) => Value,
): Promise<Value> {
  assert(limit >= 1, "a page has room for something");
  for (;;) {
    const finalBefore = ledger.tip.header.height;
    const waitingBefore = ledger.waitingKeys(beginning);
    const rows = await chain.stateRows.keysFrom(beginning, { from, limit: limit + 1 });
    const before =
      from === undefined
        ? []
        : await chain.stateRows.keysBefore(beginning, { before: from, limit });
    // A block that became final and durable meanwhile may be missing from both: list again. Rare.
    if (chain.tip.height > finalBefore) continue;
    const rest = rows.length > limit ? rows.at(-1) : undefined;
    const isListed = (key: StateKey): boolean =>
      (from === undefined || key >= from) && (rest === undefined || key < rest);
    const waiting = [...waitingBefore, ...ledger.waitingKeys(beginning)];
    const keys = [...new Set([...rows, ...waiting])].filter(isListed).toSorted();
    const isEarlier = (key: StateKey): boolean => from !== undefined && key < from;
    const earlier = [...new Set([...before, ...waiting.filter(isEarlier)])].toSorted();
    const prev = earlier.at(-limit) ?? earlier[0];
    const { id, header } = ledger.tip;
    const tip = { height: header.height, id, header };
    return read({ tip, state: ledger.state(id), keys, rest, prev });
  }
}

/** The first items of what was found, and the key at which the next page starts. */
export function pageOf<Item>(
  { keys, rest }: KeysAtTip,
  limit: number,
  read: (key: StateKey) => Item | undefined,
): { readonly items: readonly Item[]; readonly next: StateKey | undefined } {
  const items: Item[] = [];
  for (const key of keys) {
    const item = read(key);
    if (item === undefined) continue;
    if (items.length === limit) return { items, next: key };
    items.push(item);
  }
  return { items, next: rest };
}
