/**
 * Addresses written wrongly: the checksum must notice. Bech32m promises every error in up to four characters.
 * @module
 */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { formatAddress, parseAddress } from "../../../src/protocol/address.ts";
import type { AccountId } from "../../../src/protocol/ids.ts";

const prefix = "quo";
/** BIP-173: the characters of the part after the separator. */
const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const prefixLetters = "abcdefghijklmnopqrstuvwxyz";

/** Numbers of one's own choosing, the same in each run. */
function bytesOf(label: string): Uint8Array {
  return createHash("sha256").update(label).digest();
}

const addressOf = (i: number): string => {
  const account = Buffer.from(bytesOf(`address ${i}`)).toString("hex") as AccountId;
  return formatAddress(prefix, account);
};

/** Everything that one wrong character at this place may be. */
function lettersFor(position: number): string {
  if (position < prefix.length) return prefixLetters;
  return position === prefix.length ? `${letters}bio` : letters;
}

const withLetter = (text: string, position: number, letter: string): string =>
  text.slice(0, position) + letter + text.slice(position + 1);

const isRefused = (text: string): boolean => !parseAddress(prefix, text).ok;

/** A small generator (xorshift), so that each run tries the same. */
function dice(label: string): (sides: number) => number {
  let state = Buffer.from(bytesOf(label)).readUInt32LE(0) | 1;
  return (sides) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % sides;
  };
}

test("all 1,908 errors in one character are refused, in each of 50 addresses", () => {
  const accepted: string[] = [];
  let tried = 0;
  for (let i = 0; i < 50; i += 1) {
    const text = addressOf(i);
    expect(isRefused(text)).toBe(false);
    for (let position = 0; position < text.length; position += 1) {
      for (const letter of lettersFor(position)) {
        if (letter === text[position]) continue;
        tried += 1;
        const wrong = withLetter(text, position, letter);
        if (!isRefused(wrong)) accepted.push(wrong);
      }
    }
  }
  // Three of the prefix, the separator, and 58 places after it.
  expect(tried).toBe(50 * (3 * 25 + 35 + 58 * 31));
  expect(accepted).toEqual([]);
});

test("ten random errors in two characters and two in one are refused, in each of 10,000 addresses", () => {
  const roll = dice("double errors");
  const accepted: string[] = [];
  for (let i = 0; i < 10_000; i += 1) {
    const text = addressOf(i);
    for (let errors = 0; errors < 12; errors += 1) {
      let wrong = text;
      const first = roll(text.length);
      const second = (first + 1 + roll(text.length - 1)) % text.length;
      for (const position of errors < 10 ? [first, second] : [first]) {
        const others = lettersFor(position).replace(text[position] ?? "", "");
        wrong = withLetter(wrong, position, others[roll(others.length)] ?? "");
      }
      if (!isRefused(wrong)) accepted.push(wrong);
    }
  }
  expect(accepted).toEqual([]);
});

test("all 60 exchanges of neighbours are refused, in each of 500 addresses", () => {
  const accepted: string[] = [];
  for (let i = 0; i < 500; i += 1) {
    const text = addressOf(i);
    for (let position = 0; position + 1 < text.length; position += 1) {
      const [a = "", b = ""] = text.slice(position, position + 2);
      const swapped = text.slice(0, position) + b + a + text.slice(position + 2);
      if (swapped !== text && !isRefused(swapped)) accepted.push(swapped);
    }
  }
  expect(accepted).toEqual([]);
});

/** BIP-173: the checksum's step. Linear: the state of a sum (xor) of two words is the sum of their states. */
function step(state: number, value: number): number {
  const top = state >>> 25;
  let next = ((state & 0x1ffffff) << 5) ^ value;
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  for (const [bit, constant] of generator.entries()) if ((top >>> bit) & 1) next ^= constant;
  return next;
}

test("every error in one or two characters after the separator is refused, in every address that there is", () => {
  // What a change of one character adds to the state at the end: by how far it is from the end, and by which value.
  // An address is accepted when the state is the constant, so an error passes only if what it adds sums to nothing.
  const places = addressOf(0).length - prefix.length - 1;
  expect(places).toBe(58);
  const added = new Map<number, string>();
  for (let fromEnd = 0; fromEnd < places; fromEnd += 1) {
    for (let value = 1; value < 32; value += 1) {
      let state = step(0, value);
      for (let i = 0; i < fromEnd; i += 1) state = step(state, 0);
      expect(state).not.toBe(0); // One character.
      expect(added.get(state)).toBeUndefined(); // Two: equal sums would cancel out.
      added.set(state, `${fromEnd} ${value}`);
    }
  }
  expect(added.size).toBe(58 * 31);
  // That this is the checksum of the program: its addresses end in the constant of BIP-350.
  for (let i = 0; i < 100; i += 1) {
    const text = addressOf(i);
    let state = 1;
    for (const letter of prefix) state = step(state, letter.charCodeAt(0) >>> 5);
    state = step(state, 0);
    for (const letter of prefix) state = step(state, letter.charCodeAt(0) & 31);
    for (const letter of text.slice(prefix.length + 1))
      state = step(state, letters.indexOf(letter));
    expect(state).toBe(0x2bc830a3);
  }
});
