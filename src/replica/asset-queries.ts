/**
 * Answers about assets other than the native one: what there is, and who holds how much of it.
 *
 * All from the state at the final tip, which each answer names.
 * @module
 */
import type { AssetEntry } from "../protocol/assets.ts";
import type { AccountId, AssetId } from "../protocol/ids.ts";
import { assetOfKey, readAsset, readBalance, type StateKey } from "../protocol/state.ts";
import { type KeysAtTip, keysAtTip, pageOf, type StateAtTip } from "./keys-at-tip.ts";
import type { AccountBalance, Tip } from "./node-queries.ts";

export interface AssetSummary extends AssetEntry {
  readonly id: AssetId;
}

export interface AssetPage {
  /** Ascending by id. */
  readonly items: readonly AssetSummary[];
  /** Where the pages after and before this one start. */
  readonly next: AssetId | undefined;
  readonly prev: AssetId | undefined;
  readonly tip: Tip;
}

export interface BalancePage {
  /** Ascending by asset; none is 0, none is of the native asset. */
  readonly items: readonly AccountBalance[];
  /** Where the pages after and before this one start. */
  readonly next: AssetId | undefined;
  readonly prev: AssetId | undefined;
  readonly tip: Tip;
}

export interface AssetAnswers {
  /** Undefined: nobody has created it. */
  asset(id: AssetId): { readonly asset: AssetSummary; readonly tip: Tip } | undefined;
  /** From an id on, which need not exist. */
  assets(from: AssetId | undefined, limit: number): Promise<AssetPage>;
  /** What an account holds besides the native asset, from an asset's id on. */
  balances(account: AccountId, from: AssetId | undefined, limit: number): Promise<BalancePage>;
}

const assetKind = "02";
const balanceKind = "01";

/** The state keys of an account's balances begin with this. */
export const balancesOf = (account: AccountId): string => balanceKind + account;

export class AssetQueries implements AssetAnswers {
  readonly #d: StateAtTip;

  constructor(dependencies: StateAtTip) {
    this.#d = dependencies;
  }

  asset(id: AssetId): { readonly asset: AssetSummary; readonly tip: Tip } | undefined {
    const { tip } = this.#d.ledger;
    const entry = readAsset(this.#d.ledger.state(tip.id), id);
    if (entry === undefined) return undefined;
    const { header } = tip;
    return { asset: { id, ...entry }, tip: { height: header.height, id: tip.id, header } };
  }

  assets(from: AssetId | undefined, limit: number): Promise<AssetPage> {
    const first = from === undefined ? undefined : ((assetKind + from) as StateKey);
    return keysAtTip(this.#d, { beginning: assetKind, from: first, limit }, (found) => {
      const { items, next } = pageOf(found, limit, (key) => {
        const id = assetOfKey(key);
        const entry = id && readAsset(found.state, id);
        return id && entry && { id, ...entry };
      });
      const prev = found.prev && assetOfKey(found.prev);
      return { items, next: next && assetOfKey(next), prev, tip: found.tip };
    });
  }

  balances(account: AccountId, from: AssetId | undefined, limit: number): Promise<BalancePage> {
    const beginning = balancesOf(account);
    const first = from === undefined ? undefined : ((beginning + from) as StateKey);
    return keysAtTip(this.#d, { beginning, from: first, limit }, (found) =>
      balancesIn(found, account, limit),
    );
  }
}

/** The balances among the keys that begin with `balancesOf(account)`. */
export function balancesIn(found: KeysAtTip, account: AccountId, limit: number): BalancePage {
  const assetOf = (key: StateKey): AssetId => key.slice(balancesOf(account).length) as AssetId;
  const { items, next } = pageOf(found, limit, (key) => {
    const asset = assetOf(key);
    const amount = readBalance(found.state, account, asset);
    return amount === 0n ? undefined : { asset, amount };
  });
  const prev = found.prev && assetOf(found.prev);
  return { items, next: next && assetOf(next), prev, tip: found.tip };
}
