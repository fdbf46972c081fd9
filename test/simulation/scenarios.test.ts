/**
 * Each scenario on a fixed seed for each size of network: safe throughout, live once healed, the same every time.
 * @module
 */
import { describe, expect, test } from "vitest";
import { replayCommand, runSeed, seedOf } from "./run.ts";
import { fixedSet } from "./scenarios.ts";

describe.each(fixedSet)("$name", (scenario) => {
  test.each(scenario.validators)("with %i validators: safe, then live", async (validators) => {
    const seed = seedOf(scenario, validators, 100);
    const result = await runSeed(seed);
    expect(result).toMatchObject({ scenario: scenario.name, validators });
    expect(result.failure, replayCommand(seed)).toBeUndefined();
  });
});

describe("determinism", () => {
  const [mixture] = fixedSet;
  const seedOfRound = (round: number): number =>
    mixture === undefined ? 0 : seedOf(mixture, 5, round);

  test.each([1, 2, 3, 4, 5])("seed %i gives the same trace twice", async (round) => {
    const [first, second] = [await runSeed(seedOfRound(round)), await runSeed(seedOfRound(round))];
    expect(first.trace.length).toBeGreaterThan(50);
    expect(second.traceHash).toBe(first.traceHash);
  });

  test("another seed of the same scenario gives another trace", async () => {
    const [first, second] = [await runSeed(seedOfRound(1)), await runSeed(seedOfRound(2))];
    expect(second.scenario).toBe(first.scenario);
    expect(second.traceHash).not.toBe(first.traceHash);
  });
});
