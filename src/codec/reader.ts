/**
 * Reads canonical bytes (BCS). The only code in the project that trusts an offset.
 *
 * Every length is checked against a limit and against what is left before anything is allocated, so a
 * peer that sends four bytes cannot make us reserve four gigabytes.
 *
 * Source: the BCS specification, github.com/diem/bcs. Little-endian integers, ULEB128 lengths.
 * @module
 */
import { assert } from "../base/assert.ts";
import { toHex } from "../base/bytes.ts";

/** The bytes are not the encoding of anything. Raised here, caught once, in decode. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.#offset;
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  /** A u64 that is a count or a time: at most 2^53 − 1, so that a number holds it exactly. */
  index(): number {
    const start = this.#advance(8);
    const high = this.#view.getUint32(start + 4, true);
    if (high >= 0x20_0000) throw new DecodeError("integer above 2^53 - 1");
    return high * 0x1_0000_0000 + this.#view.getUint32(start, true);
  }

  bool(): boolean {
    const byte = this.u8();
    if (byte > 1) throw new DecodeError(`boolean byte ${byte}`);
    return byte === 1;
  }

  /** ULEB128 of at most 32 bits, in its shortest form. */
  length(lengthMax: number): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte >= 0x80) continue;
      if (byte === 0 && shift > 0) throw new DecodeError("length not in its shortest form");
      if (value > lengthMax) throw new DecodeError(`length ${value} above ${lengthMax}`);
      return value;
    }
    throw new DecodeError("length longer than 5 bytes");
  }

  /** A copy, so that a small value never keeps a large frame alive. */
  fixed(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.slice(start, start + length);
  }

  hex(length: number): string {
    const start = this.#advance(length);
    return toHex(this.#bytes.subarray(start, start + length));
  }

  /** Well-formed UTF-8 of at most bytesMax bytes, without U+0000 to U+001F. */
  text(bytesMax: number): string {
    const length = this.length(bytesMax);
    const start = this.#advance(length);
    const bytes = this.#bytes.subarray(start, start + length);
    for (const byte of bytes) if (byte < 0x20) throw new DecodeError("control character in text");
    try {
      return utf8.decode(bytes);
    } catch {
      throw new DecodeError("text is not UTF-8");
    }
  }

  /** What was read since an offset, not copied: the caller keeps it only as long as the input. */
  since(offset: number): Uint8Array {
    assert(offset >= 0 && offset <= this.#offset, "an offset was read before");
    return this.#bytes.subarray(offset, this.#offset);
  }

  /** A value has one encoding, so bytes left over mean these are not its bytes. */
  end(): void {
    if (this.left > 0) throw new DecodeError(`${this.left} trailing bytes`);
  }

  #advance(length: number): number {
    assert(length >= 0, "a length is never negative");
    const start = this.#offset;
    if (start + length > this.#bytes.length) throw new DecodeError("unexpected end of bytes");
    this.#offset = start + length;
    return start;
  }
}
