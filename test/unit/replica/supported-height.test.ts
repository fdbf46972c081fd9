/**
 * What f liars claim, in whatever number of blocks, moves nothing.
 * @module
 */
import { expect, test } from "vitest";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { type AccountId, type BlockId, epoch, type PublicKey } from "../../../src/protocol/ids.ts";
import { ValidatorSet } from "../../../src/protocol/validator-set.ts";
import { supportedHeight } from "../../../src/replica/supported-height.ts";

const keyOf = (i: number): PublicKey => `${i}`.repeat(64) as PublicKey;

const seven = new ValidatorSet({
  hasher: nobleHasher,
  epoch: epoch(0),
  boundary: "0".repeat(64) as BlockId,
  validators: Array.from({ length: 7 }, (_, i) => ({
    consensusKey: keyOf(i),
    operator: keyOf(i) as string as AccountId,
    name: `org-${i}`,
    endpoint: "",
  })),
});

const claim = (key: PublicKey | undefined, finalHeight: number) => ({
  consensusKey: key,
  standing: { finalHeight },
});

test("of seven validators, two that boast are not believed, and a third who says so is", () => {
  const honest = [0, 1, 2, 3].map((i) => claim(keyOf(i), 20));
  const liars = [4, 5].map((i) => claim(keyOf(i), 2 ** 40));
  expect(supportedHeight([...honest, ...liars], seven)).toBe(20);
  expect(supportedHeight([...honest, ...liars, claim(keyOf(6), 30)], seven)).toBe(30);
});

test("peers that are no validators claim for nothing, however many they are", () => {
  const strangers = Array.from({ length: 20 }, (_, i) => claim(i % 2 ? undefined : keyOf(8), 99));
  expect(supportedHeight(strangers, seven)).toBe(0);
});

test("with too few validators linked, the best of them has to do", () => {
  expect(supportedHeight([claim(keyOf(0), 5), claim(keyOf(1), 9)], seven)).toBe(9);
  expect(supportedHeight([], seven)).toBe(0);
});
