/**
 * The events of one block, encoded once for any number of readers with any topics.
 *
 * The transactions come first, in their order, then the block: its event says that nothing of it is to come. What a
 * reader gets is cut into chunks, so that neither a full block nor a slow reader takes much memory or time at once.
 * @module
 */
import { formatStreamPosition, type StreamPosition } from "../../../src/api/stream-position.ts";
import { concatBytes } from "../../../src/base/bytes.ts";
import { accountRoles } from "../../../src/protocol/account-roles.ts";
import type { AccountId } from "../../../src/protocol/ids.ts";
import type { FoundBlock } from "../../../src/replica/node-queries.ts";
import { blockEvent, type JsonWriter } from "../to-json.ts";
import { finalJson } from "../transaction-json.ts";
import { chunkBytesMax, chunkTransactionsMax } from "./limits.ts";
import type { Topics } from "./topics.ts";

/** What comes next for a reader, in or to the end of a block. */
export interface Chunk {
  /** Undefined: there is nothing more for the reader in this block. */
  readonly bytes: Uint8Array | undefined;
  /** Where the reader is when it has it: the id of its last event. */
  readonly position: StreamPosition;
}

/** About what a decoded block takes: whatever it holds, and for each byte of its encoding. */
const [blockBytesLeast, bytesPerEncoded] = [2_048, 4];
const encoder = new TextEncoder();
const everything: readonly string[] = ["transactions"];

export class BlockEvents {
  readonly height: number;
  readonly #found: FoundBlock;
  readonly #json: JsonWriter;
  readonly #grown: (bytes: number) => void;
  /** Each event up to its list of topics, which is the reader's own. */
  readonly #events: (Uint8Array | undefined)[] = [];
  /** Chunks of the topic `transactions`, by their first transaction. */
  readonly #chunks = new Map<number, Chunk>();
  #block: Uint8Array | undefined;
  #touches: ReadonlyMap<AccountId, readonly number[]> | undefined;
  #bytes: number;

  /** @param grown is told of what is encoded later. */
  constructor(found: FoundBlock, json: JsonWriter, grown: (bytes: number) => void) {
    this.height = found.block.header.height;
    this.#found = found;
    this.#json = json;
    this.#grown = grown;
    this.#bytes = blockBytesLeast + bytesPerEncoded * found.bytes;
  }

  /** About what the block and its encoded events take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it holds nothing at all for a reader. */
  isSilentFor({ blocks, transactions, accounts }: Topics): boolean {
    if (blocks) return false;
    if (transactions) return this.#found.block.transactions.length === 0;
    const touches = this.#touched();
    for (const account of accounts.keys()) if (touches.has(account)) return false;
    return true;
  }

  /** What a reader gets next that has all before the transaction at `from`. */
  chunk(topics: Topics, from: number): Chunk {
    const { transactions, accounts } = topics;
    if (accounts.size > 0) return this.#ownChunk(topics, from);
    const isShared = from % chunkTransactionsMax === 0;
    if (!transactions || from >= this.#count) return this.#end(topics);
    const known = isShared ? this.#chunks.get(from) : undefined;
    if (known !== undefined) return known;
    const end = Math.min(this.#count, from - (from % chunkTransactionsMax) + chunkTransactionsMax);
    const indexes = Array.from({ length: end - from }, (_, i) => from + i);
    const chunk = this.#compose(indexes, () => everything);
    if (isShared) {
      this.#chunks.set(from, chunk);
      this.#grow(chunk.bytes);
    }
    return chunk;
  }

  /** Of a reader that follows accounts. */
  #ownChunk(topics: Topics, from: number): Chunk {
    const matching = this.#matching(topics, from);
    const indexes = topics.transactions
      ? Array.from({ length: Math.max(0, this.#count - from) }, (_, i) => from + i)
      : [...matching.keys()].sort((a, b) => a - b);
    if (indexes.length === 0) return this.#end(topics);
    const base = topics.transactions ? everything : [];
    return this.#compose(indexes, (index) => [...base, ...(matching.get(index) ?? [])]);
  }

  /** The account topics of each transaction from there on that has one. */
  #matching({ accounts }: Topics, from: number): ReadonlyMap<number, readonly string[]> {
    const found = new Map<number, string[]>();
    const touches = this.#touched();
    for (const [account, topic] of accounts) {
      for (const index of touches.get(account) ?? []) {
        if (index < from) continue;
        const topics = found.get(index);
        if (topics === undefined) found.set(index, [topic]);
        else topics.push(topic);
      }
    }
    return found;
  }

  #compose(indexes: readonly number[], topicsAt: (index: number) => readonly string[]): Chunk {
    const parts: Uint8Array[] = [];
    let length = 0;
    let last = 0;
    for (const index of indexes.slice(0, chunkTransactionsMax)) {
      const event = this.#event(index);
      const topics = encoder.encode(`,"topics":${JSON.stringify(topicsAt(index))}}\n\n`);
      parts.push(event, topics);
      length += event.length + topics.length;
      last = index;
      if (length >= chunkBytesMax) break;
    }
    return { bytes: concatBytes(...parts), position: { height: this.height, index: last } };
  }

  #end({ blocks }: Topics): Chunk {
    const position = { height: this.height, index: undefined };
    return { bytes: blocks ? this.#blockBytes() : undefined, position };
  }

  #blockBytes(): Uint8Array {
    if (this.#block === undefined) {
      const id = formatStreamPosition({ height: this.height, index: undefined });
      this.#block = encodeEvent("block", blockEvent(this.#found), id);
      this.#grow(this.#block);
    }
    return this.#block;
  }

  #event(index: number): Uint8Array {
    const known = this.#events[index];
    if (known !== undefined) return known;
    const { header, id: blockId, transactions } = this.#found.block;
    const transaction = transactions[index];
    if (transaction === undefined) throw new Error(`block ${header.height} has no ${index}`);
    const { height, timestampMs } = header;
    const found = { transaction, height, index, blockId, timestampMs };
    const id = formatStreamPosition({ height, index });
    const text = JSON.stringify(finalJson(this.#json, found)).slice(0, -1);
    const event = encoder.encode(`id: ${id}\nevent: transaction\ndata: ${text}`);
    this.#events[index] = event;
    this.#grow(event);
    return event;
  }

  /** The transactions that touch each account, by the rule of the index. */
  #touched(): ReadonlyMap<AccountId, readonly number[]> {
    if (this.#touches !== undefined) return this.#touches;
    const touches = new Map<AccountId, number[]>();
    for (const [index, { signed }] of this.#found.block.transactions.entries()) {
      for (const account of accountRoles(signed).keys()) {
        const indexes = touches.get(account);
        if (indexes === undefined) touches.set(account, [index]);
        else indexes.push(index);
      }
    }
    this.#touches = touches;
    return touches;
  }

  get #count(): number {
    return this.#found.block.transactions.length;
  }

  #grow(encoded: Uint8Array | undefined): void {
    const bytes = encoded?.length ?? 0;
    this.#bytes += bytes;
    this.#grown(bytes);
  }
}

/** One event in the form of server-sent events. */
export function encodeEvent(name: string, content: object, id?: string): Uint8Array {
  const beginning = id === undefined ? "" : `id: ${id}\n`;
  return encoder.encode(`${beginning}event: ${name}\ndata: ${JSON.stringify(content)}\n\n`);
}
