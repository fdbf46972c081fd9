/**
 * What NodeClient asks about assets: `client.assets.one(id)`.
 * @module
 */
import type { AssetJson, AssetNowJson } from "./asset-json.ts";
import { assetSchema, assetsSchema, balancesSchema } from "./asset-schemas.ts";
import type { Answer, Getting, PageOptions } from "./client.ts";
import type { BalanceJson, ListJson } from "./json.ts";

export class AssetQuestions {
  readonly #get: Getting;

  constructor(get: Getting) {
    this.#get = get;
  }

  /** @param id 64 hex digits. */
  one(id: string): Answer<AssetNowJson> {
    return this.#get(`/v1/assets/${encodeURIComponent(id)}`, {}, assetSchema);
  }

  /** All that were created, ascending by id. */
  list(options: PageOptions = {}): Answer<ListJson<AssetJson>> {
    return this.#get("/v1/assets", { ...options }, assetsSchema);
  }

  /** What an account holds besides the native asset; `moreBalances` of an account is a cursor of this list. */
  balances(address: string, options: PageOptions = {}): Answer<ListJson<BalanceJson>> {
    const path = `/v1/accounts/${encodeURIComponent(address)}/balances`;
    return this.#get(path, { ...options }, balancesSchema);
  }
}
