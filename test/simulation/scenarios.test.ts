/**
 * Each scenario on a fixed seed for each size of network: safe throughout, then live, and as its name says.
 * @module
 */
import { describe, expect, test } from "vitest";
import { replayCommand, runSeed, seedOf } from "./run.ts";
import { fixedSet } from "./scenarios.ts";

describe.each(fixedSet)("$name", (scenario) => {
  test.each(scenario.validators)("with %i validators", async (validators) => {
    const seed = seedOf(scenario, validators, 100);
    const result = await runSeed(seed);
    expect(result).toMatchObject({ scenario: scenario.name, validators });
    expect(result.failure, replayCommand(seed)).toBeUndefined();
  });
});
