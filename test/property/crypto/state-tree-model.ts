/**
 * The state tree as its definition reads: a recursion over all entries, without batches, versions or caches.
 * And paths to try it on: random ones, and ones that share long prefixes as no honest hash would.
 * @module
 */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { fromHex, toHex } from "../../../src/base/bytes.ts";
import type { TreeChange } from "../../../src/crypto/state-update.ts";

/** Path → value hash, both in hex. */
export type Entries = ReadonlyMap<string, string>;

const sha256 = (hex: string): string =>
  createHash("sha256").update(Buffer.from(hex, "hex")).digest("hex");

export function definedRoot(entries: Entries): string {
  const all = [...entries].map(([path, valueHash]) => ({ path, bits: bitsOf(path), valueHash }));
  const root = (part: typeof all, depth: number): string => {
    const [first] = part;
    if (first === undefined) return "00".repeat(32);
    if (part.length === 1) return sha256(`00${first.path}${first.valueHash}`);
    const side = (bit: string) => part.filter(({ bits }) => bits[depth] === bit);
    return sha256(`01${root(side("0"), depth + 1)}${root(side("1"), depth + 1)}`);
  };
  return root(all, 0);
}

export const bitsOf = (path: string): string =>
  [...path].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, "0")).join("");

const pathOfBits = (bits: string): string =>
  (bits.match(/.{4}/g) ?? []).map((nibble) => Number.parseInt(nibble, 2).toString(16)).join("");

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);

/** One of three bases with up to three bits flipped, often the last ones: prefixes of any length collide. */
const closePath = fc
  .record({
    base: fc.constantFrom("0".repeat(256), "1".repeat(256), "01".repeat(128)),
    flips: fc.array(fc.oneof(fc.nat(255), fc.integer({ min: 250, max: 255 }), fc.nat(4)), {
      maxLength: 3,
    }),
  })
  .map(({ base, flips }) => {
    const bits = [...base];
    for (const flip of flips) bits[flip] = bits[flip] === "0" ? "1" : "0";
    return pathOfBits(bits.join(""));
  });

export const path: fc.Arbitrary<string> = fc.oneof(hash, closePath);

/** Value hashes from a small set, so that a change may also set what is there already. */
const valueHash = fc.constantFrom("aa".repeat(32), "bb".repeat(32), "cc".repeat(32));

/** Path → value hash or undefined (remove); distinct paths. */
export type Batch = ReadonlyMap<string, string | undefined>;

export const batch: fc.Arbitrary<Batch> = fc
  .array(fc.tuple(path, fc.option(valueHash, { nil: undefined, freq: 3 })), { maxLength: 25 })
  .map((changes) => new Map(changes));

export const changesOf = (changes: Batch): TreeChange[] =>
  [...changes].map(([at, value]) => ({
    path: fromHex(at),
    valueHash: value === undefined ? undefined : fromHex(value),
  }));

export function withChanges(entries: Entries, changes: Batch): Entries {
  const next = new Map(entries);
  for (const [at, value] of changes) {
    if (value === undefined) next.delete(at);
    else next.set(at, value);
  }
  return next;
}
