/**
 * One value has one encoding: each other way to write it is refused, before anything is allocated for it.
 * @module
 */
import { describe, expect, test } from "vitest";
import {
  bool,
  bytes,
  type Codec,
  decode,
  index,
  option,
  struct,
  text,
  u8,
  u64,
  variant,
  variants,
  vector,
} from "../../../src/codec/codec.ts";

const limited = bytes({ lengthMax: 1_000_000 });

interface Only {
  readonly kind: "only";
  readonly value: number;
}
const reserved: Codec<Only> = variants<Only>([
  undefined,
  variant<Only, "only">("only", struct<{ value: number }>({ value: u8 })),
]);

const refusals: readonly (readonly [string, Codec<unknown>, readonly number[]])[] = [
  ["a boolean of 2", bool, [2]],
  ["an option tag of 2", option(u8), [2, 0]],
  ["a length with a needless byte", limited, [0x80, 0x00]],
  ["a length of two bytes where one would do", limited, [0x81, 0x00, 7]],
  ["a length of more than 32 bits", limited, [0xff, 0xff, 0xff, 0xff, 0x7f]],
  ["a length that never ends", limited, [0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
  ["a length above the type's limit", bytes({ lengthMax: 2 }), [3, 1, 2, 3]],
  ["a length above what is left", limited, [0xff, 0xff, 0x03]],
  ["a vector longer than what is left", vector(u8, { lengthMax: 1_000_000 }), [0xff, 0xff, 0x03]],
  ["a vector below its least length", vector(u8, { lengthMin: 1, lengthMax: 4 }), [0]],
  ["an integer above 2^53 - 1 that is an index", index(), [0, 0, 0, 0, 0, 0, 0x20, 0]],
  ["a u64 of 7 bytes", u64, [1, 2, 3, 4, 5, 6, 7]],
  ["a byte too many", u8, [1, 1]],
  ["a variant that does not exist", reserved, [2, 0]],
  ["a variant that is reserved", reserved, [0, 0]],
  ["a variant number with a needless byte", reserved, [0x81, 0x00, 0]],
  ["text that is not UTF-8", text({ bytesMax: 8 }), [1, 0xff]],
  ["text with an overlong form", text({ bytesMax: 8 }), [2, 0xc0, 0x80]],
  ["text with a lone surrogate", text({ bytesMax: 8 }), [3, 0xed, 0xa0, 0x80]],
  ["text with a control character", text({ bytesMax: 8 }), [2, 0x41, 0x1f]],
  ["text above its limit in bytes", text({ bytesMax: 2 }), [3, 0xe2, 0x82, 0xac]],
];

describe("decoding refuses", () => {
  test.each(refusals)("%s", (_, codec, encoded) => {
    expect(decode(codec, Uint8Array.from(encoded)).ok).toBe(false);
  });
});

describe("decoding accepts", () => {
  test.each([
    ["the largest index", index(), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0], 2 ** 53 - 1],
    [
      "a byte order mark as text like any other",
      text({ bytesMax: 8 }),
      [3, 0xef, 0xbb, 0xbf],
      "\ufeff",
    ],
    ["the variant after a reserved one", reserved, [1, 9], { kind: "only", value: 9 }],
    [
      "a length of 128 in two bytes",
      limited,
      [0x80, 0x01, ...Array(128).fill(6)],
      new Uint8Array(128).fill(6),
    ],
  ] as const)("%s", (_, codec, encoded, value) => {
    expect(decode(codec as Codec<unknown>, Uint8Array.from(encoded))).toEqual({ ok: true, value });
  });
});
