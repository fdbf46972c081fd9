import { expect, test } from "vitest";
import { systemClock } from "../../../../node/adapters/clock.ts";

const fires = (delayMs: number): Promise<number> => {
  const startMs = systemClock.monotonicMs();
  return new Promise((resolve) => {
    systemClock.after(delayMs, () => resolve(systemClock.monotonicMs() - startMs));
  });
};

test("a callback never comes before its delay, whole or in fractions", async () => {
  const delays = Array.from({ length: 60 }, (_, i) => 0.5 + i * 0.37);
  const waited = await Promise.all(delays.map(fires));
  for (const [i, delay] of delays.entries()) expect(waited[i]).toBeGreaterThanOrEqual(delay);
});

test("a delay beyond what Node's timer takes is not taken for none", async () => {
  const events: string[] = [];
  const cancel = systemClock.after(2 ** 31 + 1_000, () => events.push("far"));
  await fires(5);
  cancel();
  expect(events).toEqual([]);
});

test("a cancelled callback does not come, with or without delay", async () => {
  const events: string[] = [];
  systemClock.after(0, () => events.push("none"))();
  systemClock.after(1, () => events.push("some"))();
  await fires(5);
  expect(events).toEqual([]);
});
