/**
 * Search: what a text may stand for. Each way of reading it is tried, and each costs as little as the page of what is
 * found; nothing is searched through.
 * @module
 */
import type { SearchHitJson } from "../../src/api/search-json.ts";
import { searchHitsMax } from "../../src/api/search-schemas.ts";
import { nobleHasher } from "../../src/crypto/hash.ts";
import { parseAddress } from "../../src/protocol/address.ts";
import { isAssetCode } from "../../src/protocol/assets.ts";
import {
  type AccountId,
  type AssetId,
  type BlockId,
  type Digest,
  type Height,
  height,
  isIdText,
  type TransactionId,
} from "../../src/protocol/ids.ts";
import type { RecordPlace } from "../../src/protocol/records.ts";
import { AssetCodes } from "../../src/replica/asset-codes.ts";
import type { AssetSummary } from "../../src/replica/asset-queries.ts";
import type { BlockSummary, TransactionStatus } from "../../src/replica/node-queries.ts";
import type { Served } from "./app.ts";
import { parseNumber } from "./cursor.ts";
import { nameFlaw } from "./record-places.ts";

/** Hits of one list, of which there may be many. */
const listedMax = 5;

type Hits = Promise<readonly SearchHitJson[]>;

export class Search {
  readonly #served: Served;
  readonly #codes: AssetCodes;

  constructor(served: Served) {
    this.#served = served;
    this.#codes = new AssetCodes(served.queries, nobleHasher);
  }

