/**
 * Assets and records as one would keep them on paper: what the ledger and its indexes must agree with.
 * @module
 */
import type { AccountId, AssetId, Digest } from "../../../src/protocol/ids.ts";
import type { OperationBody } from "../../../src/protocol/operations.ts";
import { assetOf } from "../../fixtures/content.ts";
import type { Holder } from "../../fixtures/small-ledger.ts";

export interface ModelAsset {
  readonly issuer: AccountId;
  readonly code: string;
  readonly maxSupply: bigint;
  supply: bigint;
}

export interface ModelVersion {
  readonly contentHash: Digest;
  readonly height: number;
  readonly index: number;
}

/** One name for whose record it is and how it is called. */
export const recordName = (account: AccountId, topic: string, key: string): string =>
  JSON.stringify([account, topic, key]);

export class ContentModel {
  readonly assets: Map<AssetId, ModelAsset>;
  /** By account and asset; none is 0. */
  readonly balances: Map<AccountId, Map<AssetId, bigint>>;
  /** By recordName; the versions from 1 on. */
  readonly records: Map<string, readonly ModelVersion[]>;
  /** Names and version numbers by content, in the order in which they were written. */
  readonly contents: Map<Digest, readonly (readonly [name: string, version: number])[]>;

  constructor(from?: ContentModel) {
    this.assets = new Map([...(from?.assets ?? [])].map(([id, asset]) => [id, { ...asset }]));
    this.balances = new Map([...(from?.balances ?? [])].map(([id, held]) => [id, new Map(held)]));
    this.records = new Map(from?.records);
    this.contents = new Map(from?.contents);
  }

  held(account: AccountId, asset: AssetId): bigint {
    return this.balances.get(account)?.get(asset) ?? 0n;
  }

  /** Does it, or changes nothing and says that it cannot be done. */
  apply(who: Holder, body: OperationBody, place: { height: number; index: number }): boolean {
    switch (body.kind) {
      case "create-asset": {
        const id = assetOf(who, body.code);
        if (this.assets.has(id)) return false;
        const { code, maxSupply } = body;
        this.assets.set(id, { issuer: who.account, code, maxSupply, supply: 0n });
        return true;
      }
      case "mint": {
        const asset = this.assets.get(body.asset);
        if (asset?.issuer !== who.account) return false;
        const supply = asset.supply + body.amount;
        if (asset.maxSupply !== 0n && supply > asset.maxSupply) return false;
        asset.supply = supply;
        this.#add(body.to, body.asset, body.amount);
        return true;
      }
      case "burn": {
        const asset = this.assets.get(body.asset);
        if (asset === undefined || this.held(who.account, body.asset) < body.amount) return false;
        asset.supply -= body.amount;
        this.#add(who.account, body.asset, -body.amount);
        return true;
      }
      case "transfer": {
        const isOwn = body.to === who.account;
        if (isOwn || this.held(who.account, body.asset) < body.amount) return false;
        this.#add(who.account, body.asset, -body.amount);
        this.#add(body.to, body.asset, body.amount);
        return true;
      }
      case "record": {
        const name = recordName(who.account, body.topic, body.key);
        const versions = this.records.get(name) ?? [];
        if (body.version !== versions.length + 1) return false;
        const { contentHash } = body;
        this.records.set(name, [...versions, { contentHash, ...place }]);
        const written = this.contents.get(contentHash) ?? [];
        this.contents.set(contentHash, [...written, [name, body.version]]);
        return true;
      }
      default:
        return false;
    }
  }

  #add(account: AccountId, asset: AssetId, amount: bigint): void {
    const held = this.balances.get(account) ?? new Map<AssetId, bigint>();
    this.balances.set(account, held);
    const sum = (held.get(asset) ?? 0n) + amount;
    if (sum === 0n) held.delete(asset);
    else held.set(asset, sum);
  }
}
