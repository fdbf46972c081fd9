/**
 * Writes canonical bytes (BCS) into one growing buffer.
 *
 * A value outside its range is a bug of ours, not bad input: decoders and rules check before.
 * @module
 */
import { assert } from "../base/assert.ts";
import { utf8, writeHex } from "../base/bytes.ts";

const u64Max = 2n ** 64n - 1n;

export class Writer {
  #bytes: Uint8Array;
  #view: DataView;
  #offset = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  u8(value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xff, "a u8 fits in a byte");
    const start = this.#reserve(1);
    this.#view.setUint8(start, value);
  }

  u16(value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff, "a u16 fits in 2 bytes");
    const start = this.#reserve(2);
    this.#view.setUint16(start, value, true);
  }

  u32(value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff, "a u32 fits in 4 bytes");
    const start = this.#reserve(4);
    this.#view.setUint32(start, value, true);
  }

  u64(value: bigint): void {
    assert(value >= 0n && value <= u64Max, "a u64 fits in 8 bytes");
    const start = this.#reserve(8);
    this.#view.setBigUint64(start, value, true);
  }

  index(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, "an index is a safe integer");
    const start = this.#reserve(8);
    this.#view.setUint32(start, value % 0x1_0000_0000, true);
    this.#view.setUint32(start + 4, Math.floor(value / 0x1_0000_0000), true);
  }

  bool(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  length(value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff, "a length is a u32");
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest % 0x80) + 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.u8(rest);
  }

  fixed(bytes: Uint8Array): void {
    const start = this.#reserve(bytes.length);
    this.#bytes.set(bytes, start);
  }

  hex(hex: string, length: number): void {
    assert(hex.length === length * 2, "an identifier has its stated length");
    const start = this.#reserve(length);
    assert(writeHex(hex, this.#bytes, start), "an identifier is lowercase hex");
  }

  text(text: string, bytesMax: number): void {
    const bytes = utf8(text);
    assert(bytes.length <= bytesMax, "text is within its limit");
    this.length(bytes.length);
    this.fixed(bytes);
  }

  /** The bytes written so far, as a copy of exactly their length. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#offset);
  }

  #reserve(length: number): number {
    const start = this.#offset;
    const needed = start + length;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#offset = needed;
    return start;
  }
}
