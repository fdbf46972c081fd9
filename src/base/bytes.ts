/**
 * Bytes and their hex form, without Buffer, so that the browser runs the same code.
 *
 * Identifiers are held as lowercase hex strings (equal by `===`, usable as a Map key); everything else
 * that is binary stays a Uint8Array.
 * @module
 */
import { assert } from "./assert.ts";

/** The two character codes of each byte's hex. */
const hexCodes = new Uint8Array(512);
for (let byte = 0; byte < 256; byte += 1) {
  const text = byte.toString(16).padStart(2, "0");
  hexCodes[2 * byte] = text.charCodeAt(0);
  hexCodes[2 * byte + 1] = text.charCodeAt(1);
}

const digitOfCode = new Int8Array(128).fill(-1);
for (let digit = 0; digit < 16; digit += 1) digitOfCode[digit.toString(16).charCodeAt(0)] = digit;

/** Bytes converted at a time: an id in one go. */
const hexChunk = 32;
const hexScratch: number[] = new Array<number>(2 * hexChunk).fill(0);

/**
 * Lowercase hex of all of the bytes.
 *
 * Ids are made and looked up by the thousand a second. A string built by `+=` is a rope that the first Map lookup
 * must flatten; made of its codes at once it is flat, which is three times as fast in all.
 */
export function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (let start = 0; start < bytes.length; start += hexChunk) {
    const end = Math.min(bytes.length, start + hexChunk);
    for (let i = start; i < end; i += 1) {
      const code = 2 * (bytes[i] ?? 0);
      hexScratch[2 * (i - start)] = hexCodes[code] ?? 0;
      hexScratch[2 * (i - start) + 1] = hexCodes[code + 1] ?? 0;
    }
    const codes = end - start === hexChunk ? hexScratch : hexScratch.slice(0, 2 * (end - start));
    const part = String.fromCharCode(...codes);
    hex = start === 0 ? part : hex + part;
  }
  return hex;
}

/** Bytes of lowercase hex, or undefined when the text is not lowercase hex of whole bytes. */
export function parseHex(hex: string): Uint8Array | undefined {
  if (hex.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  return writeHex(hex, bytes, 0) ? bytes : undefined;
}

/** Bytes of hex that is known to be well formed: a branded id, a constant. */
export function fromHex(hex: string): Uint8Array {
  const bytes = parseHex(hex);
  assert(bytes !== undefined, "an identifier is lowercase hex");
  return bytes;
}

/** Writes the bytes of lowercase hex at an offset; false, with the target half written, if it is not hex. */
export function writeHex(hex: string, target: Uint8Array, offset: number): boolean {
  for (let i = 0; i < hex.length; i += 2) {
    const high = digitOfCode[hex.charCodeAt(i)] ?? -1;
    const low = digitOfCode[hex.charCodeAt(i + 1)] ?? -1;
    if (high < 0 || low < 0) return false;
    target[offset + i / 2] = high * 16 + low;
  }
  return true;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** Lexicographic order, shorter first when one is a prefix of the other: the order of LevelDB keys. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const encoder = new TextEncoder();

export const utf8 = (text: string): Uint8Array => encoder.encode(text);
