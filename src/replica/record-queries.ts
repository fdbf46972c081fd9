/**
 * Answers about records: the current version, earlier ones, and who has written a content.
 *
 * Versions come from the blocks that hold them, so they are of durable blocks. The state says how many versions there
 * are: one that the index has lost is damage, never a missing record. Only a ledger that continues another one may
 * have records without their transactions.
 * @module
 */
import type { Ledger } from "../ledger/ledger.ts";
import type { AccountId, Digest } from "../protocol/ids.ts";
import type { RecordEntry, RecordPlace } from "../protocol/records.ts";
import {
  readRecord,
  recordKey,
  recordOfKey,
  type StateKey,
  type StateReader,
} from "../protocol/state.ts";
import type { ChainStore } from "../storage/chain-store.ts";
import { StorageCorruption } from "../storage/corruption.ts";
import type { OperationPosition } from "../storage/keys.ts";
import { ReadAllowance } from "../storage/read-allowance.ts";
import type { StoredRecord } from "../storage/record-rows.ts";
import { keysAtTip, pageOf, type StateAtTip } from "./keys-at-tip.ts";
import type { Tip } from "./node-queries.ts";

/** A current version, as the state has it. */
export interface RecordSummary extends RecordPlace, RecordEntry {}

export interface RecordVersion extends RecordSummary {
  /** Undefined: in the ledger that this one continues. */
  readonly stored: StoredRecord | undefined;
}

export interface FoundRecord {
  readonly record: RecordVersion;
  /** The newest version at the tip. */
  readonly newest: number;
  readonly tip: Tip;
}

export interface RecordVersionPage {
  /** Newest first. Fewer than asked for, with `next`, where they are in many large blocks. */
  readonly items: readonly RecordVersion[];
  /** The versions at which the pages after and before this one start. */
  readonly next: number | undefined;
  readonly prev: number | undefined;
  readonly tip: Tip;
}

export interface ContentPage {
  /** Oldest first. Fewer than asked for, with `next`, where they are in many large blocks. */
  readonly items: readonly RecordVersion[];
  /** Where the pages after and before this one start. */
  readonly next: OperationPosition | undefined;
  readonly prev: OperationPosition | undefined;
  readonly tip: Tip;
}

export interface RecordPage {
  /** Ascending by state key: by the length of the topic, the topic, the length of the key, the key. */
  readonly items: readonly RecordSummary[];
  /** Where the pages after and before this one start. */
  readonly next: RecordPlace | undefined;
  readonly prev: RecordPlace | undefined;
  readonly tip: Tip;
}

export interface RecordAnswers {
  /** The current version, or the one asked for; undefined when there is none. */
  record(place: RecordPlace, version?: number): Promise<FoundRecord | undefined>;
  /** From a version downwards, or from the newest; undefined when there is no such record. */
  versions(
    place: RecordPlace,
    from: number | undefined,
    limit: number,
  ): Promise<RecordVersionPage | undefined>;
  /** What was written with a content, from a position on. At most recordPageMax. */
  withContent(
    contentHash: Digest,
    from: OperationPosition | undefined,
    limit: number,
  ): Promise<ContentPage>;
  /** The records of an account, or of one of its topics, from a place on. */
  ofAccount(
    of: { readonly account: AccountId; readonly topic: string | undefined },
    from: RecordPlace | undefined,
    limit: number,
  ): Promise<RecordPage>;
}

/** Versions of one record that blocks wrote which are final and not durable: more than these few blocks hold of one. */
const waitingVersionsMax = 4_096;

export interface RecordQueriesDependencies extends StateAtTip {
  readonly ledger: StateAtTip["ledger"] &
    Pick<Ledger, "genesis" | "isWaiting" | "prove" | "durableTip">;
  readonly chain: StateAtTip["chain"] & Pick<ChainStore, "records">;
  /** What one page may cost. */
  readonly allowance?: () => ReadAllowance;
}

/** What is known at one moment of a record that is written at the durable tip. */
interface Standing {
  readonly newest: number;
  /** As the state has the newest version; undefined where that cannot be read at this moment. */
  readonly entry: RecordEntry | undefined;
  readonly tip: Tip;
}

export class RecordQueries implements RecordAnswers {
  readonly #d: RecordQueriesDependencies;

  constructor(dependencies: RecordQueriesDependencies) {
    this.#d = dependencies;
  }

  async record(place: RecordPlace, version?: number): Promise<FoundRecord | undefined> {
    const standing = this.#standing(place);
    if (standing === undefined) return undefined;
    const { newest, tip } = standing;
    const wanted = version ?? newest;
    if (wanted < 1 || wanted > newest) return undefined;
    const record = await this.#version(place, wanted, standing)();
    return record && { record, newest, tip };
  }

