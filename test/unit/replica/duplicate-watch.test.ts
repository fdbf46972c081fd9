/**
 * f liars cannot silence a validator; f + 1 validators that refuse its node key do.
 * @module
 */
import { expect, test } from "vitest";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import { type AccountId, type BlockId, epoch, type PublicKey } from "../../../src/protocol/ids.ts";
import { ValidatorSet } from "../../../src/protocol/validator-set.ts";
import { DuplicateWatch } from "../../../src/replica/duplicate-watch.ts";

function watchOf(count: number) {
  const clock = {
    nowMs: 0,
    wallMs: () => 0,
    monotonicMs: () => clock.nowMs,
    after: () => () => {},
  };
  const validators = new ValidatorSet({
    hasher: nobleHasher,
    epoch: epoch(0),
    boundary: "0".repeat(64) as BlockId,
    validators: Array.from({ length: count }, (_, i) => ({
      consensusKey: `${i}`.repeat(64) as PublicKey,
      operator: `${i}`.repeat(64) as AccountId,
      name: `org-${i}`,
      endpoint: `node-${i}:27000`,
    })),
  });
  return { clock, watch: new DuplicateWatch({ clock, validators }) };
}

test("with 7 validators, two claims say nothing and a third one says it", () => {
  const { watch } = watchOf(7);
  watch.claimed("node-1:27000");
  watch.claimed("node-1:27000");
  watch.claimed("node-2:27000");
  expect(watch.isDuplicate).toBe(false);
  watch.claimed("node-3:27000");
  expect(watch.isDuplicate).toBe(true);
});

test("claims from addresses that are no validator's endpoint say nothing", () => {
  const { watch } = watchOf(4);
  for (const address of ["liar-1:1", "liar-2:1", "liar-3:1", "node-0:27000"])
    watch.claimed(address);
  expect(watch.isDuplicate).toBe(false);
});

test("claims that are not repeated are over after a quarter of a minute", () => {
  const { clock, watch } = watchOf(4);
  watch.claimed("node-1:27000");
  watch.claimed("node-2:27000");
  clock.nowMs = 15_000;
  expect(watch.isDuplicate).toBe(true);
  clock.nowMs = 15_001;
  expect(watch.isDuplicate).toBe(false);
});
