/**
 * Reading blocks: nothing leaves here that was not checked against the id it was asked by.
 *
 * A block's id is the hash of its header, and the header commits to the transactions, so the id is the checksum
 * that the database lacks. What does not match throws StorageCorruption.
 * @module
 */
import { decode } from "../codec/codec.ts";
import type { Hasher } from "../crypto/ports.ts";
import {
  type Block,
  blockIdOf,
  bodyMatches,
  encodeBlock,
  type Header,
  headerCodec,
  openBlock,
} from "../protocol/block.ts";
import {
  type BlockId,
  blockIdCodec,
  type ChainId,
  type Height,
  height,
  heightCodec,
} from "../protocol/ids.ts";
import { BlockCache } from "./block-cache.ts";
import { decodeRow } from "./chain-codecs.ts";
import { StorageCorruption } from "./corruption.ts";
import { blockKey, finalIdKey, heightOfIdKey, keyAfter } from "./keys.ts";
import type { ReadAllowance } from "./read-allowance.ts";
import type { Store } from "./store.ts";

/** BCS(Header) has this one length, and a stored block begins with it. */
const headerBytes = 262;
/** About 48 MB of decoded payments, 3 kB each. */
const cachedTransactionsMax = 16_384;

interface BlockRow {
  readonly height: Height;
  readonly id: BlockId;
  readonly value: Uint8Array;
}

/** What a list tells of a block. */
export interface StoredSummary {
  readonly id: BlockId;
  readonly header: Header;
  /** Size of BCS(Block). */
  readonly bytes: number;
}

/** Size of BCS(Block), without encoding it: the header, the count in ULEB128, the transactions as they are. */
export function encodedLength({ transactions }: Block): number {
  let length = headerBytes + 1;
  for (let count = transactions.length; count >= 0x80; count >>>= 7) length += 1;
  for (const { bytes } of transactions) length += bytes.length;
  return length;
}

export class BlockRows {
  readonly #store: Store;
  readonly #hasher: Hasher;
  readonly #chainId: ChainId;
  readonly #cache = new BlockCache({ transactionsMax: cachedTransactionsMax });

  constructor(options: {
    readonly store: Store;
    readonly hasher: Hasher;
    readonly chainId: ChainId;
  }) {
    this.#store = options.store;
    this.#hasher = options.hasher;
    this.#chainId = options.chainId;
  }

  /** Makes a block that is known to be sound cheap to read. */
  remember(block: Block): void {
    this.#cache.add(block);
  }

  /** The id of the final block at a committed height. */
  idAt(height: Height): BlockId {
    const key = finalIdKey(height);
    const value = this.#store.get(key);
    if (value === undefined) throw new StorageCorruption(`height ${height} has no block id`);
    return decodeRow(blockIdCodec, { key, value });
  }

  /** The height of a final block, or undefined when no final block has this id. */
  heightOf(id: BlockId): Height | undefined {
    const key = heightOfIdKey(id);
    const value = this.#store.get(key);
    if (value === undefined) return undefined;
    return decodeRow(heightCodec, { key, value });
  }

  /** Any stored block, final or not; undefined when there is no row. */
  block(height: Height, id: BlockId): Block | undefined {
    const cached = this.#cached(height, id);
    if (cached !== undefined) return cached;
    const value = this.#store.get(blockKey(height, id));
    return value === undefined ? undefined : this.#checked({ height, id, value });
  }

  /** The final block at a committed height. */
  finalBlock(height: Height): Block {
    const id = this.idAt(height);
    const block = this.block(height, id);
    if (block === undefined) throw new StorageCorruption(`final block ${height} ${id} is missing`);
    this.#cache.add(block);
    return block;
  }

  /**
   * The same for a walk over many blocks: gives way to other work while the disk reads.
   *
   * @param allowance pays for the block, if it is not in the cache.
   */
  async finalBlockLater(height: Height, allowance?: ReadAllowance): Promise<Block> {
    const id = this.idAt(height);
    const cached = this.#cached(height, id);
    if (cached !== undefined) return cached;
    const block = this.#checked({ height, id, value: await this.#rowLater(height, id) });
    allowance?.take(block.transactions.length);
    return block;
  }

  /** The header and the size of the final block at a committed height: what a list costs, for each of its blocks. */
  async finalSummary(height: Height): Promise<StoredSummary> {
    const id = this.idAt(height);
    const cached = this.#cached(height, id);
    if (cached !== undefined) {
      return { id, header: cached.header, bytes: encodedLength(cached) };
    }
    const value = await this.#rowLater(height, id);
    return { id, header: this.#headerIn({ height, id, value }), bytes: value.length };
  }

  /** BCS of the final blocks from a height to a height, within both bounds, but always one if there is one. */
  async encodedRun(
    { from, to }: { readonly from: number; readonly to: number },
    { countMax, bytesMax }: { readonly countMax: number; readonly bytesMax: number },
  ): Promise<Uint8Array[]> {
    const blocks: Uint8Array[] = [];
    let bytes = 0;
    for (let at = from; at <= to && blocks.length < countMax; at += 1) {
      const encoded = encodeBlock(await this.finalBlockLater(height(at)));
      bytes += encoded.length;
      if (blocks.length > 0 && bytes > bytesMax) break;
      blocks.push(encoded);
    }
    return blocks;
  }

  /** The header of the final block at a committed height, without looking at the transactions. */
  finalHeader(height: Height): Header {
    const id = this.idAt(height);
    const cached = this.#cached(height, id);
    if (cached !== undefined) return cached.header;
    const value = this.#store.get(blockKey(height, id));
    if (value === undefined) throw new StorageCorruption(`final block ${height} ${id} is missing`);
    return this.#headerIn({ height, id, value });
  }

  async #rowLater(height: Height, id: BlockId): Promise<Uint8Array> {
    const from = blockKey(height, id);
    const [row] = await this.#store.range({ from, to: keyAfter(from), limit: 1 });
    if (row === undefined) throw new StorageCorruption(`final block ${height} ${id} is missing`);
    return row.value;
  }

  /** The first part of a stored block. Its hash is the id. */
  #headerIn({ height, id, value }: BlockRow): Header {
    const decoded = decode(headerCodec, value.subarray(0, headerBytes));
    if (!decoded.ok || blockIdOf(this.#hasher, decoded.value) !== id) {
      throw new StorageCorruption(`the header of block ${height} is not that of ${id}`);
    }
    return decoded.value;
  }

  #cached(height: Height, id: BlockId): Block | undefined {
    const block = this.#cache.get(id);
    if (block !== undefined && block.header.height !== height) {
      throw new StorageCorruption(`block ${id} is stored at height ${height}`);
    }
    return block;
  }

  #checked(row: BlockRow): Block {
    const name = `block ${row.height} ${row.id}`;
    const opened = openBlock(this.#hasher, this.#chainId, row.value);
    if (!opened.ok) throw new StorageCorruption(`${name}: ${opened.reason.message}`);
    const block = opened.value;
    if (block.id !== row.id) throw new StorageCorruption(`${name} is another block, ${block.id}`);
    if (block.header.height !== row.height) throw new StorageCorruption(`${name} is misplaced`);
    const hashes = block.transactions.map(({ contentHash }) => contentHash);
    if (!bodyMatches(this.#hasher, block.header, hashes)) {
      throw new StorageCorruption(`${name} holds other transactions than its header says`);
    }
    return block;
  }
}
