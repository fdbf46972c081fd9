/**
 * The body of a batch is the BCS of vector<bytes>, as an independent library writes it.
 * @module
 */
import { bcs } from "@mysten/bcs";
import { expect, test } from "vitest";
import { decodeBatch, encodeBatch } from "../../../src/api/batch.ts";

const reference = bcs.vector(bcs.vector(bcs.u8()));

test("is the encoding of @mysten/bcs, both ways", () => {
  for (const lengths of [[], [0], [1, 127, 128], [65_536], Array<number>(512).fill(300)]) {
    const items = lengths.map((length, i) => new Uint8Array(length).fill(i));
    const encoded = reference.serialize(items.map((item) => [...item])).toBytes();
    expect(encodeBatch(items)).toEqual(encoded);
    expect(decodeBatch(encoded)).toEqual({ ok: true, value: items });
  }
});

test.each([
  ["513 items", Uint8Array.of(0x81, 0x04, ...new Uint8Array(513))],
  ["an item over 64 KiB", Uint8Array.of(1, 0x81, 0x80, 0x04, ...new Uint8Array(65_537))],
  ["less than is promised", Uint8Array.of(2, 1, 7)],
  ["more than is promised", Uint8Array.of(1, 1, 7, 0)],
  ["nothing at all", new Uint8Array(0)],
])("%s is refused", (_name, bytes) => {
  expect(decodeBatch(bytes).ok).toBe(false);
});
