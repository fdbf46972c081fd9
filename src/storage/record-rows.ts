/**
 * Records in the past: each version by its number (`r` rows), and all that were ever written with a content (`c` rows).
 *
 * The rows say where to look; what is answered comes from blocks that were checked. Every version has its row, so one
 * that is missing below the current version is damage, which the caller can tell from the state.
 * @module
 */
import { assert } from "../base/assert.ts";
import type { AccountId, Digest, Height } from "../protocol/ids.ts";
import type { WriteRecord } from "../protocol/operations.ts";
import type { RecordPlace } from "../protocol/records.ts";
import type { SignedTransaction } from "../protocol/transaction.ts";
import type { BlockRows } from "./block-rows.ts";
import {
  decodeRow,
  encodePosition,
  positionCodec,
  type TransactionPosition,
} from "./chain-codecs.ts";
import { StorageCorruption } from "./corruption.ts";
import {
  contentKey,
  contentRange,
  contentRangeBefore,
  type OperationPosition,
  parseContentKey,
  recordVersionKey,
} from "./keys.ts";
import { ReadAllowance } from "./read-allowance.ts";
import type { Store, Write } from "./store.ts";
import { type StoredTransaction, transactionIn } from "./stored-transaction.ts";

/** One version of a record, from the block that holds it. */
export interface StoredRecord extends RecordPlace {
  readonly version: number;
  readonly contentHash: Digest;
  readonly data: Uint8Array;
  readonly found: StoredTransaction;
}

export interface StoredRecordPage {
  /** Oldest first. */
  readonly items: readonly StoredRecord[];
  /** Where the next page starts, or undefined at the end. */
  readonly next: OperationPosition | undefined;
}

/** Records in one page. */
const recordPageMax = 100;

/** A `c` row says all in its key. */
const nothing = new Uint8Array(0);

interface PlacedRecord {
  readonly account: AccountId;
  readonly body: WriteRecord;
  /** Position of the operation in its transaction. */
  readonly operation: number;
}

function recordsOf(signed: SignedTransaction): readonly PlacedRecord[] {
  if (signed.kind === "fault") return [];
  const { sender, operations } = signed.transaction;
  return operations.flatMap(({ from, body }, operation) =>
    body.kind === "record" ? [{ account: from ?? sender, body, operation }] : [],
  );
}

/** The rows of the records that a final transaction writes. */
export function recordRows(
  signed: SignedTransaction,
  place: TransactionPosition,
): readonly Write[] {
  return recordsOf(signed).flatMap(({ account, body, operation }): Write[] => {
    const { topic, key, version } = body;
    const content = contentKey(body.contentHash, { ...place, operation });
    return [
      {
        kind: "put",
        key: recordVersionKey({ account, topic, key }, version),
        value: encodePosition(place),
      },
      { kind: "put", key: content, value: nothing },
    ];
  });
}

export class RecordRows {
  readonly #store: Store;
  readonly #blocks: BlockRows;

  constructor(options: {
    readonly store: Store;
    readonly blocks: BlockRows;
  }) {
    this.#store = options.store;
    this.#blocks = options.blocks;
  }

  /** Where a version was written, at or below a height; undefined when it was not. Throws StorageCorruption. */
  positionOf(place: RecordPlace, version: number, tip: Height): TransactionPosition | undefined {
    const key = recordVersionKey(place, version);
    const value = this.#store.get(key);
    if (value === undefined) return undefined;
    const position = decodeRow(positionCodec, { key, value });
    return position.height > tip ? undefined : position;
  }

  /** The version that `positionOf` found there. Throws StorageCorruption. */
  async versionAt(
    place: RecordPlace,
    version: number,
    position: TransactionPosition,
    allowance?: ReadAllowance,
  ): Promise<StoredRecord> {
    const found = await this.#transaction(position, allowance);
    const held = found === undefined ? [] : recordsOf(found.transaction.signed);
    const written = held.find(
      ({ account, body }) =>
        account === place.account &&
        body.topic === place.topic &&
        body.key === place.key &&
        body.version === version,
    );
    if (found !== undefined && written !== undefined) return storedRecord(found, written);
    const { height, index } = position;
    const name = `version ${version} of a record of ${place.account}`;
    throw new StorageCorruption(`${name} is not in transaction ${index} of block ${height}`);
  }

  /**
   * What was written with a content at or below a height, oldest first from a position on. Fewer than the limit, and
   * where to go on, when the allowance is spent.
   */
  async withContent(
    contentHash: Digest,
    span: {
      readonly from: OperationPosition | undefined;
      readonly tip: Height;
      readonly limit: number;
    },
    allowance: ReadAllowance = new ReadAllowance(),
  ): Promise<StoredRecordPage> {
    const { tip, limit } = span;
    assert(limit >= 1 && limit <= recordPageMax, "a page has 1 to recordPageMax records");
    const from = span.from ?? { height: 0 as Height, index: 0, operation: 0 };
    const range = contentRange(contentHash, { from, to: tip, limit: limit + 1 });
    const items: StoredRecord[] = [];
    for (const { key } of await this.#store.range(range)) {
      const position = parseContentKey(key);
      if (items.length === limit || allowance.isSpent) return { items, next: position };
      items.push(await this.#contentAt(contentHash, position, allowance));
    }
    return { items, next: undefined };
  }

  /** Where a page starts that ends just before a position: so many earlier, or at the first. Undefined: none is earlier. */
  async contentBefore(
    contentHash: Digest,
    before: OperationPosition,
    limit: number,
  ): Promise<OperationPosition | undefined> {
    const rows = await this.#store.range(contentRangeBefore(contentHash, { before, limit }));
    const first = rows.at(-1);
    return first && parseContentKey(first.key);
  }

  async #contentAt(
    contentHash: Digest,
    position: OperationPosition,
    allowance: ReadAllowance,
  ): Promise<StoredRecord> {
    const found = await this.#transaction(position, allowance);
    const held = found === undefined ? [] : recordsOf(found.transaction.signed);
    const written = held.find(({ operation }) => operation === position.operation);
    if (found !== undefined && written?.body.contentHash === contentHash) {
      return storedRecord(found, written);
    }
    const { height, index } = position;
    throw new StorageCorruption(
      `transaction ${index} of block ${height} wrote no record with content ${contentHash}`,
    );
  }

  /** Whoever looks at a record's block once looks at it again. */
  async #transaction(
    { height, index }: TransactionPosition,
    allowance: ReadAllowance | undefined,
  ): Promise<StoredTransaction | undefined> {
    const block = await this.#blocks.finalBlockLater(height, allowance);
    this.#blocks.remember(block);
    return transactionIn(block, index);
  }
}

function storedRecord(found: StoredTransaction, { account, body }: PlacedRecord): StoredRecord {
  const { topic, key, version, contentHash, data } = body;
  return { account, topic, key, version, contentHash, data, found };
}