  /** @param text without space around it. */
  async hits(text: string): Hits {
    const id = text.toLowerCase();
    const found: SearchHitJson[] = [];
    for (const look of [
      () => this.#byHeight(text),
      () => (isIdText(id) ? this.#byId(id) : none),
      () => this.#byAddress(text),
      () => this.#byPlace(text),
      () => this.#byCode(text.toUpperCase()),
      () => this.#byName(text.toLowerCase()),
    ]) {
      if (found.length >= searchHitsMax) break;
      found.push(...(await look()));
    }
    return unique(found).slice(0, searchHitsMax);
  }

  async #byHeight(text: string): Hits {
    const number = parseNumber(text.replace(/^#/, ""));
    return number === undefined ? [] : await this.#block(height(number));
  }

  async #block(reference: Height | BlockId): Hits {
    const found = await this.#served.queries.blockSummary(reference);
    return found === undefined ? [] : [blockHit(found, String(reference))];
  }

  /** 64 hex digits may be almost anything. */
  async #byId(id: string): Hits {
    const { queries } = this.#served;
    const asset = queries.assets.asset(id as AssetId)?.asset;
    const holder = queries.validators().find(({ validator }) => validator.consensusKey === id);
    return [
      ...(await this.#block(id as BlockId)),
      ...transactionHits(id, queries.transaction(id as TransactionId)),
      ...(asset === undefined ? [] : [this.#assetHit(asset)]),
      ...(await this.#knownAccount(id as AccountId)),
      ...(holder === undefined ? [] : [this.#validatorHit(holder.validator, "validator's key")]),
      ...(await this.#byContent(id as Digest)),
    ];
  }

  async #knownAccount(account: AccountId): Hits {
    const { exists } = await this.#served.queries.account(account);
    return exists ? [this.#accountHit(account, "account, by its id")] : [];
  }

  async #byContent(content: Digest): Hits {
    const { items } = await this.#served.queries.records.withContent(content, undefined, listedMax);
    return items.map((record) => this.#recordHit(record, `version ${record.version} has it`));
  }

  async #byAddress(text: string): Hits {
    const { queries } = this.#served;
    const account = parseAddress(queries.genesis.addressPrefix, text);
    if (!account.ok) return [];
    const { exists } = await queries.account(account.value);
    const holder = queries
      .validators()
      .find(({ validator }) => validator.operator === account.value);
    return [
      this.#accountHit(account.value, exists ? "account" : "account that was never used"),
      ...(holder === undefined ? [] : [this.#validatorHit(holder.validator, "validator")]),
    ];
  }

  /** `address/topic/key`, or the beginning of it. */
  async #byPlace(text: string): Hits {
    const { queries } = this.#served;
    const [address = "", topicText, ...rest] = text.split("/");
    const account = parseAddress(queries.genesis.addressPrefix, address);
    if (!account.ok || topicText === undefined) return [];
    const topic = decoded(topicText);
    const key = decoded(rest.join("/"));
    if (topic === undefined || key === undefined) return [];
    if (nameFlaw("topic", topic) !== undefined) {
      return topic === "" ? await this.#listed({ account: account.value, topic: undefined }) : [];
    }
    if (key === "") return await this.#listed({ account: account.value, topic });
    if (nameFlaw("key", key) !== undefined) return [];
    const place = { account: account.value, topic, key };
    const found = await queries.records.record(place);
    return found === undefined ? [] : [this.#recordHit(place, `record, ${versions(found.newest)}`)];
  }

  async #listed(of: { readonly account: AccountId; readonly topic: string | undefined }): Hits {
    const { items } = await this.#served.queries.records.ofAccount(of, undefined, listedMax);
    return items.map((record) => this.#recordHit(record, `record, ${versions(record.version)}`));
  }

  async #byCode(code: string): Hits {
    if (!isAssetCode(code)) return [];
    const ids = await this.#codes.beginningWith(code, listedMax);
    return ids.flatMap((id) => {
      const asset = this.#served.queries.assets.asset(id)?.asset;
      return asset === undefined ? [] : [this.#assetHit(asset)];
    });
  }

  async #byName(beginning: string): Hits {
    if (beginning === "") return [];
    return this.#served.queries
      .validators()
      .filter(({ validator }) => validator.name.toLowerCase().startsWith(beginning))
      .map(({ validator }) => this.#validatorHit(validator, "validator"));
  }

  #accountHit(account: AccountId, note: string): SearchHitJson {
    const address = this.#served.json.address(account);
    return { kind: "account", reference: address, title: address, note };
  }

  #assetHit({ id, code, issuer }: AssetSummary): SearchHitJson {
    const note = `asset of ${this.#served.json.address(issuer)}`;
    return { kind: "asset", reference: id, title: code, note };
  }

  #recordHit({ account, topic, key }: RecordPlace, what: string): SearchHitJson {
    const address = this.#served.json.address(account);
    const reference = [address, topic, key].map(encodeURIComponent).join("/");
    return { kind: "record", reference, title: `${topic}/${key}`, note: `${what}, of ${address}` };
  }

  #validatorHit(
    { name, operator }: { readonly name: string; readonly operator: AccountId },
    what: string,
  ): SearchHitJson {
    const reference = this.#served.json.address(operator);
    return { kind: "validator", reference, title: name, note: `${what}, run by ${reference}` };
  }
}

const none: Hits = Promise.resolve([]);

/** @param reference what it was found by: its height or its id. */
function blockHit({ id, header }: BlockSummary, reference: string): SearchHitJson {
  const count = header.transactionCount;
  const held = count === 1 ? "1 transaction" : `${count} transactions`;
  return {
    kind: "block",
    reference,
    title: `block ${header.height}`,
    note: `block with ${held}, ${id}`,
  };
}

function transactionHits(id: string, status: TransactionStatus): readonly SearchHitJson[] {
  if (status.kind === "unknown") return [];
  const where = status.kind === "final" ? `final in block ${status.found.height}` : status.kind;
  return [{ kind: "transaction", reference: id, title: id, note: `transaction, ${where}` }];
}

const versions = (count: number): string => (count === 1 ? "1 version" : `${count} versions`);

/** Percent-encoded text is taken, and plain text that holds no percent sign. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The same thing may be found in two ways: the first one stays. */
function unique(hits: readonly SearchHitJson[]): readonly SearchHitJson[] {
  const seen = new Set<string>();
  return hits.filter(({ kind, reference }) => {
    const name = `${kind} ${reference}`;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}