  async versions(
    place: RecordPlace,
    from: number | undefined,
    limit: number,
  ): Promise<RecordVersionPage | undefined> {
    const standing = this.#standing(place);
    if (standing === undefined) return undefined;
    const { newest, tip } = standing;
    const first = Math.min(from ?? newest, newest);
    const last = Math.max(1, first - limit + 1);
    const prev = first < newest ? Math.min(newest, first + limit) : undefined;
    // All positions at once, while the tip is what the answer says; the blocks after that.
    const allowance = this.#allowance();
    const loads: (() => Promise<RecordVersion | undefined>)[] = [];
    for (let version = first; version >= last; version -= 1) {
      loads.push(this.#version(place, version, standing, allowance));
    }
    const items: RecordVersion[] = [];
    for (const load of loads) {
      if (allowance.isSpent) return { items, next: first - items.length, prev, tip };
      const record = await load();
      if (record === undefined) return { items, next: undefined, prev, tip };
      items.push(record);
    }
    return { items, next: last > 1 ? last - 1 : undefined, prev, tip };
  }

  async withContent(
    contentHash: Digest,
    from: OperationPosition | undefined,
    limit: number,
  ): Promise<ContentPage> {
    const { chain } = this.#d;
    const { height, id, header } = chain.tip;
    const span = { from, tip: height, limit };
    const page = await chain.records.withContent(contentHash, span, this.#allowance());
    const prev = from && (await chain.records.contentBefore(contentHash, from, limit));
    const items = page.items.map(versionOf);
    return { items, next: page.next, prev, tip: { height, id, header } };
  }

  ofAccount(
    { account, topic }: { readonly account: AccountId; readonly topic: string | undefined },
    from: RecordPlace | undefined,
    limit: number,
  ): Promise<RecordPage> {
    const beginning = topic === undefined ? `03${account}` : topicKeys(account, topic);
    const first = from && recordKey(from.account, from.topic, from.key);
    return keysAtTip(this.#d, { beginning, from: first, limit }, (found) => {
      const { items, next } = pageOf(found, limit, (key) => summaryOf(found.state, key));
      const prev = found.prev && recordOfKey(found.prev);
      return { items, next: next && recordOfKey(next), prev, tip: found.tip };
    });
  }

  #allowance(): ReadAllowance {
    return this.#d.allowance?.() ?? new ReadAllowance();
  }

  #standing(place: RecordPlace): Standing | undefined {
    const { ledger, chain } = this.#d;
    const key = recordKey(place.account, place.topic, place.key);
    const entry = readRecord(ledger.state(ledger.tip.id), place.account, place.topic, place.key);
    if (entry === undefined) return undefined;
    const { height, id, header } = chain.tip;
    const tip = { height, id, header };
    if (!ledger.isWaiting(key)) return { newest: entry.version, entry, tip };
    const proven = ledger.prove(key);
    if (proven === undefined) return this.#written(place, entry.version, tip);
    const atDurableTip = { read: () => proven.value };
    const durable = readRecord(atDurableTip, place.account, place.topic, place.key);
    if (durable === undefined) return undefined;
    const { id: durableId, header: durableHeader } = ledger.durableTip;
    const durableTip = { height: durableHeader.height, id: durableId, header: durableHeader };
    return { newest: durable.version, entry: durable, tip: durableTip };
  }

  /**
   * By the rows: the state's own value is being written over, and not in memory. The newest version is the first one
   * with a row, downwards from those that are waiting.
   */
  #written(place: RecordPlace, bound: number, tip: Tip): Standing | undefined {
    const last = Math.max(1, bound - waitingVersionsMax);
    for (let version = bound; version >= last; version -= 1) {
      const isWritten = this.#d.chain.records.positionOf(place, version, tip.height) !== undefined;
      if (isWritten) return { newest: version, entry: undefined, tip };
    }
    return undefined;
  }

  /** Looks the version up at once; what is returned reads its block. */
  #version(
    place: RecordPlace,
    version: number,
    standing: Standing,
    allowance?: ReadAllowance,
  ): () => Promise<RecordVersion | undefined> {
    const { records } = this.#d.chain;
    const { newest, entry, tip } = standing;
    const position = records.positionOf(place, version, tip.height);
    if (position === undefined) {
      const carried = this.#carriedOver(place, { version, newest, entry });
      return () => Promise.resolve(carried);
    }
    return async () => versionOf(await records.versionAt(place, version, position, allowance));
  }

  /** A version without a row: of the ledger that this one continues, if it does; else the row is lost. */
  #carriedOver(
    place: RecordPlace,
    at: {
      readonly version: number;
      readonly newest: number;
      readonly entry: RecordEntry | undefined;
    },
  ): RecordVersion | undefined {
    const { version, newest, entry } = at;
    if (this.#d.ledger.genesis.previous === undefined) {
      throw new StorageCorruption(`version ${version} of a record of ${place.account} has no row`);
    }
    if (version !== newest || entry === undefined) return undefined;
    const { account, topic, key } = place;
    return { account, topic, key, ...entry, stored: undefined };
  }
}

/** The state keys of one topic begin with this. */
function topicKeys(account: AccountId, topic: string): string {
  const oneLetterKey = recordKey(account, topic, "k");
  return oneLetterKey.slice(0, -4);
}

function summaryOf(state: StateReader, key: StateKey): RecordSummary | undefined {
  const place = recordOfKey(key);
  const entry = place && readRecord(state, place.account, place.topic, place.key);
  return place && entry && { ...place, ...entry };
}

function versionOf(stored: StoredRecord): RecordVersion {
  const { account, topic, key, version, contentHash, found } = stored;
  return { account, topic, key, version, contentHash, height: found.height, stored };
}
