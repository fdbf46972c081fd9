/**
 * Positions are texts that say one place each, in the order of the ledger.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatStreamPosition,
  inOrder,
  parseBlockAt,
  parseNewestAt,
  parseStreamPosition,
  type StreamPosition,
} from "../../../src/api/stream-position.ts";

const number = fc.nat({ max: 999_999_999_999_999 });
const position: fc.Arbitrary<StreamPosition> = fc.record({
  height: number,
  index: fc.option(number, { nil: undefined }),
});

test("a text is read back as the position that it was made of", () => {
  fc.assert(
    fc.property(position, (given) => {
      expect(parseStreamPosition(formatStreamPosition(given))).toEqual(given);
    }),
  );
});

test.each(["", "-1", "01", "1.", ".1", "1.01", "1.2.3", " 1", "1e3", "1.x", "9".repeat(16)])(
  "%j is no position",
  (text) => {
    expect(parseStreamPosition(text)).toBeUndefined();
  },
);

test("in a block the transactions come one by one, then its end, then the next block", () => {
  const texts = ["6", "7.0", "7.1", "7.10", "7", "8.0", "8"];
  const positions = texts.flatMap((text) => parseStreamPosition(text) ?? []);
  expect(positions.toReversed().toSorted(inOrder).map(formatStreamPosition)).toEqual(texts);
});

test("a list that is read newest first begins at the event, or at the last one of the block", () => {
  expect(parseNewestAt("7.3")).toEqual({ height: 7, index: 3 });
  expect(parseNewestAt("7")).toEqual({ height: 7, index: 2 ** 32 - 1 });
  expect(parseNewestAt("7.x")).toBeUndefined();
  expect(["7.3", "7", "x"].map(parseBlockAt)).toEqual([7, 7, undefined]);
});
