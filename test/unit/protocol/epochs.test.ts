/**
 * Epochs by height, against a list of heights written out.
 * @module
 */
import { expect, test } from "vitest";
import {
  boundaryHeight,
  countingHeight,
  epochOf,
  isHandOver,
  isLastOfEpoch,
  lastHeight,
} from "../../../src/protocol/epochs.ts";

test("each height from 1 on is in the epoch of its ten, and the genesis in the first", () => {
  const heights = Array.from({ length: 32 }, (_, at) => epochOf(at, 10));
  expect(heights).toEqual([
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3,
  ]);
});

test("an epoch's boundary is the last block of the one before, and the genesis ends none", () => {
  expect([0, 1, 2].map((of) => boundaryHeight(of, 10))).toEqual([0, 10, 20]);
  expect([0, 1, 2].map((of) => lastHeight(of, 10))).toEqual([10, 20, 30]);
  expect([0, 1, 9, 10, 11, 20].filter((at) => isLastOfEpoch(at, 10))).toEqual([10, 20]);
});

test("an epoch begins with a hand-over, the first one without", () => {
  const heights = Array.from({ length: 32 }, (_, at) => at);
  expect(heights.filter((at) => isHandOver(at, 10))).toEqual([11, 21, 31]);
});

test("votes are counted a tenth of the epoch before its end", () => {
  expect([0, 1].map((of) => countingHeight(of, 10))).toEqual([9, 19]);
  expect(countingHeight(0, 19)).toBe(18);
  expect(countingHeight(2, 1_000)).toBe(2_900);
});
