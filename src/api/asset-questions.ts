/**
 * What NodeClient asks about assets: `client.assets.one(id)`.
 * @module
 */
import type { AssetJson, AssetNowJson } from "./asset-json.ts";
import { assetSchema, assetsSchema, balancesSchema } from "./asset-schemas.ts";
import type { Answer, Getting } from "./client.ts";
import type { BalanceJson, ListJson } from "./json.ts";
import { type PageOptions, paths } from "./paths.ts";

export class AssetQuestions {
  readonly #get: Getting;

  constructor(get: Getting) {
    this.#get = get;
  }

  /** @param id 64 hex digits. */
  one(id: string): Answer<AssetNowJson> {
    return this.#get(paths.asset(id), assetSchema);
  }

  /** All that were created, ascending by id. */
  list(page: PageOptions = {}): Answer<ListJson<AssetJson>> {
    return this.#get(paths.assets(page), assetsSchema);
  }

  /** What an account holds besides the native asset; `moreBalances` of an account is a cursor of this list. */
  balances(address: string, page: PageOptions = {}): Answer<ListJson<BalanceJson>> {
    return this.#get(paths.balances(address, page), balancesSchema);
  }
}
