/**
 * Turns: in one turn of the loop goes on who fits into its time, in order; what may be long has a turn to itself.
 * @module
 */
import { expect, test } from "vitest";
import { Turns } from "../../../../node/http/turns.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function spin(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

/** How many turns of the loop it takes until `done` says so. */
async function turnsUntil(done: () => boolean): Promise<number> {
  let count = 0;
  while (!done()) {
    await turn();
    count += 1;
  }
  return count;
}

test("however many wait, those who have little to do go on in a few turns, in order", async () => {
  const turns = new Turns();
  await turns.room();
  spin(8); // The time of this turn is over.
  const order: number[] = [];
  for (let i = 0; i < 500; i += 1) void turns.room().then(() => order.push(i));
  const taken = await turnsUntil(() => order.length === 500);
  expect(taken).toBeLessThanOrEqual(20);
  expect(order).toEqual(Array.from({ length: 500 }, (_, i) => i));
});

test("those who have much to do share a turn until its time is over", async () => {
  const turns = new Turns();
  await turns.room();
  spin(8);
  let served = 0;
  for (let i = 0; i < 40; i += 1) {
    void turns.room().then(() => {
      served += 1;
      spin(2);
    });
  }
  let [before, most] = [0, 0];
  await turnsUntil(() => {
    most = Math.max(most, served - before);
    before = served;
    return served === 40;
  });
  // Of 2 ms each, in 5 ms: and the look may lie between two turns.
  expect(most).toBeLessThanOrEqual(8);
});

test("what is long takes half of the time at most, however much of it waits", async () => {
  const turns = new Turns();
  const costMs = 12;
  const steps: { readonly startMs: number; readonly endMs: number }[] = [];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      await turns.own();
      const startMs = performance.now();
      spin(costMs);
      steps.push({ startMs, endMs: performance.now() });
    }),
  );
  const gaps = steps.slice(1).map(({ startMs }, i) => startMs - (steps[i]?.endMs ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(0.8 * costMs);
});

test("what is long has a turn of its own, and keeps no others waiting", async () => {
  const turns = new Turns();
  await turns.room();
  spin(8);
  let [long, short] = [0, 0];
  for (let i = 0; i < 20; i += 1) void turns.own().then(() => (long += 1));
  for (let i = 0; i < 100; i += 1) void turns.room().then(() => (short += 1));
  let [before, most] = [0, 0];
  await turnsUntil(() => {
    most = Math.max(most, long - before);
    before = long;
    return short === 100;
  });
  expect(long).toBeLessThan(20);
  expect(most).toBeLessThanOrEqual(2);
  await turnsUntil(() => long === 20);
});
