/**
 * Our bytes are BCS: the same as an independent library's, byte for byte, and refused where the standard refuses them.
 * @module
 */
import { bcs } from "@mysten/bcs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import {
  bool,
  bytes,
  type Codec,
  decode,
  encode,
  fixed,
  hex,
  index,
  option,
  struct,
  text,
  u8,
  u16,
  u32,
  u64,
  variant,
  variants,
  vector,
} from "../../../src/codec/codec.ts";

interface Inner {
  readonly id: string;
  readonly note: string;
}

type Shape =
  | { readonly kind: "point"; readonly x: number; readonly y: number }
  | { readonly kind: "tag"; readonly name: string };

interface Sample {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: bigint;
  readonly e: boolean;
  readonly f: Uint8Array;
  readonly g: Uint8Array;
  readonly h: readonly Inner[];
  readonly i: number | undefined;
  readonly j: Shape;
  readonly k: number;
}

const sampleCodec: Codec<Sample> = struct<Sample>({
  a: u8,
  b: u16,
  c: u32,
  d: u64,
  e: bool,
  f: fixed(5),
  g: bytes({ lengthMax: 300 }),
  h: vector(struct<Inner>({ id: hex(4), note: text({ bytesMax: 64 }) }), { lengthMax: 200 }),
  i: option(u32),
  j: variants<Shape>([
    variant<Shape, "point">("point", struct<{ x: number; y: number }>({ x: u16, y: u16 })),
    variant<Shape, "tag">("tag", struct<{ name: string }>({ name: text({ bytesMax: 64 }) })),
  ]),
  k: index(),
});

const reference = bcs.struct("Sample", {
  a: bcs.u8(),
  b: bcs.u16(),
  c: bcs.u32(),
  d: bcs.u64(),
  e: bcs.bool(),
  f: bcs.fixedArray(5, bcs.u8()),
  g: bcs.vector(bcs.u8()),
  h: bcs.vector(bcs.struct("Inner", { id: bcs.fixedArray(4, bcs.u8()), note: bcs.string() })),
  i: bcs.option(bcs.u32()),
  j: bcs.enum("Shape", {
    point: bcs.struct("Point", { x: bcs.u16(), y: bcs.u16() }),
    tag: bcs.struct("Tag", { name: bcs.string() }),
  }),
  k: bcs.u64(),
});

/** Well-formed, without control characters, and short enough in bytes. */
const note = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .filter((value) => [...value].every((character) => character >= " "))
  .filter((value) => new TextEncoder().encode(value).length <= 64);

const sample: fc.Arbitrary<Sample> = fc.record({
  a: fc.nat(0xff),
  b: fc.nat(0xffff),
  c: fc.nat(0xffff_ffff),
  d: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  e: fc.boolean(),
  f: fc.uint8Array({ minLength: 5, maxLength: 5 }),
  g: fc.uint8Array({ maxLength: 300 }),
  h: fc.array(fc.record({ id: fc.uint8Array({ minLength: 4, maxLength: 4 }).map(toHex), note }), {
    maxLength: 150,
  }),
  i: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
  j: fc.oneof(
    fc.record({ kind: fc.constant("point" as const), x: fc.nat(0xffff), y: fc.nat(0xffff) }),
    fc.record({ kind: fc.constant("tag" as const), name: note }),
  ),
  k: fc.maxSafeNat(),
});

const toReference = (value: Sample): Parameters<typeof reference.serialize>[0] => ({
  ...value,
  f: [...value.f],
  g: [...value.g],
  h: value.h.map((inner) => ({ id: [...Buffer.from(inner.id, "hex")], note: inner.note })),
  i: value.i ?? null,
  j:
    value.j.kind === "point"
      ? { point: { x: value.j.x, y: value.j.y } }
      : { tag: { name: value.j.name } },
});

describe("encoding", () => {
  test("gives the bytes that the reference library gives", () => {
    fc.assert(
      fc.property(sample, (value) => {
        const expected = reference.serialize(toReference(value), { maxSize: 1 << 20 }).toBytes();
        expect(toHex(encode(sampleCodec, value))).toBe(toHex(expected));
      }),
    );
  });

  test("is undone by decoding, also of the reference library's bytes", () => {
    fc.assert(
      fc.property(sample, (value) => {
        const bytesOfIt = reference.serialize(toReference(value), { maxSize: 1 << 20 }).toBytes();
        expect(decode(sampleCodec, bytesOfIt)).toEqual({ ok: true, value });
      }),
    );
  });
});

describe("decoding", () => {
  test("never throws, and what it accepts is the one encoding of its value", () => {
    fc.assert(
      fc.property(
        sample,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        (value, changes) => {
          const mutant = encode(sampleCodec, value);
          for (const [at, byte] of changes) mutant[at % mutant.length] = byte;
          const decoded = decode(sampleCodec, mutant);
          if (decoded.ok) expect(toHex(encode(sampleCodec, decoded.value))).toBe(toHex(mutant));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("refuses every proper prefix and every extension of an encoding", () => {
    fc.assert(
      fc.property(sample, fc.nat(), (value, cut) => {
        const whole = encode(sampleCodec, value);
        expect(decode(sampleCodec, whole.subarray(0, cut % whole.length)).ok).toBe(false);
        expect(decode(sampleCodec, Uint8Array.from([...whole, 0])).ok).toBe(false);
      }),
    );
  });
});
