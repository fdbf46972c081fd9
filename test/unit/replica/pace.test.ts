/**
 * The pace: what became final, by time, in bounded memory.
 */
import { describe, expect, test } from "vitest";
import type { Clock } from "../../../src/base/clock.ts";
import { Pace, pacePointsMax, paceWindowMsMax } from "../../../src/replica/pace.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const block = (given: { transactions?: number; finalityMs?: number; fill?: number } = {}) => ({
  transactions: given.transactions ?? 0,
  finalityMs: given.finalityMs,
  fill: given.fill ?? 0,
});

/** Both clocks stand still until a test moves them. */
class StandingClock implements Clock {
  #wallMs = 1_700_000_000_000;
  #monotonicMs = 5_000;
  wallMs = (): number => this.#wallMs;
  monotonicMs = (): number => this.#monotonicMs;
  after(): never {
    throw new Error("the pace sets no timer");
  }
  advance(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }
  setWall(ms: number): void {
    this.#wallMs = ms;
  }
}

function open() {
  const clock = new StandingClock();
  return { clock, pace: new Pace(clock) };
}

describe("a series", () => {
  test("has its points at multiples of their length, the last one under way", () => {
    const { clock, pace } = open();
    const startMs = clock.wallMs();
    clock.advance(7_300);
    const { points, pointMs, sinceMs } = pace.series(minute, 12);
    expect([pointMs, sinceMs, points.length]).toEqual([5 * second, startMs, 12]);
    const nowMs = startMs + 7_300;
    const last = nowMs - (nowMs % (5 * second));
    expect(points.map(({ fromMs }) => fromMs)).toEqual(
      Array.from({ length: 12 }, (_, i) => last - (11 - i) * 5 * second),
    );
  });

  test("counts each block in the point of its time, and tells what an empty point does not know", () => {
    const { clock, pace } = open();
    clock.advance(second - (clock.wallMs() % second)); // The beginning of a second.
    pace.blockFinal(block({ transactions: 3, finalityMs: 30, fill: 0.2 }));
    pace.blockFinal(block({ transactions: 4, finalityMs: 10, fill: 0.4 }));
    pace.blockFinal(block({ finalityMs: 20, fill: 0.6 }));
    clock.advance(2 * second);
    pace.blockFinal(block({ transactions: 1, fill: 1 }));
    const points = pace.series(3 * second, 3).points;
    expect(points.map(({ fromMs: _, ...rest }) => rest)).toEqual([
      { blocks: 3, transactions: 7, finalityMsMedian: 20, fillMean: expect.closeTo(0.4) },
      { blocks: 0, transactions: 0, finalityMsMedian: undefined, fillMean: undefined },
      { blocks: 1, transactions: 1, finalityMsMedian: undefined, fillMean: 1 },
    ]);
  });

  test("of a day counts every block of a day, by minutes, and none before", () => {
    const { clock, pace } = open();
    for (let i = 0; i < 25 * 60; i += 1) {
      pace.blockFinal(block({ transactions: i }));
      clock.advance(minute);
    }
    const { points, pointMs } = pace.series(paceWindowMsMax, 24);
    expect(pointMs).toBe(hour);
    // Each whole hour has 60 blocks; of the one that is under way as many as it has had so far.
    expect(points.slice(0, -1).map(({ blocks }) => blocks)).toEqual(Array(23).fill(60));
    expect(points.at(-1)?.blocks).toBeLessThan(60);
  });

  test("has fewer points where a second is the shortest, and no hour is forgotten with the most points", () => {
    const { clock, pace } = open();
    expect(pace.series(10 * second, 60)).toMatchObject({ pointMs: second });
    expect(pace.series(10 * second, 60).points).toHaveLength(10);
    for (let i = 0; i < 3_600; i += 1) {
      pace.blockFinal(block());
      clock.advance(second);
    }
    for (const count of [1, 7, 359, pacePointsMax]) {
      const { points, pointMs } = pace.series(hour, count);
      expect(points.length).toBeLessThanOrEqual(count);
      const seen = points.reduce((sum, { blocks }) => sum + blocks, 0);
      // All but those before the first point: the last point has only begun.
      expect(seen).toBeGreaterThan(3_600 - pointMs / second - 1);
    }
  });

  test("keeps its median true when a second has more blocks than it samples", () => {
    const { pace } = open();
    for (let i = 0; i < 10_000; i += 1) pace.blockFinal(block({ finalityMs: i }));
    const { finalityMsMedian } = pace.series(second, 1).points[0] ?? {};
    expect(finalityMsMedian).toBeGreaterThan(4_000);
    expect(finalityMsMedian).toBeLessThan(6_000);
  });

  test("is not moved by a wall clock that is set", () => {
    const { clock, pace } = open();
    pace.blockFinal(block());
    const before = pace.series(minute, 60);
    clock.setWall(clock.wallMs() - hour);
    expect(pace.series(minute, 60)).toEqual(before);
  });
});

describe("totals", () => {
  test("cover what was asked for, less the part of a slot at its beginning, and what this node has counted", () => {
    const { clock, pace } = open();
    clock.advance(1_500);
    pace.blockFinal(block({ transactions: 2, finalityMs: 40 }));
    expect(pace.totals(minute)).toEqual({
      windowMs: 1_500,
      blocks: 1,
      transactions: 2,
      finalityMsMedian: 40,
      finalityMsP99: 40,
    });
    clock.advance(10 * second - 1_500 - (clock.wallMs() % second));
    for (let i = 0; i < 100; i += 1) {
      clock.advance(second);
      pace.blockFinal(block({ transactions: 1, finalityMs: i }));
    }
    const { windowMs, blocks, transactions, finalityMsMedian, finalityMsP99 } = pace.totals(minute);
    // The last of a hundred blocks has just come, one a second.
    expect(windowMs).toBeGreaterThan(minute - second);
    expect(windowMs).toBeLessThanOrEqual(minute);
    expect([blocks, transactions]).toEqual([60, 60]);
    expect([finalityMsMedian, finalityMsP99]).toEqual([70, 99]);
  });

  test("of a day are counted by minutes", () => {
    const { clock, pace } = open();
    for (let i = 0; i < 25 * 60; i += 1) {
      pace.blockFinal(block({ transactions: 1 }));
      clock.advance(minute);
    }
    const { windowMs, blocks } = pace.totals(paceWindowMsMax);
    expect(blocks).toBeGreaterThanOrEqual(24 * 60 - 1);
    expect(blocks).toBeLessThanOrEqual(24 * 60);
    expect(windowMs).toBeGreaterThan(paceWindowMsMax - minute);
  });
});

test("how full blocks were is told of the last hundred", () => {
  const { pace } = open();
  expect(pace.recentFill()).toEqual({ blocks: 0, mean: undefined, most: undefined });
  for (let i = 0; i < 500; i += 1) pace.blockFinal(block({ fill: 1 }));
  for (let i = 0; i < 99; i += 1) pace.blockFinal(block({ fill: 0.5 }));
  expect(pace.recentFill()).toEqual({ blocks: 100, mean: (1 + 99 * 0.5) / 100, most: 1 });
});
