/**
 * Memory for very many small records of one size, outside the garbage collector's sight: chunks of typed
 * arrays, a number for each record, freed records linked through their own first word.
 * @module
 */
import { assert } from "../base/assert.ts";

const chunkShift = 12;
const chunkRecords = 1 << chunkShift;
const chunkMask = chunkRecords - 1;

/** Record numbers must fit in a signed 32-bit word, with both signs. */
const recordsMax = 0x7fff_ffff;

export class NodeArena {
  readonly #wordsPerRecord: number;
  readonly #bytesOfChunk: Uint8Array[] = [];
  readonly #wordsOfChunk: Int32Array[] = [];
  /** The next number that was never used; 0 names no record. */
  #fresh = 1;
  #firstFree = 0;
  #used = 0;

  constructor(options: { readonly wordsPerRecord: number }) {
    this.#wordsPerRecord = options.wordsPerRecord;
  }

  /** Records in use. */
  get used(): number {
    return this.#used;
  }

  /** Bytes held, in use or free. */
  get memoryBytes(): number {
    return this.#bytesOfChunk.length * chunkRecords * this.#wordsPerRecord * 4;
  }

  /** A record with undefined content; its number is 1 or more. */
  allocate(): number {
    this.#used += 1;
    const free = this.#firstFree;
    if (free !== 0) {
      this.#firstFree = this.words(free)[this.wordOffset(free)] ?? 0;
      return free;
    }
    const record = this.#fresh;
    assert(record <= recordsMax, "an arena holds fewer than 2^31 records");
    this.#fresh += 1;
    if (record >>> chunkShift >= this.#bytesOfChunk.length) {
      const buffer = new ArrayBuffer(chunkRecords * this.#wordsPerRecord * 4);
      this.#bytesOfChunk.push(new Uint8Array(buffer));
      this.#wordsOfChunk.push(new Int32Array(buffer));
    }
    return record;
  }

  free(record: number): void {
    assert(this.#used > 0, "a record is freed once");
    this.#used -= 1;
    this.words(record)[this.wordOffset(record)] = this.#firstFree;
    this.#firstFree = record;
  }

  /** The words of the chunk that the record is in: its own start at wordOffset(record). */
  words(record: number): Int32Array {
    const words = this.#wordsOfChunk[record >>> chunkShift];
    assert(words !== undefined, "a record is in a chunk");
    return words;
  }

  /** The same memory as bytes: its own start at 4 × wordOffset(record). */
  bytes(record: number): Uint8Array {
    const bytes = this.#bytesOfChunk[record >>> chunkShift];
    assert(bytes !== undefined, "a record is in a chunk");
    return bytes;
  }

  wordOffset(record: number): number {
    return (record & chunkMask) * this.#wordsPerRecord;
  }
}
