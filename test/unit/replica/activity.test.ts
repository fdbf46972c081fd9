/**
 * Activity: the figures of a window say what they cover, however many blocks there were.
 */
import { expect, test } from "vitest";
import { toHex } from "../../../src/base/bytes.ts";
import { nobleHasher } from "../../../src/crypto/hash.ts";
import type { BlockId } from "../../../src/protocol/ids.ts";
import { Activity, noMetrics } from "../../../src/replica/activity.ts";

const clock = {
  nowMs: 0,
  wallMs: (): number => 1_700_000_000_000 + clock.nowMs,
  monotonicMs: (): number => clock.nowMs,
  after: (): never => {
    throw new Error("no timer is set");
  },
};

const idOf = (height: number): BlockId =>
  toHex(nobleHasher.sha256(new TextEncoder().encode(String(height)))) as BlockId;

function make(activity: Activity, height: number): void {
  activity.proposalSeen(idOf(height));
  clock.nowMs += 100;
  activity.blockFinal({ id: idOf(height), height, transactions: 2, fill: 0.5, commitMs: 1 });
}

test("a window covers no more than this node has counted", () => {
  const activity = new Activity({ clock, metrics: noMetrics });
  for (let height = 1; height <= 30; height += 1) make(activity, height);
  expect(activity.window(60_000)).toEqual({
    windowMs: 3_000,
    blocks: 30,
    transactions: 60,
    finalityMsMedian: 100,
    finalityMsP99: 100,
  });
  expect(activity.window(1_000)).toMatchObject({ windowMs: 1_000, blocks: 11 });
});

test("a window of more blocks than are kept one by one is counted by time", () => {
  const activity = new Activity({ clock, metrics: noMetrics });
  for (let height = 1; height <= 10_000; height += 1) make(activity, height);
  // 10,000 blocks, ten a second, took 1,000 seconds.
  const { windowMs, blocks, transactions, finalityMsMedian } = activity.window(900_000);
  expect(windowMs).toBeGreaterThan(899_000);
  expect(windowMs).toBeLessThanOrEqual(900_000);
  expect(Math.abs(blocks - windowMs / 100)).toBeLessThanOrEqual(10);
  expect([transactions, finalityMsMedian]).toEqual([2 * blocks, 100]);
  expect(activity.window(10_000)).toMatchObject({ windowMs: 10_000, blocks: 101 });
});
