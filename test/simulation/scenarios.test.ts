/**
 * Each scenario on a fixed seed for each size of network: safe throughout, live once healed, the same every time.
 * @module
 */
import { describe, expect, test } from "vitest";
import { replayCommand, runSeed, scenarios, seedOf } from "./scenarios.ts";
import { progressHeights } from "./world/world.ts";

describe.each(scenarios)("$name", (scenario) => {
  test.each(scenario.validators)("with %i validators: safe, then live", async (validators) => {
    const seed = seedOf(scenario, validators, 100);
    const result = await runSeed(seed);
    expect(result).toMatchObject({ scenario: scenario.name, validators });
    expect(result.failure, replayCommand(seed)).toBeUndefined();
    expect(result.height).toBeGreaterThanOrEqual(progressHeights);
  });
});

describe("determinism", () => {
  test("the same seed gives the same trace", async () => {
    const [first, second] = [await runSeed(5), await runSeed(5)];
    expect(first.trace.length).toBeGreaterThan(50);
    expect(second.traceHash).toBe(first.traceHash);
  });

  test("another seed of the same scenario gives another trace", async () => {
    const [first, second] = [await runSeed(5), await runSeed(5 + scenarios.length)];
    expect(second.scenario).toBe(first.scenario);
    expect(second.traceHash).not.toBe(first.traceHash);
  });
});
