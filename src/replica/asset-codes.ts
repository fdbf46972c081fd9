/**
 * The codes of all assets, in order: for finding assets by the beginning of a code, which the state has no order for.
 *
 * It is read from the state when it is first asked for, and follows the blocks from then on. Codes never change and no
 * asset ever goes away.
 * @module
 */
import type { Hasher } from "../crypto/ports.ts";
import { assetIdOf } from "../protocol/assets.ts";
import type { AccountId, AssetId } from "../protocol/ids.ts";
import { isFault, type NamedTransaction } from "../protocol/transaction.ts";
import type { AssetAnswers } from "./asset-queries.ts";
import type { NodeQueries } from "./node-queries.ts";

/** Assets beyond this many are found by their ids only. */
const assetCodesMax = 100_000;
const pageItems = 100;

interface Coded {
  readonly code: string;
  readonly id: AssetId;
}

export class AssetCodes {
  readonly #queries: Pick<NodeQueries, "subscribe"> & {
    readonly assets: Pick<AssetAnswers, "assets">;
  };
  readonly #hasher: Hasher;
  readonly #ids = new Set<AssetId>();
  /** By code, then by id, once `#isSorted`. */
  readonly #coded: Coded[] = [];
  #isSorted = true;
  #loaded: Promise<void> | undefined;

  constructor(
    queries: Pick<NodeQueries, "subscribe"> & { readonly assets: Pick<AssetAnswers, "assets"> },
    hasher: Hasher,
  ) {
    this.#queries = queries;
    this.#hasher = hasher;
  }

  /** The first so many by code whose code begins so. */
  async beginningWith(beginning: string, limit: number): Promise<readonly AssetId[]> {
    this.#loaded ??= this.#load();
    await this.#loaded;
    this.#sort();
    const found: AssetId[] = [];
    for (let i = this.#firstFrom(beginning); found.length < limit; i += 1) {
      const coded = this.#coded[i];
      if (coded === undefined || !coded.code.startsWith(beginning)) break;
      found.push(coded.id);
    }
    return found;
  }

  /** Blocks first: what one of them creates while the state is read is in one of both, or in both. */
  async #load(): Promise<void> {
    const unsubscribe = this.#queries.subscribe(({ block }) => {
      for (const transaction of block.transactions) this.#addCreatedBy(transaction);
    });
    try {
      let from: AssetId | undefined;
      do {
        const page = await this.#queries.assets.assets(from, pageItems);
        for (const { id, code } of page.items) this.#add({ id, code });
        from = page.next;
      } while (from !== undefined && this.#coded.length < assetCodesMax);
    } catch (error) {
      unsubscribe();
      this.#loaded = undefined;
      throw error;
    }
  }

  #addCreatedBy(named: NamedTransaction): void {
    if (isFault(named)) return;
    const { sender, operations } = named.signed.transaction;
    for (const { from, body } of operations) {
      if (body.kind !== "create-asset") continue;
      const issuer: AccountId = from ?? sender;
      this.#add({ id: assetIdOf(this.#hasher, issuer, body.code), code: body.code });
    }
  }

  #add(coded: Coded): void {
    if (this.#ids.has(coded.id) || this.#coded.length >= assetCodesMax) return;
    this.#ids.add(coded.id);
    this.#coded.push(coded);
    this.#isSorted = false;
  }

  #sort(): void {
    if (this.#isSorted) return;
    this.#coded.sort((a, b) => compare(a.code, b.code) || compare(a.id, b.id));
    this.#isSorted = true;
  }

  #firstFrom(beginning: string): number {
    let low = 0;
    let high = this.#coded.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#coded[middle]?.code ?? "") < beginning) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
